import { renderLinkConfirmed } from '../../views/sign-in/link-confirmed.tsx'
import { renderNoAccount } from '../../views/sign-in/no-account.tsx'
import { html } from '../http/answer.ts'
import type { Limit } from '../http/limits.ts'
import { negotiateLocale } from '../http/locale.ts'
import type { Pages } from '../http/pages.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { passkeysPath } from '../passkeys/well-known.ts'
import type { AttemptRecord } from '../ports/records.ts'
import type { SignInFlow } from './flow.ts'
import { formAddressRoutes } from './form-addresses.ts'
import type { Interactions } from './interactions.ts'
import type { SignInMethod } from './method.ts'
import { homeOf } from './paths.ts'
import { factsFor, pageFor } from './sign-in-request.ts'
import { posting, type SignInRouteMaker, uidParams, viewing } from './sign-in-route.ts'
import type { Standing } from './standing.ts'
import type { StepPages } from './step-pages.ts'

/** Every waiting tab asks every two seconds, and a whole office may wait behind one address. */
const polling: Limit[] = [{ name: 'sign-in-polling', by: 'address', points: 6000, windowSeconds: 60 }]
/** For whatever has to be answered though no sign-in waits for it any more. */
const ofAnySignIn = { access: 'browser', mode: { system: 'sign-in' }, params: uidParams } as const

export interface SignInRouteOptions {
  signInRoute: SignInRouteMaker
  flow: SignInFlow
  standing: Standing
  interactions: Interactions
  pages: Pages
  steps: StepPages
  methods: readonly [SignInMethod, ...SignInMethod[]]
}

