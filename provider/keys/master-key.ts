import { type Circumstances, recordEvent } from '../audit/record.ts'
import { wrappingContextOf } from '../envelope/wrapping-context.ts'
import type { AccessMode } from '../kernel/access-mode.ts'
import type { Data } from '../ports/data.ts'
import type { KeyOwner } from '../ports/field-cipher.ts'
import type { KeyWrapper } from '../ports/key-wrapper.ts'

const batch = 50

interface WrappedKey {
  owner: KeyOwner
  wrapped: Buffer
}

/**
 * Wraps the workspaces' keys and the installation's anew by `keyWrapper`, which unwraps them first; answers how many. `every`: also
 * those that its master key has wrapped already, for one that got a new version. Otherwise it goes on until it finds none to move,
 * also after an attempt that was cut off: each key is under the one master key or the other at any moment.
 *
 * The installation's key goes last, since a start asks for it: a start under the new master key alone succeeds when all are moved.
 */
export async function rewrapKeys(options: {
  data: Data
  keyWrapper: KeyWrapper
  mode: AccessMode
  circumstances: Circumstances
  every: boolean
}): Promise<number> {
  let moved = 0
  let found: number
  do {
    found = (await rewrapWorkspaceKeys(options, 'existing')) + (await rewrapWorkspaceKeys(options, 'deleted'))
    moved += found
    // Those that were made meanwhile, by processes that go by the old settings still.
  } while (!options.every && found > 0)
  return moved + (await rewrapInstallationKey(options))
}

type Options = Parameters<typeof rewrapKeys>[0]

async function rewrapWorkspaceKeys(options: Options, of: 'existing' | 'deleted'): Promise<number> {
  let moved = 0
  let after: string | undefined
  for (;;) {
    const last = after
    const keys = await options.data.read(options.mode, ({ dataKeys }) => dataKeys.listWorkspaceKeys(last, batch, of))
    moved += await rewrapBatch(
      options,
      keys.map(({ workspaceId, wrapped }) => ({ owner: { kind: 'workspace', workspaceId }, wrapped })),
    )
    after = keys.at(-1)?.workspaceId
    if (after === undefined) return moved
  }
}

async function rewrapInstallationKey(options: Options): Promise<number> {
  const wrapped = await options.data.read(options.mode, ({ dataKeys }) => dataKeys.findInstallationKey())
  return wrapped === undefined ? 0 : rewrapBatch(options, [{ owner: { kind: 'installation' }, wrapped }])
}

async function rewrapBatch(
  { data, keyWrapper, mode, circumstances, every }: Options,
  keys: readonly WrappedKey[],
): Promise<number> {
  const due = keys.filter(({ wrapped }) => every || !keyWrapper.hasWrapped(wrapped))
  if (due.length === 0) return 0
  const moves: Array<WrappedKey & { rewrapped: Buffer }> = []
  // One after the other, outside the transaction: a service that is slow holds up nobody, and has a limit on how much is asked.
  for (const { owner, wrapped } of due) {
    const context = wrappingContextOf(owner)
    moves.push({ owner, wrapped, rewrapped: await keyWrapper.wrap(await keyWrapper.unwrap(wrapped, context), context) })
  }
  return data.scoped(mode, async repositories => {
    let moved = 0
    for (const { owner, wrapped, rewrapped } of moves) {
      // Renewed meanwhile: it comes up again.
      if (await repositories.dataKeys.replaceKey(owner, wrapped, rewrapped)) moved += 1
    }
    await recordEvent(
      repositories,
      { action: 'data-keys.rewrapped', master_key: keyWrapper.masterKeyName, keys: String(moved) },
      circumstances,
    )
    return moved
  })
}
