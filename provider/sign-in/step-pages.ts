import { speak } from '../../views/messages.ts'
import type { AddressProblem } from '../../views/parts/address-field.tsx'
import type { Offer } from '../../views/parts/other-ways.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Pages } from '../http/pages.ts'
import { AppError } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { AttemptRecord } from '../ports/records.ts'
import type { Outcome } from './acceptance.ts'
import { createEnrolmentChoice } from './enrolment-choice.ts'
import { createFirstPage } from './first-page.ts'
import type { SignInFlow } from './flow.ts'
import type { Interactions } from './interactions.ts'
import type { SignInMethod, StepNotice } from './method.ts'
import { createOverPages } from './over-pages.ts'
import { homeOf, stepUrlsOf } from './paths.ts'
import { factsFor, pageFor, type SignInRequest } from './sign-in-request.ts'
import type { Standing } from './standing.ts'
import type { UpstreamSteps } from './upstream-steps.ts'

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

/** Which page a sign-in is at, whenever it is come back to: decided from what is kept, never from where the browser was. */
export function createStepPages({ data, flow, standing, interactions, pages, upstreamSteps, methods }: StepPageOptions) {
  const [firstMethod] = methods
  const showFirst = createFirstPage({ data, flow, pages, methods })
  const { showOver, showOvertaken, finish } = createOverPages({ flow, interactions, pages })
  const choice = createEnrolmentChoice({ data, flow, standing, pages, methods })

  /** What was typed is no address: the page on which it was typed says so. */
  async function showAddressProblem(
    request: SignInRequest,
    notice: { problem: AddressProblem; form: Readonly<Record<string, string>> },
  ): Promise<Answer> {
    const attempt = await flow.findAttempt(request.pending.uid, request.browser)
    return attempt?.state === 'open' && attempt.method === undefined
      ? showNext(request, attempt, notice)
      : showFirst(request, { problem: notice.problem, typed: notice.form['address'] ?? '' })
  }

  async function showStep(request: SignInRequest, attempt: AttemptRecord, notice: StepNotice): Promise<Answer> {
    const method = flow.findMethod(attempt.method)
    const urls = stepUrlsOf(request.pending.uid)
    const body = await data.read(mode, repositories => method.show(repositories, attempt, pageFor(pages, request), urls, notice))
    return html(body, notice.problem === undefined ? 200 : 400)
  }

  /**
   * The page of what an attempt that has proved something still needs: one of the methods that would do, which the person may
   * choose (`?with=`), or what can be enrolled.
   */
  async function showNext(request: SignInRequest, attempt: AttemptRecord, notice: StepNotice = {}): Promise<Answer> {
    const decision = await data.read(mode, repositories => standing.findDecision(repositories, attempt))
    const home = homeOf(request.pending.uid)
    const page = pageFor(pages, request)
    const upstreamUrls = { home, begin: `${home}/${firstMethod.id}` }
    const upstreamStep = await upstreamSteps.show(attempt, decision.kind, page, upstreamUrls, notice)
    if (upstreamStep !== undefined) return html(upstreamStep, notice.problem === undefined ? 200 : 400)
    switch (decision.kind) {
      case 'proof-needed':
      case 'satisfied':
        return showFirst(request)
      case 'enrolment-needed':
        return choice.showEnrollable(request, attempt, decision)
      case 'renewal-needed':
        return choice.showRenewal(request, attempt)
      case 'factor-needed': {
        const wanted = notice.form?.['method'] ?? request.ctx.query['with']
        const offered = methods.filter(method => decision.methods.includes(method.id))
        const waysBeside = (chosen?: SignInMethod): Offer[] =>
          offered
            .filter(method => method !== chosen)
            .map(method => ({ kind: 'link', label: method.label(page), href: `${home}?with=${method.id}` }))
        const named = offered.find(method => method.id === wanted)
        // Whoever has just used a recovery code has lost what is enrolled, as likely as not.
        if (decision.mayEnrol && named === undefined)
          return choice.showEnrollable(request, attempt, { level: decision.level, otherModel: false }, waysBeside())
        const chosen = named ?? offered[0]
        if (chosen === undefined) throw new AppError('forbidden')
        const otherWays = waysBeside(chosen)
        if (decision.mayEnrol) otherWays.push({ kind: 'link', label: speak(page.locale).say('other-way.enrol'), href: home })
        return showStep(request, { ...attempt, method: chosen.id }, { ...notice, otherWays })
      }
    }
  }

  /** The page of a proof that has something to tell: how many recovery codes are left. */
  async function showProved(request: SignInRequest, attempt: AttemptRecord): Promise<Answer | undefined> {
    const method = methods.find(({ id }) => id === attempt.proofs.at(-1)?.method)
    if (method?.showProved === undefined) return undefined
    const page = pageFor(pages, request)
    const home = homeOf(request.pending.uid)
    const continueTo = { action: `${home}/continue` }
    return html(
      await data.read(
        mode,
        async repositories => method.showProved?.(repositories, attempt, page, continueTo, `${home}/enrol`) ?? '',
      ),
    )
  }

  /** Hands a satisfied attempt back to the protocol, after the page that says what will be required soon. */
  async function resume(request: SignInRequest, attempt: AttemptRecord): Promise<Answer | undefined> {
    if (!standing.isSatisfied(attempt)) return undefined
    const { ctx, pending } = request
    const result = await data.read(mode, repositories => standing.findResult(repositories, attempt))
    if (result === undefined) return undefined
    const first = attempt.state === 'satisfied' ? await choice.showSoonRequired(request, attempt, result.due) : undefined
    if (first !== undefined) return first
    const answer = await finish(ctx, attempt.interactionUid, attempt.browserHash, { ...result, kind: 'signed-in' })
    await flow.complete(attempt, result, ctx.state.facts, pending.app.name)
    return answer
  }

  /** The page that a sign-in is at. */
  async function showHome(request: SignInRequest): Promise<Answer> {
    const { ctx, pending, browser } = request
    const attempt = await flow.findAttempt(pending.uid, browser)
    if (attempt !== undefined) {
      const resumed = await resume(request, attempt)
      if (resumed !== undefined) return resumed
      if (flow.isWithoutAccount(attempt)) return { kind: 'redirect', to: `${homeOf(pending.uid)}/no-account` }
    }
    if (attempt?.state === 'open') {
      if (!flow.isLive(attempt)) return showFirst(request, { expired: true })
      if (attempt.method !== undefined)
        return showStep(request, attempt, { still: 'code' in ctx.query, again: 'again' in ctx.query })
      return showNext(request, attempt)
    }
    const stepUp = flow.draftStepUp(pending, browser, factsFor(request))
    return stepUp === undefined ? showFirst(request, { isBeginning: true }) : showNext(request, stepUp)
  }

  async function answerOutcome(
    request: SignInRequest,
    outcome: Outcome,
    form: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const { uid } = request.pending
    const home = homeOf(uid)
    if (outcome.kind === 'satisfied') {
      const { attempt, due } = outcome
      // At once, without a page between; where there is something to say before, its own page does.
      const resumed = (await showProved(request, attempt)) ?? (due ? undefined : await resume(request, attempt))
      return resumed ?? { kind: 'redirect', to: home }
    }
    if (outcome.kind === 'continued') {
      // Of a method that is named and has nothing to tell, the attempt need not be read again.
      const mayTell = form['method'] === undefined || flow.findMethod(form['method']).showProved !== undefined
      const attempt = mayTell ? await flow.findAttempt(uid, request.browser) : undefined
      return (attempt && (await showProved(request, attempt))) ?? { kind: 'redirect', to: home }
    }
    if (outcome.kind === 'overtaken') return showFirst(request, { expired: true })
    const { problem, attempt } = outcome
    if (problem === 'no-account') return { kind: 'redirect', to: `${home}/no-account` }
    if (problem === 'forbidden') throw new AppError('forbidden')
    const notice: StepNotice = { problem, form, still: true }
    return attempt.method === undefined ? showNext(request, attempt, notice) : showStep(request, attempt, notice)
  }

  return { showOver, showOvertaken, finish, showAddressProblem, showHome, showChoice: choice.showChoice, answerOutcome }
}