/** The pages of a sign-in in progress. Each is safe to reload and to come back to; each form is answered by a redirect or a page. */
export function signInRoutes(options: SignInRouteOptions): Route[] {
  const { signInRoute, flow, standing, interactions, pages, steps, methods } = options
  const [firstMethod] = methods

  return [
    route({
      ...ofAnySignIn,
      method: 'GET',
      path: '/sign-in/:uid',
      limits: viewing,
      async handler({ params: { uid }, browser, ctx }) {
        if ('over' in ctx.query) return steps.showOvertaken(ctx, uid, browser)
        const pending = await interactions.find(ctx)
        if (pending?.uid !== uid) return steps.showOver(ctx, uid, browser)
        if (!standing.isReachable(pending.policy)) {
          const description = 'none of the requested authentication context classes can be reached'
          return steps.finish(ctx, uid, browser, { kind: 'refused', error: 'unmet_authentication_requirements', description })
        }
        return steps.showHome({ ctx, pending, browser })
      },
    }),
    route({
      ...ofAnySignIn,
      method: 'GET',
      path: '/sign-in/:uid/state',
      limits: polling,
      async handler({ params: { uid }, browser }) {
        const attempt = await flow.findAttempt(uid, browser)
        // A step without a method waits for nothing that could come in another tab.
        const waiting = attempt !== undefined && flow.isLive(attempt) && attempt.method !== undefined
        return { kind: 'json', body: waiting ? {} : { next: homeOf(uid) } }
      },
    }),
    signInRoute('GET', '/confirmed', async request => {
      const { uid } = request.pending
      const attempt = await flow.findAttempt(uid, request.browser)
      if (attempt === undefined || !standing.isSatisfied(attempt)) return { kind: 'redirect', to: homeOf(uid) }
      const form = { action: `${homeOf(uid)}/continue` }
      return html(renderLinkConfirmed(pageFor(pages, request), { form, passkeysHref: passkeysPath }))
    }),
    ...methods.flatMap(({ id, enrolmentOffer }) =>
      enrolmentOffer === undefined
        ? []
        : [
            signInRoute('GET', `/${id}-offer`, async request => {
              const { uid } = request.pending
              const attempt = await flow.findAttempt(uid, request.browser)
              if (attempt?.state !== 'satisfied') return { kind: 'redirect', to: homeOf(uid) }
              const later = { action: `${homeOf(uid)}/continue` }
              return html(enrolmentOffer.show(pageFor(pages, request), `${homeOf(uid)}/enrol/${id}`, later))
            }),
          ],
    ),
    signInRoute('POST', '/continue', ({ pending: { uid }, form }) => ({
      kind: 'redirect',
      to: 'later' in form ? `${homeOf(uid)}?later` : homeOf(uid),
    })),
    signInRoute('POST', '/verify', async ({ form, ...request }) => {
      const { pending, browser } = request
      const outcome = await flow.verify(pending, browser, factsFor(request), form)
      // Nothing is where a page comes next that says what will be required.
      const mayOffer = outcome.kind === 'satisfied' && !outcome.due
      const offered = mayOffer ? await findDueOffer(outcome.attempt, form) : undefined
      if (offered !== undefined) return { kind: 'redirect', to: `${homeOf(pending.uid)}/${offered}-offer` }
      return steps.answerOutcome(request, outcome, form)
    }),
    signInRoute('POST', '/link', async ({ form, ...request }) => {
      const { pending, browser } = request
      const answer = form['answer']
      if (answer !== 'yes' && answer !== 'no') throw new AppError('bad-request')
      await flow.answerLink(pending, browser, factsFor(request), answer === 'yes')
      return { kind: 'redirect', to: homeOf(pending.uid) }
    }),
    signInRoute('POST', '/options', async ({ form, ...request }) => ({
      kind: 'json',
      body: await flow.findOptions(form['method'], request.pending, request.browser, factsFor(request)),
    })),
    signInRoute('POST', '/again', async request => {
      const { ctx, pending, browser } = request
      const attempt = await flow.findAttempt(pending.uid, browser)
      if (attempt === undefined) throw new AppError('attempt-expired')
      const { address, method = firstMethod.id } = attempt
      if (flow.isLive(attempt)) await flow.beginAgain(pending, browser, ctx.state.facts)
      else if (address !== undefined) await flow.begin(method, pending, browser, factsFor(request), { address })
      return { kind: 'redirect', to: `${homeOf(pending.uid)}?again` }
    }),
    signInRoute('POST', '/change', async ({ ctx, pending, browser }) => {
      const attempt = await flow.findAttempt(pending.uid, browser)
      if (attempt !== undefined && !(await flow.returnToAddress(attempt))) await flow.end(attempt, ctx.state.facts)
      return { kind: 'redirect', to: homeOf(pending.uid) }
    }),
    signInRoute('POST', '/cancel', async ({ ctx, pending, browser }) => {
      const attempt = await flow.findAttempt(pending.uid, browser)
      if (attempt !== undefined) await flow.end(attempt, ctx.state.facts)
      return steps.finish(ctx, pending.uid, browser, {
        kind: 'refused',
        error: 'access_denied',
        description: 'the person went back',
      })
    }),
    route({
      ...ofAnySignIn,
      method: 'POST',
      path: '/sign-in/:uid/restart',
      limits: posting,
      async handler({ params: { uid }, browser }) {
        const attempt = await flow.findAttempt(uid, browser)
        if (attempt === undefined) throw new AppError('attempt-expired')
        return { kind: 'redirect', to: await interactions.restart(attempt.request) }
      },
    }),
    ...formAddressRoutes(['verify', ...methods.map(method => method.id)]),
    ...methods.map(method =>
      signInRoute('POST', `/${method.id}`, async ({ form, ...request }) => {
        const { pending, browser } = request
        try {
          const elsewhere = await flow.begin(method.id, pending, browser, factsFor(request), form)
          return { kind: 'redirect', to: elsewhere ?? homeOf(pending.uid) }
        } catch (error) {
          if (error instanceof AppError && (error.code === 'field-needed' || error.code === 'address-unusable'))
            return steps.showAddressProblem(request, { problem: error.code, form })
          throw error
        }
      }),
    ),
    route({
      ...ofAnySignIn,
      method: 'GET',
      path: '/sign-in/:uid/no-account',
      limits: viewing,
      async handler({ params: { uid }, browser, ctx }) {
        const attempt = await flow.findAttempt(uid, browser)
        if (attempt?.address === undefined || !flow.isWithoutAccount(attempt)) return { kind: 'redirect', to: homeOf(uid) }
        const app = await interactions.findApp(attempt.clientId)
        const page = pages.context({ locale: negotiateLocale(ctx, attempt.locale), app, path: homeOf(uid) })
        return html(
          renderNoAccount(page, {
            address: attempt.address,
            startAgain: { action: `${homeOf(uid)}/restart` },
            cancel: { action: `${homeOf(uid)}/cancel` },
          }),
          403,
        )
      },
    }),
  ]

  /** What is offered before the sign-in goes on, by its id. */
  async function findDueOffer(attempt: AttemptRecord, form: Readonly<Record<string, string>>): Promise<string | undefined> {
    for (const { id, enrolmentOffer } of methods) if (await enrolmentOffer?.isDue(attempt, form)) return id
    return undefined
  }
}
