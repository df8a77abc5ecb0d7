import { speak } from '../../views/messages.ts'
import { renderCheckMail } from '../../views/sign-in/check-mail.tsx'
import { AppError } from '../kernel/errors.ts'
import { deviceField } from '../passkeys/device-field.ts'
import type { Store } from '../ports/store.ts'
import { normaliseAddress } from './address.ts'
import { type ChallengeMailOptions, createChallengeMails } from './challenge-mail.ts'
import {
  addressOf,
  challengeLifetimeSeconds,
  type CodeVerifierOptions,
  createCodeVerifier,
  failuresUntilLinksOnly,
} from './email-challenge.ts'
import { linkRoutes } from './link-routes.ts'
import { createMailBudget } from './mail-budget.ts'
import type { RoutedMethod } from './routed-method.ts'

export type MagicLinkOptions = CodeVerifierOptions & ChallengeMailOptions & { store: Store }

/** E-mail link and code: what the person sees of it. How the mail is made and its challenge is taken stands beside it. */
export function createMagicLink(options: MagicLinkOptions): RoutedMethod {
  const { cipher, clock, rateLimiter, store } = options
  const budget = createMailBudget({ rateLimiter, store, cipher })
  const verifyCode = createCodeVerifier(options)

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

      prepare: createChallengeMails(options),
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

    verify: (context, attempt, form) => verifyCode(context, attempt, form['code'] ?? ''),

    routes: linkRoutes,

    async rememberBrowser({ address, browserHash }) {
      // Whoever only proved more had their address proved by the sign-in before, which remembered it.
      if (address !== undefined) await budget.rememberBrowser(address, browserHash)
    },
  }
}
