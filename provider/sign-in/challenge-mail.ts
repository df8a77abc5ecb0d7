import { renderMagicLinkMail } from '../../views/emails/magic-link.tsx'
import { type Locale, locales } from '../../views/page-context.ts'
import { recordEvent } from '../audit/record.ts'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { hashSecret, newSecret } from '../kernel/secrets.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { AttemptRecord, EmailChallengeRecord } from '../ports/records.ts'
import { addressOf, challengeLifetimeSeconds, failuresUntilLinksOnly, hashCode } from './email-challenge.ts'
import type { Beginning, MethodContext, Occasion } from './method.ts'
import { newUserCode } from './user-code.ts'

export interface ChallengeMailOptions {
  cipher: FieldCipher
  clock: Clock
  issuer: string
  installationName: string
  codeInSubject: boolean
}

/** Makes challenges, and has their mails sent. */
export function createChallengeMails(options: ChallengeMailOptions): Beginning['prepare'] {
  const { cipher, clock, issuer, installationName, codeInSubject } = options

  return async function prepare({ repositories, ...context }, attempt, { delivery, again }) {
    const [before, failures] = await Promise.all([
      again ? repositories.emailChallenges.findOpen(attempt.id) : undefined,
      repositories.codeFailures.count(addressOf(attempt)),
    ])
    return () => begin({ repositories, ...context }, attempt, { delivery, again, before, failures })
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
    challenge.codeHash = hashCode(cipher, challenge.id, code)
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
        link: `${issuer}/link/${token}`,
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
}

function spokenLocale(tag: string): Locale {
  return locales.find(locale => locale === tag) ?? 'en'
}
