import { z } from 'zod'
import { renderLinkConfirmed } from '../../views/sign-in/link-confirmed.tsx'
import { renderNoAccount } from '../../views/sign-in/no-account.tsx'
import { renderPasskeyOffer } from '../../views/sign-in/passkey-offer.tsx'
import type { Answer } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { negotiateLocale } from '../http/locale.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { passkeysPath } from '../passkeys/well-known.ts'
import type { SignInFlow } from './flow.ts'
import { formAddressRoutes } from './form-addresses.ts'
import type { Interactions, PendingSignIn } from './interactions.ts'
import type { SignInMethod } from './method.ts'
import type { PasskeyOffer } from './passkey-offer.ts'
import type { Standing } from './standing.ts'
import { homeOf, html, type StepPages } from './step-pages.ts'

const mode = { system: 'sign-in' } as const
const viewing: Limit[] = [{ name: 'sign-in-pages', by: 'address', points: 600, windowSeconds: 60 }]
/** Every waiting tab asks every two seconds, and a whole office may wait behind one address. */
const polling: Limit[] = [{ name: 'sign-in-polling', by: 'address', points: 6000, windowSeconds: 60 }]
const posting: Limit[] = [{ name: 'sign-in-forms', by: 'address', points: 600, windowSeconds: 60 }]

const uidParams = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })
const fields = z.record(z.string(), z.string())

export interface SignInRouteOptions {
  flow: SignInFlow
  standing: Standing
  interactions: Interactions
  steps: StepPages
  passkeyOffer: PasskeyOffer
  methods: readonly [SignInMethod, ...SignInMethod[]]
}

/** The pages of a sign-in in progress. Each is safe to reload and to come back to; each form is answered by a redirect or a page. */
export function signInRoutes({ flow, standing, interactions, steps, passkeyOffer, methods }: SignInRouteOptions): Route[] {
  const [firstMethod] = methods
  const { showAddressProblem, showOver, showOvertaken, finish, pageFor, localeFor, factsFor } = steps

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
        if (!standing.isReachable(pending.policy)) {
          const description = 'none of the requested authentication context classes can be reached'
          return finish(ctx, uid, browser, { kind: 'refused', error: 'unmet_authentication_requirements', description })
        }
        return steps.showHome(ctx, pending, browser)
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
        // A step without a method waits for nothing that could come in another tab.
        const waiting = attempt !== undefined && flow.isLive(attempt) && attempt.method !== undefined
        return { kind: 'json', body: waiting ? {} : { next: homeOf(uid) } }
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
        if (attempt === undefined || standing.findResult(attempt) === undefined) return { kind: 'redirect', to: homeOf(uid) }
        const page = pageFor(localeFor(ctx, pending), uid, pending.app)
        return html(renderLinkConfirmed(page, { form: { action: `${homeOf(uid)}/continue` }, passkeysHref: passkeysPath }))
      },
    }),
    route({
      method: 'GET',
      path: '/sign-in/:uid/passkey-offer',
      access: 'browser',
      mode,
      limits: viewing,
      params: uidParams,
      async handler({ params: { uid }, browser, ctx }) {
        const pending = await interactions.find(ctx)
        if (pending?.uid !== uid) return showOver(ctx, uid, browser)
        const attempt = await flow.findAttempt(uid, browser)
        if (attempt?.state !== 'satisfied') return { kind: 'redirect', to: homeOf(uid) }
        const page = pageFor(localeFor(ctx, pending), uid, pending.app)
        const later = { action: `${homeOf(uid)}/continue` }
        return html(renderPasskeyOffer(page, { addHref: `${homeOf(uid)}/enrol/passkey`, later }))
      },
    }),
    post('/sign-in/:uid/continue', async ({ uid, form }) => ({
      kind: 'redirect',
      to: 'later' in form ? `${homeOf(uid)}?later` : homeOf(uid),
    })),
    post('/sign-in/:uid/verify', async ({ ctx, pending, browser, form }) => {
      const outcome = await flow.verify(pending, browser, factsFor(ctx, pending), form)
      if (outcome.kind === 'satisfied' && (await isPasskeyDue(pending.uid, browser, form)))
        return { kind: 'redirect', to: `${homeOf(pending.uid)}/passkey-offer` }
      return steps.answerOutcome(ctx, pending, browser, outcome, form)
    }),
    post('/sign-in/:uid/link', async ({ ctx, pending, browser, form }) => {
      const answer = form['answer']
      if (answer !== 'yes' && answer !== 'no') throw new AppError('bad-request')
      await flow.answerLink(pending, browser, factsFor(ctx, pending), answer === 'yes')
      return { kind: 'redirect', to: homeOf(pending.uid) }
    }),
    post('/sign-in/:uid/options', async ({ ctx, pending, browser, form }) => ({
      kind: 'json',
      body: await flow.findOptions(form['method'], pending, browser, factsFor(ctx, pending)),
    })),
    post('/sign-in/:uid/again', async ({ ctx, pending, browser }) => {
      const attempt = await flow.findAttempt(pending.uid, browser)
      if (attempt === undefined) throw new AppError('attempt-expired')
      if (flow.isLive(attempt)) await flow.beginAgain(pending, browser, ctx.state.facts)
      else if (attempt.address !== undefined)
        await flow.begin(attempt.method ?? firstMethod.id, pending, browser, factsFor(ctx, pending), { address: attempt.address })
      return { kind: 'redirect', to: `${homeOf(pending.uid)}?again` }
    }),
    post('/sign-in/:uid/change', async ({ ctx, pending, browser }) => {
      const attempt = await flow.findAttempt(pending.uid, browser)
      if (attempt !== undefined && !(await flow.returnToAddress(attempt))) await flow.end(attempt, ctx.state.facts)
      return { kind: 'redirect', to: homeOf(pending.uid) }
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
          const elsewhere = await flow.begin(method.id, pending, browser, factsFor(ctx, pending), form)
          return { kind: 'redirect', to: elsewhere ?? homeOf(pending.uid) }
        } catch (error) {
          if (error instanceof AppError && (error.code === 'field-needed' || error.code === 'address-unusable')) {
            return showAddressProblem(ctx, pending, browser, { problem: error.code, form })
          }
          throw error
        }
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
        if (attempt?.address === undefined || !flow.isWithoutAccount(attempt)) return { kind: 'redirect', to: homeOf(uid) }
        const app = await interactions.findApp(attempt.clientId)
        return html(
          renderNoAccount(pageFor(negotiateLocale(ctx, attempt.locale), uid, app), {
            address: attempt.address,
            startAgain: { action: `${homeOf(uid)}/restart` },
            cancel: { action: `${homeOf(uid)}/cancel` },
          }),
          403,
        )
      },
    }),
  ]

  /** Not where a page comes next that says what will be required. */
  async function isPasskeyDue(uid: string, browser: Buffer, form: Readonly<Record<string, string>>): Promise<boolean> {
    const attempt = await flow.findAttempt(uid, browser)
    if (attempt === undefined || standing.findResult(attempt)?.due !== undefined) return false
    return passkeyOffer.isDue(attempt, form)
  }

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
