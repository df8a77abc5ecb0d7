import { setTimeout as sleep } from 'node:timers/promises'
import { speak } from '../../views/messages.ts'
import type { Locale } from '../../views/page-context.ts'
import type { Offer } from '../../views/parts/other-ways.tsx'
import { renderAddress } from '../../views/sign-in/address.tsx'
import { renderAlreadySignedIn } from '../../views/sign-in/already-signed-in.tsx'
import { renderChooseEnrolment } from '../../views/sign-in/choose-enrolment.tsx'
import { renderExpired } from '../../views/sign-in/expired.tsx'
import { renderFinished } from '../../views/sign-in/finished.tsx'
import { renderSoonRequired } from '../../views/sign-in/soon-required.tsx'
import type { Answer } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import { negotiateLocale } from '../http/locale.ts'
import type { Pages } from '../http/pages.ts'
import { AppError } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { Level } from '../policy/levels.ts'
import type { AttemptRecord } from '../ports/records.ts'
import type { Outcome } from './acceptance.ts'
import type { SignInFlow } from './flow.ts'
import type { AskingApp, Interactions, PendingSignIn, SignInResult } from './interactions.ts'
import { restoreProof } from './kept-proof.ts'
import type { SignInMethod, StepNotice, StepUrls } from './method.ts'
import type { Standing } from './standing.ts'
import type { UpstreamSteps } from './upstream-steps.ts'
import { findUsualMethod } from './usual-method.ts'

const mode = { kind: 'system', reason: 'sign-in' } as const

export interface StepPageOptions {
  data: Data
  flow: SignInFlow
  standing: Standing
  interactions: Interactions
  pages: Pages
  upstreamSteps: UpstreamSteps
  methods: readonly [SignInMethod, ...SignInMethod[]]
}

export type StepPages = ReturnType<typeof createStepPages>

export const homeOf = (uid: string) => `/sign-in/${uid}`

/** Goes on without what will be required soon. */
const laterOf = (uid: string) => ({ action: `${homeOf(uid)}/continue`, fields: { later: '1' } })

export const html = (body: string, status = 200): Answer => ({ kind: 'page', html: body, status })

