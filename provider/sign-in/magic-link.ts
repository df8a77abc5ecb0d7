import { renderMagicLinkMail } from '../../views/emails/magic-link.tsx'
import { type Locale, locales } from '../../views/page-context.ts'
import { speak } from '../../views/messages.ts'
import { renderCheckMail } from '../../views/sign-in/check-mail.tsx'
import { recordEvent } from '../audit/record.ts'
import { spendLimit } from '../http/limits.ts'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { constantTimeEqual, hashSecret, newSecret } from '../kernel/secrets.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'
import type { AttemptRecord, EmailChallengeRecord } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { normaliseAddress } from './address.ts'
import { createMailBudget } from './mail-budget.ts'
import { deviceField } from './passkey-offer.ts'
import type { MethodContext, Occasion, SignInMethod, Verdict } from './method.ts'
import { newUserCode, normaliseUserCode } from './user-code.ts'

/*
 * E-mail link and code: one mail carries both, and both stand for the same challenge.
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

export interface MagicLinkOptions {
  cipher: FieldCipher
  clock: Clock
  rateLimiter: RateLimiter
  store: Store
  issuer: string
  installationName: string
  codeInSubject: boolean
}

/** Where the mail's link leads. */
export function linkUrl(issuer: string, token: string): string {
  return `${issuer}/link/${token}`
}

export function createMagicLink({
  cipher,
  clock,
  rateLimiter,
  store,
  issuer,
  installationName,
  codeInSubject,
}: MagicLinkOptions): SignInMethod {
  const hashCode = (challengeId: string, code: string) => cipher.blindIndex('code', `${challengeId}:${code}`)
  const budget = createMailBudget({ rateLimiter, store, cipher })

  return {
    id: 'email',
    yields: ['email'],

    beginning: {
      parse(form) {
        const typed = form['address'] ?? ''
        if (typed.trim() === '') throw new AppError('field-needed')
        const address = normaliseAddress(typed)
        if (address === undefined) throw new AppError('address-unusable')
        return { address }
      },

      async limit(attempt, facts) {
        // Before the recipient's: what is answered must not depend on how many mails others have had sent to her.
        await budget.spendShared(facts.addressBlock)
        return (await budget.spend(addressOf(attempt), attempt.browserHash)) ? 'send' : 'withhold'
      },

      async prepare({ repositories, ...context }, attempt, { delivery, again }) {
        const [before, failures] = await Promise.all([
          again ? repositories.emailChallenges.findOpen(attempt.id) : undefined,
          repositories.codeFailures.count(addressOf(attempt)),
        ])
        return () => begin({ repositories, ...context }, attempt, { delivery, again, before, failures })
      },
    },

    label: page => speak(page.locale).say('other-way.email'),

    async show(repositories, attempt, page, urls, notice) {
      const address = addressOf(attempt)
      const [failures, challenge] = await Promise.all([
        repositories.codeFailures.count(address),
        repositories.emailChallenges.findOpen(attempt.id),
      ])
      const usedUp = attempt.state === 'ended' || notice.problem === 'code-tries-used-up'
      const expired = challenge === undefined || challenge.expiresAt <= clock()
      const typed = notice.form?.['code']
      const form = {
        kind: 'form',
        form: { action: urls.verify },
        ...(typed === undefined ? {} : { value: typed }),
        ...(notice.problem === 'code-wrong' || notice.problem === 'field-needed' ? { problem: notice.problem } : {}),
      } as const
      return renderCheckMail(page, {
        address,
        lifetimeMinutes: challengeLifetimeSeconds / 60,
        waiting: { pageUrl: urls.page, stateUrl: urls.state, withRefresh: notice.still !== true && notice.problem === undefined },
        code: usedUp
          ? { kind: 'used-up' }
          : expired
            ? { kind: 'expired' }
            : failures >= failuresUntilLinksOnly
              ? { kind: 'switched-off' }
              : form,
        deviceField,
        resend: { action: urls.again },
        changeAddress: { action: urls.change },
        ...(notice.again === true ? { resent: true } : {}),
      })
    },

    async verify(context, attempt, form) {
      const typed = form['code'] ?? ''
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
    },

    async rememberBrowser({ address, browserHash }) {
      // Whoever only proved more had their address proved by the sign-in before, which remembered it.
      if (address !== undefined) await budget.rememberBrowser(address, browserHash)
    },
  }

  async function begin(
    { repositories, circumstances, appName }: MethodContext,
    attempt: AttemptRecord,
    { delivery, again, before, failures }: Occasion & { before: EmailChallengeRecord | undefined; failures: number },
  ): Promise<void> {
    const address = addressOf(attempt)
    const createdAt = clock()
    const { emailChallenges } = repositories
    const keep = (challenge: EmailChallengeRecord) =>
      again ? emailChallenges.create(challenge) : emailChallenges.createFirst(challenge)
    const withhold = (challengeId: string) =>
      recordEvent(
        repositories,
        { action: 'email-challenge.withheld', attempt_id: attempt.id, challenge_id: challengeId },
        circumstances,
      )
    // No mail comes in place of the one before, so that one stays good.
    if (delivery === 'withhold' && before !== undefined && before.expiresAt > createdAt) return withhold(before.id)
    const token = newSecret()
    const code = newUserCode()
    const challenge: EmailChallengeRecord = {
      id: newId(),
      attemptId: attempt.id,
      tokenHash: hashSecret(token),
      codeHash: Buffer.alloc(0),
      // Another mail is no new set of tries.
      tries: before?.tries ?? 0,
      createdAt,
      expiresAt: secondsAfter(createdAt, challengeLifetimeSeconds),
      consumedAt: undefined,
      voidedAt: undefined,
    }
    challenge.codeHash = hashCode(challenge.id, code)
    if (delivery === 'withhold') {
      await Promise.all([keep(challenge), withhold(challenge.id)])
      return
    }
    const linksOnly = failures >= failuresUntilLinksOnly
    const messageId = `${challenge.id}@${new URL(issuer).hostname}`
    const locale = spokenLocale(attempt.locale)
    const mail = renderMagicLinkMail(
      { locale, app: { name: appName }, issuerHost: new URL(issuer).host, installationName },
      {
        link: linkUrl(issuer, token),
        ...(linksOnly ? {} : { code }),
        device: attempt.device,
        requestedAt: createdAt,
        lifetimeMinutes: challengeLifetimeSeconds / 60,
        codeInSubject,
      },
    )
    await Promise.all([
      keep(challenge),
      repositories.jobs.enqueue('mail', { message: { messageId, to: { name: '', address }, language: locale, ...mail } }),
      recordEvent(
        repositories,
        { action: 'email-challenge.sent', attempt_id: attempt.id, challenge_id: challenge.id, message_id: messageId },
        circumstances,
      ),
    ])
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
    if (code === undefined || !constantTimeEqual(hashCode(challenge.id, code), challenge.codeHash)) {
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

function spokenLocale(tag: string): Locale {
  return locales.find(locale => locale === tag) ?? 'en'
}
