import { type Circumstances, recordEvent, withoutRequest } from '../audit/record.ts'
import type { SystemReason } from '../kernel/access-mode.ts'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import type { Data } from '../ports/data.ts'
import type { SigningKeyRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { newestFirst } from './current-keys.ts'
import { newSigningKey, type SigningAlgorithm } from './new-signing-key.ts'

/** Each in seconds. */
export interface KeyTiming {
  /** From publication to the first signature: as long as products and nodes may hold an older JWKS. */
  publicationDelay: number
  /** How long anything that was signed has to be verifiable. */
  longestToken: number
  /** Added to that, for clocks that differ and nodes that learn of a rotation late. */
  margin: number
}

const accessTokenSeconds = 3600

/** Access tokens live an hour, but an ID token serves as a hint at sign-out for as long as its session may live. */
export function timingFor({ sessionMaxSeconds }: { sessionMaxSeconds: number }): KeyTiming {
  return { publicationDelay: 3600, longestToken: Math.max(accessTokenSeconds, sessionMaxSeconds), margin: 3600 }
}

/** For a key that was stolen: the new one signs at once, and the older ones end with every token that they signed. */
export const emergencyTiming: KeyTiming = { publicationDelay: 0, longestToken: 0, margin: 0 }

/**
 * Sees to it, at a start, that there is a key of the configured algorithm: of several nodes that start at once, one makes it.
 * The very first key signs at once. A key of another algorithm than before is published first and takes over after the
 * publication delay, while the old one stays published. Resolves with all keys.
 */
export async function ensureSigningKey(
  data: Pick<Data, 'scoped'>,
  algorithm: SigningAlgorithm,
  clock: Clock,
  timing: KeyTiming,
): Promise<SigningKeyRecord[]> {
  return underLock(data, 'start', clock, async change => {
    const newest = change.keys.toSorted(newestFirst)[0]
    if (newest?.algorithm !== algorithm) await addKey(change, algorithm, timing)
    return change.repositories.signingKeys.list()
  })
}

/**
 * Publishes a new key, which signs once the publication delay is over, and sets the end of those before it. Resolves with the
 * new key.
 */
export async function rotateSigningKey(
  data: Pick<Data, 'scoped'>,
  options: { algorithm: SigningAlgorithm; reason: SystemReason; clock: Clock; timing: KeyTiming },
): Promise<SigningKeyRecord> {
  const { algorithm, reason, clock, timing } = options
  return underLock(data, reason, clock, change => addKey(change, algorithm, timing))
}

interface Change {
  repositories: Repositories
  /** What is there, without those whose end has come. */
  keys: SigningKeyRecord[]
  now: Date
  circumstances: Circumstances
}

/** One node at a time looks and changes, and first clears away what is published no longer, private keys included. */
async function underLock<Result>(
  data: Pick<Data, 'scoped'>,
  reason: SystemReason,
  clock: Clock,
  work: (change: Change) => Promise<Result>,
): Promise<Result> {
  return data.scoped({ kind: 'system', reason }, async repositories => {
    const { signingKeys } = repositories
    await signingKeys.lock()
    const now = clock()
    const circumstances = withoutRequest({ kind: 'system', reason }, clock)
    const keys: SigningKeyRecord[] = []
    for (const key of await signingKeys.list()) {
      if (!key.retiresAt || key.retiresAt > now) {
        keys.push(key)
        continue
      }
      await signingKeys.delete(key.kid)
      await recordEvent(repositories, { action: 'signing-key.removed', kid: key.kid, algorithm: key.algorithm }, circumstances)
    }
    return work({ repositories, keys, now, circumstances })
  })
}

async function addKey(
  { repositories, keys, now, circumstances }: Change,
  algorithm: SigningAlgorithm,
  timing: KeyTiming,
): Promise<SigningKeyRecord> {
  const signsFrom = keys.length === 0 ? now : secondsAfter(now, timing.publicationDelay)
  const retiresAt = secondsAfter(signsFrom, timing.longestToken + timing.margin)
  for (const { kid, algorithm: old, retiresAt: alreadyRetiresAt } of keys) {
    if (alreadyRetiresAt && alreadyRetiresAt <= retiresAt) continue
    await repositories.signingKeys.update(kid, { retiresAt })
    const event = { action: 'signing-key.retired', kid, algorithm: old, retires_at: retiresAt.toISOString() } as const
    await recordEvent(repositories, event, circumstances)
  }
  const key = await newSigningKey(algorithm, { createdAt: laterThan(keys, now), signsFrom })
  await repositories.signingKeys.insert(key)
  const event = { action: 'signing-key.created', kid: key.kid, algorithm, signs_from: signsFrom.toISOString() } as const
  await recordEvent(repositories, event, circumstances)
  return key
}

/** Now, or where this node's clock is behind that of another one, a moment that keeps the keys in the order they were made. */
function laterThan(keys: SigningKeyRecord[], now: Date): Date {
  return new Date(Math.max(now.getTime(), ...keys.map(({ createdAt }) => createdAt.getTime() + 1)))
}
