import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Locale } from '../../views/page-context.ts'
import { renderAddress } from '../../views/sign-in/address.tsx'
import { renderAlreadySignedIn } from '../../views/sign-in/already-signed-in.tsx'
import { renderExpired } from '../../views/sign-in/expired.tsx'
import { renderFinished } from '../../views/sign-in/finished.tsx'
import { renderLinkConfirmed } from '../../views/sign-in/link-confirmed.tsx'
import { renderNoAccount } from '../../views/sign-in/no-account.tsx'
import type { Answer } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { negotiateLocale } from '../http/locale.ts'
import type { Pages } from '../http/pages.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { AttemptRecord } from '../ports/records.ts'
import type { Outcome, SignInFlow } from './flow.ts'
import { formAddressRoutes } from './form-addresses.ts'
import type { AskingApp, Interactions, PendingSignIn, SignInResult } from './interactions.ts'
import type { SignInMethod, StepNotice, StepUrls } from './method.ts'

const mode = { system: 'sign-in' } as const
const viewing: Limit[] = [{ name: 'sign-in-pages', by: 'address', points: 600, windowSeconds: 60 }]
/** Every waiting tab asks every two seconds, and a whole office may wait behind one address. */
const polling: Limit[] = [{ name: 'sign-in-polling', by: 'address', points: 6000, windowSeconds: 60 }]
const posting: Limit[] = [{ name: 'sign-in-forms', by: 'address', points: 600, windowSeconds: 60 }]

const uidParams = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })
const fields = z.record(z.string(), z.string())

export interface SignInRouteOptions {
  data: Data
  flow: SignInFlow
  interactions: Interactions
  pages: Pages
  methods: readonly [SignInMethod, ...SignInMethod[]]
}

