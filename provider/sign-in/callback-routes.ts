import { renderUpstreamRefused } from '../../views/sign-in/upstream-refused.tsx'
import type { Finished } from '../connections/client.ts'
import { clockToleranceSeconds } from '../connections/configuration.ts'
import type { Connection, Refused, UpstreamAccount } from '../connections/connection.ts'
import { type Answer, html } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { negotiateLocale } from '../http/locale.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { type Factor, neverSeen, type Proof } from '../policy/proof.ts'
import { homeOf } from './paths.ts'
import type { MethodSurroundings } from './routed-method.ts'
import type { Errand, UpstreamVisits } from './upstream-visits.ts'

const limits: Limit[] = [{ name: 'upstream-answers', by: 'address', points: 300, windowSeconds: 60 }]

/**
 * Where an upstream sends people back to: an address for each connection that is configured, and none for any other. A GET that changes
 * something, as the protocol has it; it is bound to the browser that left (whose cookie is Lax, so it comes along with the redirect),
 * to one connection and to one use, and it ends in a redirect, which takes code and state out of the address bar.
 */
export function callbackRoutes(connection: Connection, visits: UpstreamVisits, surroundings: MethodSurroundings): Route[] {
  const { data, flow, receiveLink, pages, clock } = surroundings

  /** The sign-in that it was for is not known, so there is only the app to go back to. */
  function refuse(ctx: Context, { reason }: Refused): Answer {
    const page = pages.context({ locale: negotiateLocale(ctx, '') })
    return html(renderUpstreamRefused(page, { service: connection.label, reason }), 400)
  }

  async function receiveSignIn(
    ctx: Context,
    { uid, attemptId }: Extract<Errand, { kind: 'sign-in' }>,
    answer: Finished | Refused,
    browser: Buffer,
  ): Promise<Answer> {
    const home = { kind: 'redirect', to: homeOf(uid) } as const
    if (answer.kind === 'refused') {
      await visits.rememberRefusal(attemptId, answer.reason)
      return home
    }
    const proof = proofByUpstream(answer.account, clock())
    const outcome = await data.scoped({ kind: 'system', reason: 'sign-in' }, async repositories => {
      const attempt = await repositories.attempts.lock(attemptId)
      // Given up, begun anew or too late: the sign-in's own page says which.
      const isWaiting = attempt?.method === connection.id && flow.isLive(attempt) && attempt.browserHash.equals(browser)
      return isWaiting ? flow.accept(flow.contextFor(repositories, ctx.state.facts, ''), attempt, proof) : undefined
    })
    if (outcome?.kind === 'refused') {
      if (outcome.attempt.state !== 'open') throw new AppError(outcome.problem)
      await visits.rememberRefusal(attemptId, 'token-unacceptable')
    }
    return home
  }

  return [
    route({
      method: 'GET',
      path: `/callback/${connection.id}`,
      access: 'browser',
      mode: { system: 'sign-in' },
      limits,
      async handler({ browser, ctx }) {
        // Whoever only wants to know the headers takes nothing away.
        if (ctx.method === 'HEAD') throw new AppError('method-not-allowed')
        const parameters = new URLSearchParams(ctx.querystring)
        const visit = await visits.take(connection, parameters, browser)
        if ('kind' in visit) return refuse(ctx, visit)
        const answer = await visits.finish(connection, visit, parameters)
        const { errand } = visit
        return errand.kind === 'sign-in'
          ? receiveSignIn(ctx, errand, answer, browser)
          : receiveLink(ctx, connection, errand, answer)
      },
    }),
  ]
}

/** What an upstream's answer proves. */
function proofByUpstream(account: UpstreamAccount, now: Date): Proof {
  const { multiFactor, signedInAt, ...subject } = account
  const factors: Factor[] = multiFactor ? ['fed', 'mfa'] : ['fed']
  const at = Math.floor(now.getTime() / 1000)
  // As much as its clock may be behind, or what was just taken as recent enough would be too old in the next moment. One that does not
  // say may have had a session for months: where a fresh sign-in counts it was asked to show one (`max_age`), and has to say then.
  const seenAt = signedInAt === undefined ? neverSeen : signedInAt + clockToleranceSeconds
  return { method: account.connection, subject, factors, at, ...(seenAt < at ? { seenAt } : {}) }
}
