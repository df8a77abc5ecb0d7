import { z } from 'zod'
import { renderConfirmLink } from '../../views/sign-in/confirm-link.tsx'
import { renderExpired } from '../../views/sign-in/expired.tsx'
import { renderLinkElsewhere } from '../../views/sign-in/link-elsewhere.tsx'
import type { Answer } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { negotiateLocale } from '../http/locale.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { AttemptRecord } from '../ports/records.ts'
import { addressOf, failuresUntilLinksOnly, proofOf, takeLink } from './email-challenge.ts'
import type { MethodSurroundings } from './routed-method.ts'

const mode = { kind: 'system', reason: 'sign-in' } as const
const limits: Limit[] = [{ name: 'links', by: 'address', points: 60, windowSeconds: 60 }]
const params = z.object({ token: z.string().max(100) })

/**
 * The link of the mail. Opening it changes nothing, because mail scanners open links and press what they find; the button
 * consumes it, and only in the browser that began. Anywhere else it says who asked, and what to do with the code.
 */
export function linkRoutes({ data, flow, interactions, pages, clock }: MethodSurroundings): Route[] {
  const countFailures = (attempt: AttemptRecord) => data.read(mode, ({ codeFailures }) => codeFailures.count(addressOf(attempt)))

  async function show(ctx: Context, token: string, browser: Buffer): Promise<Answer> {
    const found = await data.read(mode, ({ emailChallenges }) => emailChallenges.findByTokenHash(hashSecret(token)))
    const app = found === undefined ? undefined : await interactions.findApp(found.attempt.clientId)
    const here = found?.attempt.browserHash.equals(browser) === true
    const page = pages.context({ locale: negotiateLocale(ctx, here ? found.attempt.locale : ''), app })
    const home = `/sign-in/${found?.attempt.interactionUid}`
    // Used, by a first press of the button perhaps: the sign-in waits to be resumed, here or in the tab where it began.
    if (here && found.attempt.state === 'satisfied') return { kind: 'redirect', to: `${home}/confirmed` }
    if (here && found.attempt.state === 'completed') return { kind: 'redirect', to: home }
    const usable =
      found !== undefined &&
      found.challenge.consumedAt === undefined &&
      found.challenge.voidedAt === undefined &&
      found.challenge.expiresAt > clock() &&
      flow.isLive(found.attempt)
    if (!usable) {
      const startAgain = here ? { startAgain: { action: `${home}/restart` } } : {}
      const spent = found?.challenge.consumedAt !== undefined || found?.challenge.voidedAt !== undefined
      const reason = found === undefined ? { reason: 'unknown-link' as const } : spent ? { reason: 'link-used' as const } : {}
      return { kind: 'page', html: renderExpired(page, { ...startAgain, ...reason }), status: 410 }
    }
    const beginning = { device: found.attempt.device, requestedAt: found.challenge.createdAt, now: clock() }
    return {
      kind: 'page',
      html: here
        ? renderConfirmLink(page, { ...beginning, form: { action: `/link/${token}` } })
        : renderLinkElsewhere(page, {
            ...beginning,
            codes: (await countFailures(found.attempt)) < failuresUntilLinksOnly ? 'usable' : 'switched-off',
          }),
    }
  }

  return [
    route({
      method: 'GET',
      path: '/link/:token',
      access: 'browser',
      mode: { system: 'sign-in' },
      limits,
      params,
      handler: ({ params: { token }, browser, ctx }) => show(ctx, token, browser),
    }),
    route({
      method: 'POST',
      path: '/link/:token',
      access: 'browser',
      mode: { system: 'sign-in' },
      limits,
      params,
      async handler({ params: { token }, browser, facts, ctx }) {
        const outcome = await data.scoped(mode, async repositories => {
          const found = await repositories.emailChallenges.lockByTokenHash(hashSecret(token))
          if (found === undefined || !flow.isLive(found.attempt) || !found.attempt.browserHash.equals(browser)) return undefined
          const { attempt, challenge } = found
          const context = flow.contextFor(repositories, facts, '')
          const taken = takeLink(context, attempt, challenge, clock)
          const accepted = await flow.accept(context, attempt, proofOf(attempt, clock()), taken)
          if (!(await taken)) return undefined
          // Whoever holds the link holds the mailbox: codes are good again.
          await repositories.codeFailures.reset(addressOf(attempt))
          return { attempt, accepted }
        })
        if (outcome === undefined) return show(ctx, token, browser)
        const home = `/sign-in/${outcome.attempt.interactionUid}`
        // The token leaves the address bar with this redirect, so it is in no history that is worth reading.
        if (outcome.accepted.kind !== 'refused') return { kind: 'redirect', to: `${home}/confirmed` }
        if (outcome.accepted.problem === 'no-account') return { kind: 'redirect', to: `${home}/no-account` }
        throw new AppError(outcome.accepted.problem)
      },
    }),
  ]
}
