import { recordEvent, withoutRequest } from '../audit/record.ts'
import { rewrapKeys } from '../keys/master-key.ts'
import type { Data } from '../ports/data.ts'
import type { RotatableOwner } from '../ports/data-keys.ts'
import { commandActor, commandMode } from './command-mode.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'
import { withData } from './with-data.ts'

const batch = 1000

export interface RotationRequest {
  user?: string
  workspace?: string
  all?: boolean
  status?: boolean
  json?: boolean
}

/** Asks for new data keys; the servers do the work. Without an owner, or with `--status`: how far they are. */
export function rotateDataKeys(surroundings: Surroundings, request: RotationRequest): Promise<ExitCode> {
  return withData(surroundings, async ({ data }) => {
    const { user, workspace, all = false, status = false } = request
    const chosen = [user !== undefined, workspace !== undefined, all, status].filter(Boolean).length
    if (chosen !== 1) {
      surroundings.complain('Say whose data key: --user ID, --workspace SLUG, or --all; or --status for how far the servers are.')
      return 2
    }
    if (!status) {
      const asked = all ? await requestAll(surroundings, data) : await requestOne(surroundings, data, { user, workspace })
      if (!asked) {
        surroundings.complain(
          'Nothing was changed: there is no such data key, or it is being renewed already (--status says how far).',
        )
        return 1
      }
    }
    await printProgress(surroundings, data, request.json ?? false)
    return 0
  })
}

async function requestOne(
  { clock }: Surroundings,
  data: Data,
  { user, workspace }: { user: string | undefined; workspace: string | undefined },
): Promise<boolean> {
  return data.scoped(commandMode, async repositories => {
    const { dataKeys } = repositories
    const workspaceId = await dataKeys.findWorkspaceId(workspace ?? '')
    const owner: RotatableOwner =
      user === undefined ? { kind: 'workspace', workspaceId: workspaceId ?? '' } : { kind: 'user', userId: user }
    const asked = await dataKeys.requestRotation(owner, clock())
    const named = `${owner.kind}:${user ?? workspaceId ?? ''}`
    if (asked)
      await recordEvent(
        repositories,
        { action: 'data-key.rotation-requested', owner: named },
        withoutRequest(commandActor, clock),
      )
    return asked
  })
}

async function requestAll({ clock }: Surroundings, data: Data): Promise<boolean> {
  await data.scoped(commandMode, repositories =>
    recordEvent(repositories, { action: 'data-key.rotation-requested', owner: 'all' }, withoutRequest(commandActor, clock)),
  )
  for (const kind of ['workspace', 'user'] as const) {
    let after: string | undefined
    do {
      const last = after
      after = await data.scoped(commandMode, ({ dataKeys }) => dataKeys.requestRotations(kind, last, batch, clock()))
    } while (after !== undefined)
  }
  return true
}

async function printProgress({ print }: Surroundings, data: Data, json: boolean): Promise<void> {
  const progress = await data.read(commandMode, ({ dataKeys }) => dataKeys.countRotations())
  const { requested, published, events, resealed } = progress
  if (json) print(JSON.stringify(progress, undefined, 2))
  else if (requested + published + events === 0) print('No data key is being renewed.')
  else {
    print(
      `Data keys that wait for a new one: ${requested}. Renewed, with their data being sealed again: ${published}. ` +
        `Waiting for the audit log alone: ${events}. Values sealed again for them so far: ${resealed}.\n` +
        'Running servers do this in the background. A new key begins to seal six minutes after it was made, when every process knows it.',
    )
  }
}

/** Moves the data keys under the master key of KMS_URL. */
export function rewrapDataKeys(surroundings: Surroundings, { from }: { from?: string }): Promise<ExitCode> {
  const environment = from === undefined ? surroundings.environment : { ...surroundings.environment, KMS_OTHER_URL: from }
  return withData({ ...surroundings, environment }, async ({ data, keyWrapper, settings }) => {
    const circumstances = withoutRequest(commandActor, surroundings.clock)
    const every = settings.kmsOtherUrl === undefined
    const moved = await rewrapKeys({ data, keyWrapper, mode: commandMode, circumstances, every })
    surroundings.print(
      moved === 0
        ? `Nothing had to be moved: every data key is under ${keyWrapper.masterKeyName}.`
        : `${moved} data key${moved === 1 ? ' is' : 's are'} now under ${keyWrapper.masterKeyName}, the installation's among them.`,
    )
    if (!every)
      surroundings.print(
        'KMS_OTHER_URL can be taken away once every node runs with this KMS_URL. Keep the old master key for as long as old backups.',
      )
    return 0
  })
}