/** Which page a sign-in is at, whenever it is come back to: decided from what is kept, never from where the browser was. */
export function createStepPages({ data, flow, standing, interactions, pages, upstreamSteps, methods }: StepPageOptions) {
  const [firstMethod] = methods
  const urlsFor = (uid: string): StepUrls => ({
    page: homeOf(uid),
    state: `${homeOf(uid)}/state`,
    verify: `${homeOf(uid)}/verify`,
    again: `${homeOf(uid)}/again`,
    change: `${homeOf(uid)}/change`,
    options: `${homeOf(uid)}/options`,
  })
  const pageFor = (locale: Locale, uid: string, app: AskingApp | undefined, path = homeOf(uid)) =>
    pages.context({ locale, app, path })
  const localeFor = (ctx: Context, pending: PendingSignIn) => negotiateLocale(ctx, pending.requestedLocales)
  // What is sent speaks as the page does.
  const factsFor = (ctx: Context, pending: PendingSignIn) => ({ ...ctx.state.facts, locale: localeFor(ctx, pending) })

  /** Nothing waits for this sign-in any more: it was finished in another tab, or it took too long. */
  async function showOver(ctx: Context, uid: string, browser: Buffer): Promise<Answer> {
    const attempt = await flow.findAttempt(uid, browser)
    const app = attempt === undefined ? undefined : await interactions.findApp(attempt.clientId)
    const page = pageFor(negotiateLocale(ctx, attempt?.locale), uid, app)
    const restart = { action: `${homeOf(uid)}/restart` }
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
    return { kind: 'redirect', to: `${homeOf(uid)}?over=${times + 1}` }
  }

  async function showFirst(
    ctx: Context,
    pending: PendingSignIn,
    options: { problem?: 'field-needed' | 'address-unusable'; typed?: string; expired?: boolean } = {},
  ): Promise<Answer> {
    const page = pageFor(localeFor(ctx, pending), pending.uid, pending.app)
    const address = options.typed ?? pending.loginHint
    const usual = await findUsualMethod(data, methods, ctx)
    // What was used last in this browser comes first.
    const inOrder = methods.toSorted((one, other) => Number(other === usual) - Number(one === usual))
    return html(
      renderAddress(page, {
        form: { action: `${homeOf(pending.uid)}/${firstMethod.id}` },
        ...(address === undefined ? {} : { address }),
        ...(options.problem === undefined ? {} : { problem: options.problem }),
        ...(options.expired === true ? { notice: 'expired' as const } : {}),
        ...(pending.signedOut === undefined ? {} : { signedOut: pending.signedOut }),
        otherWays: inOrder.flatMap(({ beginning }) => beginning?.offer?.(urlsFor(pending.uid), page) ?? []),
        ...(usual?.beginning?.offer === undefined ? {} : { usualWay: usual.label(page) }),
        cancel: { action: `${homeOf(pending.uid)}/cancel` },
      }),
      options.problem === undefined ? 200 : 400,
    )
  }

  /** What was typed is no address: the page on which it was typed says so. */
  async function showAddressProblem(
    ctx: Context,
    pending: PendingSignIn,
    browser: Buffer,
    notice: { problem: 'field-needed' | 'address-unusable'; form: Readonly<Record<string, string>> },
  ): Promise<Answer> {
    const attempt = await flow.findAttempt(pending.uid, browser)
    return attempt?.state === 'open' && attempt.method === undefined
      ? showNext(ctx, pending, attempt, notice)
      : showFirst(ctx, pending, { problem: notice.problem, typed: notice.form['address'] ?? '' })
  }

  async function showStep(ctx: Context, pending: PendingSignIn, attempt: AttemptRecord, notice: StepNotice): Promise<Answer> {
    const page = pageFor(localeFor(ctx, pending), pending.uid, pending.app)
    const method = flow.findMethod(attempt.method)
    const body = await data.read(mode, repositories => method.show(repositories, attempt, page, urlsFor(pending.uid), notice))
    return html(body, notice.problem === undefined ? 200 : 400)
  }

  /**
   * The page of what an attempt that has proved something still needs: one of the methods that would do, which the person may
   * choose (`?with=`), or what can be enrolled.
   */
  async function showNext(
    ctx: Context,
    pending: PendingSignIn,
    attempt: AttemptRecord,
    notice: StepNotice = {},
  ): Promise<Answer> {
    const decision = await data.read(mode, repositories => standing.findDecision(repositories, attempt))
    const page = pageFor(localeFor(ctx, pending), pending.uid, pending.app)
    const home = homeOf(pending.uid)
    const upstreamStep = await upstreamSteps.show(
      attempt,
      decision.kind,
      page,
      { home, begin: `${home}/${firstMethod.id}` },
      notice,
    )
    if (upstreamStep !== undefined) return html(upstreamStep, notice.problem === undefined ? 200 : 400)
    switch (decision.kind) {
      case 'proof-needed':
      case 'satisfied':
        return showFirst(ctx, pending)
      case 'enrolment-needed':
        return showEnrolments(ctx, pending, attempt, decision.level)
      case 'factor-needed': {
        const wanted = notice.form?.['method'] ?? ctx.query['with']
        const offered = methods.filter(method => decision.methods.includes(method.id))
        const chosen = offered.find(method => method.id === wanted) ?? offered[0]
        if (chosen === undefined) throw new AppError('forbidden')
        const otherWays: Offer[] = offered
          .filter(method => method !== chosen)
          .map(method => ({ kind: 'link', label: method.label(page), href: `${home}?with=${method.id}` }))
        if (decision.mayEnrol)
          otherWays.push({ kind: 'link', label: speak(page.locale).say('other-way.enrol'), href: `${home}/enrol` })
        return showStep(ctx, pending, { ...attempt, method: chosen.id }, { ...notice, otherWays })
      }
    }
  }

  /** What can be enrolled that reaches the level, for who has proved enough to enrol; whoever has not begins with that. */
  async function showEnrolments(ctx: Context, pending: PendingSignIn, attempt: AttemptRecord, level: Level): Promise<Answer> {
    const enrolments = await data.read(mode, repositories => standing.findEnrolments(repositories, attempt.userId))
    if (!standing.mayChangeFactors(attempt.proofs.map(restoreProof), enrolments)) return showFirst(ctx, pending)
    const page = pageFor(localeFor(ctx, pending), pending.uid, pending.app)
    const home = homeOf(pending.uid)
    const ways = listEnrollable(level).map(({ id, label }) => ({ label: label(page), href: `${home}/enrol/${id}` }))
    return html(
      renderChooseEnrolment(page, {
        ways,
        cancel: { action: `${home}/cancel` },
        // Whoever has enough for now may go on as they are.
        ...(attempt.state === 'satisfied' ? { later: laterOf(pending.uid) } : {}),
      }),
    )
  }

  function listEnrollable(level: Level): SignInMethod[] {
    return methods.filter(({ enrolment }) => enrolment !== undefined && standing.wouldReach(enrolment.adds, level))
  }

  /** What can be enrolled in this sign-in: for whoever needs it, will need it, or has used a recovery code for what was lost. */
  async function showChoice(ctx: Context, pending: PendingSignIn, browser: Buffer): Promise<Answer> {
    const found = await flow.findAttempt(pending.uid, browser)
    const attempt = found ?? flow.draftStepUp(pending, browser, factsFor(ctx, pending))
    if (attempt !== undefined && (attempt.state === 'satisfied' || flow.isLive(attempt))) {
      const decision = await data.read(mode, repositories => standing.findDecision(repositories, attempt))
      const level =
        decision.kind === 'satisfied' ? decision.due?.level : decision.kind === 'proof-needed' ? undefined : decision.level
      if (level !== undefined) return showEnrolments(ctx, pending, attempt, level)
    }
    return { kind: 'redirect', to: homeOf(pending.uid) }
  }

  /** Before a satisfied attempt goes on: what will be needed soon, while there is time to set it up. */
  function showSoonRequired(ctx: Context, pending: PendingSignIn, attempt: AttemptRecord): Answer | undefined {
    const due = attempt.state === 'satisfied' ? standing.findResult(attempt)?.due : undefined
    if (due === undefined || 'later' in ctx.query || listEnrollable(due.level).length === 0) return undefined
    return html(
      renderSoonRequired(pageFor(localeFor(ctx, pending), pending.uid, pending.app), {
        from: new Date(due.from * 1000),
        needed: due.level === 'multi-factor' ? 'second-factor' : 'passkey',
        setUpHref: `${homeOf(pending.uid)}/enrol`,
        later: laterOf(pending.uid),
      }),
    )
  }

  /** The page of a proof that has something to tell: how many recovery codes are left. */
  async function showProved(ctx: Context, pending: PendingSignIn, browser: Buffer): Promise<Answer | undefined> {
    const attempt = await flow.findAttempt(pending.uid, browser)
    const method = methods.find(({ id }) => id === attempt?.proofs.at(-1)?.method)
    if (attempt === undefined || method?.showProved === undefined) return undefined
    const page = pageFor(localeFor(ctx, pending), pending.uid, pending.app)
    const continueTo = { action: `${homeOf(pending.uid)}/continue` }
    return html(await data.read(mode, async repositories => method.showProved?.(repositories, attempt, page, continueTo) ?? ''))
  }

  /** Hands a satisfied attempt back to the protocol. */
  async function resume(ctx: Context, pending: PendingSignIn, attempt: AttemptRecord): Promise<Answer | undefined> {
    const result = standing.findResult(attempt)
    if (result === undefined) return undefined
    const answer = await finish(ctx, attempt.interactionUid, attempt.browserHash, { ...result, kind: 'signed-in' })
    await flow.complete(attempt, result, ctx.state.facts, pending.app.name)
    return answer
  }

  async function finish(ctx: Context, uid: string, browser: Buffer, result: SignInResult): Promise<Answer> {
    const to = await interactions.finish(ctx, result)
    return to === undefined ? showOvertaken(ctx, uid, browser) : { kind: 'redirect', to }
  }

  /** The page that a sign-in is at. */
  async function showHome(ctx: Context, pending: PendingSignIn, browser: Buffer): Promise<Answer> {
    const { uid } = pending
    const attempt = await flow.findAttempt(uid, browser)
    if (attempt !== undefined) {
      const resumed = showSoonRequired(ctx, pending, attempt) ?? (await resume(ctx, pending, attempt))
      if (resumed !== undefined) return resumed
      if (flow.isWithoutAccount(attempt)) return { kind: 'redirect', to: `${homeOf(uid)}/no-account` }
    }
    const stepUp = flow.draftStepUp(pending, browser, factsFor(ctx, pending))
    if (attempt?.state === 'open') {
      if (!flow.isLive(attempt)) return showFirst(ctx, pending, { expired: true })
      if (attempt.method !== undefined)
        return showStep(ctx, pending, attempt, { still: 'code' in ctx.query, again: 'again' in ctx.query })
      return showNext(ctx, pending, attempt)
    }
    return stepUp === undefined ? showFirst(ctx, pending) : showNext(ctx, pending, stepUp)
  }

  async function answerOutcome(
    ctx: Context,
    pending: PendingSignIn,
    browser: Buffer,
    outcome: Outcome,
    form: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    if (outcome.kind !== 'refused')
      return (await showProved(ctx, pending, browser)) ?? { kind: 'redirect', to: homeOf(pending.uid) }
    const { problem, attempt } = outcome
    if (problem === 'no-account') return { kind: 'redirect', to: `${homeOf(pending.uid)}/no-account` }
    if (problem === 'forbidden') throw new AppError('forbidden')
    const notice: StepNotice = { problem, form, still: true }
    if (attempt.method !== undefined) return showStep(ctx, pending, attempt, notice)
    return showNext(ctx, pending, attempt, notice)
  }

  return {
    showOver,
    showOvertaken,
    showAddressProblem,
    showHome,
    showChoice,
    answerOutcome,
    finish,
    pageFor,
    localeFor,
    factsFor,
  }
}