/** The pages of a sign-in in progress. Each is safe to reload and to come back to; each form is answered by a redirect or a page. */
export function signInRoutes({ data, flow, interactions, pages, methods }: SignInRouteOptions): Route[] {
  const [firstMethod] = methods
  const home = (uid: string) => `/sign-in/${uid}`
  const urlsFor = (uid: string): StepUrls => ({
    page: home(uid),
    state: `${home(uid)}/state`,
    verify: `${home(uid)}/verify`,
    again: `${home(uid)}/again`,
    change: `${home(uid)}/change`,
  })
  const pageFor = (locale: Locale, uid: string, app: AskingApp | undefined) => pages.context({ locale, app, path: home(uid) })
  const localeFor = (ctx: Context, pending: PendingSignIn) => negotiateLocale(ctx, pending.requestedLocales)
  // What is sent speaks as the page does.
  const factsFor = (ctx: Context, pending: PendingSignIn) => ({ ...ctx.state.facts, locale: localeFor(ctx, pending) })
  const html = (body: string, status = 200): Answer => ({ kind: 'page', html: body, status })

  /** Nothing waits for this sign-in any more: it was finished in another tab, or it took too long. */
  async function showOver(ctx: Context, uid: string, browser: Buffer): Promise<Answer> {
    const attempt = await flow.findAttempt(uid, browser)
    const app = attempt === undefined ? undefined : await interactions.findApp(attempt.clientId)
    const page = pageFor(negotiateLocale(ctx, attempt?.locale), uid, app)
    const restart = { action: `${home(uid)}/restart` }
    if (await interactions.isSignedIn(ctx)) {
      if (attempt?.state === 'completed') return html(renderFinished(page))
      return html(renderAlreadySignedIn(page, attempt === undefined ? {} : { continueTo: restart }), 410)
    }
    return html(renderExpired(page, attempt === undefined ? { reason: 'unknown' } : { startAgain: restart }), 410)
  }

  /**
   * Another tab has gone on with this sign-in a moment ago. The session that it gets is still on its way to this browser, so the
   * browser is asked to come again until it has it, three times at most.
   */
  async function showOvertaken(ctx: Context, uid: string, browser: Buffer): Promise<Answer> {
    // Whoever writes the address bar themselves gets no more than three either.
    const times = Math.max(0, Number(ctx.query['over'] ?? 0))
    if (!(times < 3) || (await interactions.isSignedIn(ctx))) return showOver(ctx, uid, browser)
    await sleep(200)
    return { kind: 'redirect', to: `${home(uid)}?over=${times + 1}` }
  }

  function showAddress(
    ctx: Context,
    pending: PendingSignIn,
    options: { problem?: 'field-needed' | 'address-unusable'; typed?: string; expired?: boolean } = {},
  ): Answer {
    const page = pageFor(localeFor(ctx, pending), pending.uid, pending.app)
    const address = options.typed ?? pending.loginHint
    return html(
      renderAddress(page, {
        form: { action: `${home(pending.uid)}/${firstMethod.id}` },
        ...(address === undefined ? {} : { address }),
        ...(options.problem === undefined ? {} : { problem: options.problem }),
        ...(options.expired === true ? { notice: 'expired' as const } : {}),
        cancel: { action: `${home(pending.uid)}/cancel` },
      }),
      options.problem === undefined ? 200 : 400,
    )
  }

  async function showStep(ctx: Context, pending: PendingSignIn, attempt: AttemptRecord, notice: StepNotice): Promise<Answer> {
    const page = pageFor(localeFor(ctx, pending), pending.uid, pending.app)
    const method = flow.findMethod(attempt.method)
    const body = await data.read({ kind: 'system', reason: 'sign-in' }, repositories =>
      method.show(repositories, attempt, page, urlsFor(pending.uid), notice),
    )
    return html(body, notice.problem === undefined ? 200 : 400)
  }

  /** Hands a satisfied attempt back to the protocol. */
  async function resume(ctx: Context, attempt: AttemptRecord): Promise<Answer | undefined> {
    const result = await flow.findResult(attempt)
    if (result === undefined) return undefined
    const answer = await finish(ctx, attempt.interactionUid, attempt.browserHash, { ...result, kind: 'signed-in' })
    await flow.complete(attempt, result, ctx.state.facts)
    return answer
  }

  async function finish(ctx: Context, uid: string, browser: Buffer, result: SignInResult): Promise<Answer> {
    const to = await interactions.finish(ctx, result)
    return to === undefined ? showOvertaken(ctx, uid, browser) : { kind: 'redirect', to }
  }

  async function answerOutcome(
    ctx: Context,
    pending: PendingSignIn,
    outcome: Outcome,
    typed: string | undefined,
  ): Promise<Answer> {
    if (outcome.kind !== 'refused') return { kind: 'redirect', to: home(pending.uid) }
    if (outcome.problem === 'no-account') return { kind: 'redirect', to: `${home(pending.uid)}/no-account` }
    if (outcome.problem === 'forbidden') throw new AppError('forbidden')
    return showStep(ctx, pending, outcome.attempt, { problem: outcome.problem, typed, still: true })
  }

  return [
    route({
      method: 'GET',
      path: '/sign-in/:uid',
      access: 'browser',
      mode,
      limits: viewing,
      params: uidParams,
      async handler({ params: { uid }, browser, ctx }) {
        if ('over' in ctx.query) return showOvertaken(ctx, uid, browser)
        const pending = await interactions.find(ctx)
        if (pending?.uid !== uid) return showOver(ctx, uid, browser)
        if (!flow.isReachable(pending.policy)) {
          const description = 'none of the requested authentication context classes can be reached'
          return finish(ctx, uid, browser, { kind: 'refused', error: 'unmet_authentication_requirements', description })
        }
        const attempt = await flow.findAttempt(uid, browser)
        if (attempt === undefined) return showAddress(ctx, pending)
        const resumed = await resume(ctx, attempt)
        if (resumed !== undefined) return resumed
        if (flow.isWithoutAccount(attempt)) return { kind: 'redirect', to: `${home(uid)}/no-account` }
        if (attempt.state === 'open' && !flow.isLive(attempt)) return showAddress(ctx, pending, { expired: true })
        if (attempt.state === 'open')
          return showStep(ctx, pending, attempt, { still: 'code' in ctx.query, again: 'again' in ctx.query })
        return showAddress(ctx, pending)
      },
    }),
    route({
      method: 'GET',
      path: '/sign-in/:uid/state',
      access: 'browser',
      mode,
      limits: polling,
      params: uidParams,
      async handler({ params: { uid }, browser }) {
        const attempt = await flow.findAttempt(uid, browser)
        const waiting = attempt !== undefined && flow.isLive(attempt)
        return { kind: 'json', body: waiting ? {} : { next: home(uid) } }
      },
    }),
    route({
      method: 'GET',
      path: '/sign-in/:uid/confirmed',
      access: 'browser',
      mode,
      limits: viewing,
      params: uidParams,
      async handler({ params: { uid }, browser, ctx }) {
        const pending = await interactions.find(ctx)
        if (pending?.uid !== uid) return showOver(ctx, uid, browser)
        const attempt = await flow.findAttempt(uid, browser)
        if (attempt === undefined || (await flow.findResult(attempt)) === undefined) return { kind: 'redirect', to: home(uid) }
        const page = pageFor(localeFor(ctx, pending), uid, pending.app)
        return html(renderLinkConfirmed(page, { form: { action: `${home(uid)}/continue` } }))
      },
    }),
    post('/sign-in/:uid/continue', async ({ uid }) => ({ kind: 'redirect', to: home(uid) })),
    post('/sign-in/:uid/verify', async ({ ctx, pending, browser, form }) => {
      const outcome = await flow.verify(pending, browser, ctx.state.facts, form)
      return answerOutcome(ctx, pending, outcome, form['code'])
    }),
    post('/sign-in/:uid/again', async ({ ctx, pending, browser }) => {
      const attempt = await flow.findAttempt(pending.uid, browser)
      if (attempt === undefined) throw new AppError('attempt-expired')
      if (flow.isLive(attempt)) await flow.beginAgain(pending, browser, ctx.state.facts)
      else if (attempt.address !== undefined)
        await flow.begin(attempt.method ?? firstMethod.id, pending, browser, factsFor(ctx, pending), { address: attempt.address })
      return { kind: 'redirect', to: `${home(pending.uid)}?again` }
    }),
    post('/sign-in/:uid/change', async ({ ctx, pending, browser }) => {
      const attempt = await flow.findAttempt(pending.uid, browser)
      if (attempt !== undefined) await flow.end(attempt, ctx.state.facts)
      return { kind: 'redirect', to: home(pending.uid) }
    }),
    post('/sign-in/:uid/cancel', async ({ ctx, pending, browser }) => {
      const attempt = await flow.findAttempt(pending.uid, browser)
      if (attempt !== undefined) await flow.end(attempt, ctx.state.facts)
      return finish(ctx, pending.uid, browser, {
        kind: 'refused',
        error: 'access_denied',
        description: 'the person went back',
      })
    }),
    route({
      method: 'POST',
      path: '/sign-in/:uid/restart',
      access: 'browser',
      mode,
      limits: posting,
      params: uidParams,
      async handler({ params: { uid }, browser }) {
        const attempt = await flow.findAttempt(uid, browser)
        if (attempt === undefined) throw new AppError('attempt-expired')
        return { kind: 'redirect', to: await interactions.restart(attempt.request) }
      },
    }),
    ...formAddressRoutes(['verify', ...methods.map(method => method.id)]),
    ...methods.map(method =>
      post(`/sign-in/:uid/${method.id}`, async ({ ctx, pending, browser, form }) => {
        try {
          await flow.begin(method.id, pending, browser, factsFor(ctx, pending), form)
        } catch (error) {
          if (error instanceof AppError && (error.code === 'field-needed' || error.code === 'address-unusable')) {
            return showAddress(ctx, pending, { problem: error.code, typed: form['address'] ?? '' })
          }
          throw error
        }
        return { kind: 'redirect', to: home(pending.uid) }
      }),
    ),
    route({
      method: 'GET',
      path: '/sign-in/:uid/no-account',
      access: 'browser',
      mode,
      limits: viewing,
      params: uidParams,
      async handler({ params: { uid }, browser, ctx }) {
        const attempt = await flow.findAttempt(uid, browser)
        if (attempt?.address === undefined || !flow.isWithoutAccount(attempt)) return { kind: 'redirect', to: home(uid) }
        const app = await interactions.findApp(attempt.clientId)
        return html(
          renderNoAccount(pageFor(negotiateLocale(ctx, attempt.locale), uid, app), {
            address: attempt.address,
            startAgain: { action: `${home(uid)}/restart` },
            cancel: { action: `${home(uid)}/cancel` },
          }),
          403,
        )
      },
    }),
  ]

  /** A form of a sign-in in progress. Where nothing waits any more the page says so, whatever the form was. */
  function post(
    path: string,
    handle: (input: {
      uid: string
      ctx: Context
      pending: PendingSignIn
      browser: Buffer
      form: Readonly<Record<string, string>>
    }) => Promise<Answer>,
  ): Route {
    return route({
      method: 'POST',
      path,
      access: 'browser',
      mode,
      limits: posting,
      params: uidParams,
      form: fields,
      async handler({ params: { uid }, browser, ctx, form }) {
        const pending = await interactions.find(ctx)
        return pending?.uid === uid ? handle({ uid, ctx, pending, browser, form }) : showOver(ctx, uid, browser)
      },
    })
  }
}
