import { createHmac, type KeyObject } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { AppError, StartError } from '../kernel/errors.ts'
import type { BlindIndexPurpose, FieldCipher, KeyOwner } from '../ports/field-cipher.ts'
import type { InstallationKeys, KeyWrapper } from '../ports/key-wrapper.ts'
import { dataKeyOf, newKeyBytes, ownerId } from './data-key.ts'
import { openInstallationKey } from './installation-key.ts'
import { createKeyCache, type KeyCacheLimits } from './key-cache.ts'
import { openBytes, sealBytes } from './sealed-bytes.ts'

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
    'cookie-signature': installationKey.derive('blind index cookie-signature'),
  }
  const cache = createKeyCache(options.cache ?? defaultLimits, options.clock)

  async function wrap(owner: KeyOwner, key: Buffer): Promise<Buffer> {
    switch (owner.kind) {
      case 'installation':
        throw new Error("The installation's key is made when the envelope is opened, and only then.")
      case 'workspace':
        return whileServing(keyWrapper.wrap(key, wrappingContext(owner)))
      case 'user':
        return sealBytes(userKeys, wrappingPlace(owner), key)
    }
  }

  async function unwrap(owner: KeyOwner, wrapped: Buffer): Promise<Buffer> {
    return owner.kind === 'user'
      ? openBytes(userKeys, wrappingPlace(owner), wrapped)
      : whileServing(keyWrapper.unwrap(wrapped, wrappingContext(owner)))
  }

  return {
    installation,

    async createKey(owner) {
      const key = newKeyBytes()
      const wrapped = await wrap(owner, key)
      // Not held: were the transaction undone and the owner made anew, a held key would seal what no stored key opens.
      cache.forget(owner)
      return { wrapped, key: dataKeyOf(owner, key) }
    },

    async keyFor(owner, loadWrapped) {
      if (owner.kind === 'installation') return installation
      const held = cache.held(owner)
      if (held) return held
      // Everybody loads for themselves: a load runs in its caller's transaction, and may be waiting there for the very locks that
      // another caller holds. What is shared is the unwrapping, which waits for nobody here.
      const wrapped = await loadWrapped()
      if (!wrapped) throw new AppError('not-found', { detail: `The ${owner.kind}'s data has been erased.` })
      return cache.find(owner, async () => dataKeyOf(owner, await unwrap(owner, wrapped)))
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

function wrappingContext(owner: KeyOwner): string {
  return `${owner.kind}:${ownerId(owner)}`
}

function wrappingPlace(owner: KeyOwner): string[] {
  return ['data key', owner.kind, ownerId(owner)]
}
