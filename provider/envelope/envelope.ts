import { createHmac, type KeyObject } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { AppError, StartError } from '../kernel/errors.ts'
import type { BlindIndexPurpose, DataKey, FieldCipher, KeyOwner } from '../ports/field-cipher.ts'
import type { InstallationKeys, KeyWrapper } from '../ports/key-wrapper.ts'
import { dataKeyOf, dataKeyOfRing, ownerId } from './data-key.ts'
import { openInstallationKey } from './installation-key.ts'
import { newKeyBytes } from './key-bytes.ts'
import { createKeyCache, type HeldKey, type KeyCacheLimits } from './key-cache.ts'
import { addNewest, firstGeneration, type Generation, readKeyring, writeKeyring } from './keyring.ts'
import { openBytes, sealBytes } from './sealed-bytes.ts'
import { wrappingContextOf } from './wrapping-context.ts'

const defaultLimits: KeyCacheLimits = { keys: 10_000, seconds: 300 }

/**
 * Envelope encryption: the key wrapper's master key wraps the installation's key and the workspaces' keys; the installation's
 * key wraps the users' keys, so that a page of fifty people costs no call to a key management service.
 *
 * What is not a column (a job's payload) is sealed by `installation.seal` too, with a context that names where it is kept.
 * Rejects with StartError where the master key is not the one that this installation's data was encrypted under.
 */
export async function openEnvelope(options: {
  keyWrapper: KeyWrapper
  installationKeys: InstallationKeys
  clock: Clock
  cache?: KeyCacheLimits
}): Promise<FieldCipher> {
  const { keyWrapper } = options
  const installationKey = await openInstallationKey(keyWrapper, options.installationKeys)
  const installation = dataKeyOf({ kind: 'installation' }, installationKey.derive('installation fields'))
  const userKeys = installationKey.derive('user keys')
  const blindIndexKeys: Record<BlindIndexPurpose, KeyObject> = {
    'email-address': installationKey.derive('blind index email-address'),
    'upstream-subject': installationKey.derive('blind index upstream-subject'),
    'rate-limit': installationKey.derive('blind index rate-limit'),
    code: installationKey.derive('blind index code'),
    'recovery-code': installationKey.derive('blind index recovery-code'),
    'access-pass': installationKey.derive('blind index access-pass'),
    'cookie-signature': installationKey.derive('blind index cookie-signature'),
    'first-set-up': installationKey.derive('blind index first-set-up'),
    'api-cursor': installationKey.derive('blind index api-cursor'),
  }
  const { clock } = options
  const limits = options.cache ?? defaultLimits
  const cache = createKeyCache(limits, clock)

  async function wrap(owner: KeyOwner, key: Buffer): Promise<Buffer> {
    switch (owner.kind) {
      case 'installation':
        throw new Error("The installation's key is made when the envelope is opened, and only then.")
      case 'workspace':
        return whileServing(keyWrapper.wrap(key, wrappingContextOf(owner)))
      case 'user':
        return sealBytes(userKeys, wrappingPlace(owner), key)
    }
  }

  function unwrapUserKey(userId: string, wrapped: Buffer): Buffer {
    return openBytes(userKeys, wrappingPlace({ kind: 'user', userId }), wrapped)
  }

  async function unwrap(owner: KeyOwner, wrapped: Buffer): Promise<Buffer> {
    return owner.kind === 'user'
      ? unwrapUserKey(owner.userId, wrapped)
      : whileServing(keyWrapper.unwrap(wrapped, wrappingContextOf(owner)))
  }

  const openRing = async (owner: KeyOwner, wrapped: Buffer): Promise<Generation[]> => readKeyring(await unwrap(owner, wrapped))

  const load = async (owner: KeyOwner, wrapped: Buffer): Promise<HeldKey> => ({
    wrapped,
    key: dataKeyOfRing(owner, await openRing(owner, wrapped), clock),
  })

  /** Another node gave the owner another keyring, or the master key changed. With the service away, what is held is still good. */
  async function takeOver(owner: KeyOwner, wrapped: Buffer, held: HeldKey): Promise<DataKey> {
    const loaded = await load(owner, wrapped).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'unavailable') return held
      throw error
    })
    if (loaded !== held) cache.forget(owner)
    return (await cache.find(owner, async () => loaded)).key
  }

  return {
    installation,

    async createKey(owner) {
      const generations = firstGeneration(newKeyBytes())
      const wrapped = await wrap(owner, writeKeyring(generations))
      // Not held: were the transaction undone and the owner made anew, a held key would seal what no stored key opens.
      cache.forget(owner)
      return { wrapped, key: dataKeyOfRing(owner, generations, clock) }
    },

    async keyFor(owner, loadWrapped, atHand) {
      if (owner.kind === 'installation') return installation
      const held = cache.held(owner)
      if (held && (atHand === undefined || atHand.equals(held.wrapped))) return held.key
      // Everybody loads for themselves: a load runs in its caller's transaction, and may be waiting there for the very locks that
      // another caller holds. What is shared is the unwrapping, which waits for nobody here.
      const wrapped = atHand ?? (await loadWrapped())
      if (!wrapped) throw new AppError('not-found', { detail: `The ${owner.kind}'s data has been erased.` })
      if (held) return takeOver(owner, wrapped, held)
      return (await cache.find(owner, () => load(owner, wrapped))).key
    },

    userKeyOf(userId, wrapped) {
      const owner: KeyOwner = { kind: 'user', userId }
      const held = cache.held(owner)
      if (held && wrapped.equals(held.wrapped)) return held.key
      return dataKeyOfRing(owner, readKeyring(unwrapUserKey(userId, wrapped)), clock)
    },

    keyrings: {
      heldSeconds: limits.seconds,
      async addGeneration(owner, wrapped, sealsFrom) {
        const generations = addNewest(await openRing(owner, wrapped), sealsFrom)
        return { wrapped: await wrap(owner, writeKeyring(generations)), generation: generations[0]?.number ?? 1 }
      },
      async openKeyring(owner, wrapped) {
        return dataKeyOfRing(owner, await openRing(owner, wrapped), clock)
      },
      async dropOldGenerations(owner, wrapped) {
        return wrap(owner, writeKeyring((await openRing(owner, wrapped)).slice(0, 1)))
      },
    },

    forgetKey: owner => cache.forget(owner),

    blindIndex: (purpose, value) => createHmac('sha256', blindIndexKeys[purpose]).update(value).digest(),
  }
}

/** A master key that was good for the start and is refused now (a token that ran out, a key that was switched off) may be good again. */
async function whileServing<Result>(asked: Promise<Result>): Promise<Result> {
  return asked.catch((error: unknown) => {
    throw error instanceof StartError ? new AppError('unavailable', { cause: error }) : error
  })
}

function wrappingPlace(owner: KeyOwner): string[] {
  return ['data key', owner.kind, ownerId(owner)]
}
