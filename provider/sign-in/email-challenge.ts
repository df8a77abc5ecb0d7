import { recordEvent } from '../audit/record.ts'
import { spendLimit } from '../http/limits.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { constantTimeEqual } from '../kernel/secrets.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'
import type { AttemptRecord, EmailChallengeRecord } from '../ports/records.ts'
import type { MethodContext, Verdict } from './method.ts'
import { normaliseUserCode } from './user-code.ts'

/*
 * E-mail link and code: one mail carries both, and both stand for the same challenge. Here is how it is taken, by either.
 *
 * The link holds 256 random bits and is kept as their SHA-256. The code is eight letters of twenty, so it is kept as a keyed hash
 * and guarded by counting: five tries an attempt, a hundred wrong ones in a row for an address (then links only, until one is
 * used), and limits on how many mails there are to try against. The same is done for every address, whether or not somebody
 * has it: nothing here looks a user up.
 */

export const challengeLifetimeSeconds = 600
const triesPerAttempt = 5
/** After so many wrong codes in a row for an address, its mails carry links only until one is used. */
export const failuresUntilLinksOnly = 100

const codeTriesOfInstallation: RateLimit = { name: 'code-tries-of-installation', points: 20_000, windowSeconds: 3600 }

/** What is kept of a code. */
export function hashCode(cipher: FieldCipher, challengeId: string, code: string): Buffer {
  return cipher.blindIndex('code', `${challengeId}:${code}`)
}

export interface CodeVerifierOptions {
  cipher: FieldCipher
  clock: Clock
  rateLimiter: RateLimiter
}

/** Looks at a code that was typed, and spends the limits of trying. */
export function createCodeVerifier({ cipher, clock, rateLimiter }: CodeVerifierOptions) {
  return async function verifyCode(context: MethodContext, attempt: AttemptRecord, typed: string): Promise<Verdict> {
    if (typed.trim() === '') return { kind: 'refused', problem: 'field-needed' }
    const [challenge, failures] = await Promise.all([
      context.repositories.emailChallenges.findOpen(attempt.id),
      context.repositories.codeFailures.count(addressOf(attempt)),
    ])
    if (challenge === undefined || challenge.expiresAt <= clock()) return { kind: 'refused', problem: 'attempt-expired' }
    const code = normaliseUserCode(typed)
    // Spent for what will be compared and for nothing else, or a stranger's empty forms would switch codes off for everybody.
    // Only under the attempt's lock are its tries known; nobody but the attempt itself waits for that lock.
    const isCompared = code !== undefined && challenge.tries < triesPerAttempt && failures < failuresUntilLinksOnly
    if (isCompared) await spendLimit(rateLimiter, codeTriesOfInstallation, 'installation')
    return tryCode(context, attempt, challenge, code)
  }

  /** Counts first and compares then: of many tries at once no more than five are ever compared. */
  async function tryCode(
    context: MethodContext,
    attempt: AttemptRecord,
    challenge: EmailChallengeRecord,
    code: string | undefined,
  ): Promise<Verdict> {
    const { repositories, circumstances } = context
    const address = addressOf(attempt)
    const refuse = async (problem: 'code-wrong' | 'code-tries-used-up' | 'codes-switched-off'): Promise<Verdict> => {
      if (problem === 'code-tries-used-up') await repositories.attempts.transition(attempt.id, 'open', 'ended', {})
      await recordEvent(
        repositories,
        { action: 'email-challenge.code-refused', attempt_id: attempt.id, challenge_id: challenge.id, reason: problem },
        circumstances,
      )
      return { kind: 'refused', problem }
    }
    const tries = await repositories.emailChallenges.countTry(challenge.id)
    if (tries > triesPerAttempt) return refuse('code-tries-used-up')
    const failures = await repositories.codeFailures.increment(address, clock())
    if (failures > failuresUntilLinksOnly) return refuse('codes-switched-off')
    if (code === undefined || !constantTimeEqual(hashCode(cipher, challenge.id, code), challenge.codeHash)) {
      return refuse(tries === triesPerAttempt ? 'code-tries-used-up' : 'code-wrong')
    }
    const [consumed] = await Promise.all([
      repositories.emailChallenges.consume(challenge.id, clock()),
      repositories.codeFailures.reset(address),
    ])
    if (!consumed) throw new AppError('attempt-expired')
    return { kind: 'proved', proof: proofOf(attempt, clock()) }
  }
}

/** Takes a link's challenge for good, in the caller's transaction. False where it was taken, replaced or too late. */
export async function takeLink(
  { repositories, circumstances }: MethodContext,
  attempt: AttemptRecord,
  challenge: EmailChallengeRecord,
  clock: Clock,
): Promise<boolean> {
  const now = clock()
  if (challenge.expiresAt > now && (await repositories.emailChallenges.consume(challenge.id, now))) return true
  await recordEvent(
    repositories,
    {
      action: 'email-challenge.link-refused',
      attempt_id: attempt.id,
      challenge_id: challenge.id,
      reason: 'used-replaced-or-expired',
    },
    circumstances,
  )
  return false
}

/** What a code or a link proves: that whoever has it reads what comes to the address. */
export function proofOf(attempt: AttemptRecord, now: Date) {
  return {
    method: 'email',
    subject: { kind: 'address', address: addressOf(attempt) },
    factors: ['email'],
    at: Math.floor(now.getTime() / 1000),
  } as const
}

/** Throws for an attempt that was begun without one, which is none of this method's. */
export function addressOf(attempt: Pick<AttemptRecord, 'address'>): string {
  if (attempt.address === undefined) throw new Error('an attempt by e-mail has an address')
  return attempt.address
}
