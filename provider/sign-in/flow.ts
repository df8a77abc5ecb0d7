import { ofRequest, recordEvent } from '../audit/record.ts'
import type { RequestFacts } from '../http/context.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { AttemptRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Notices } from '../users/notices.ts'
import type { Acceptance, Outcome } from './acceptance.ts'
import { createAttemptDrafts } from './attempt-drafts.ts'
import { createCompletion } from './completion.ts'
import type { PendingSignIn } from './interactions.ts'
import { isPartlyVoid, keepProof } from './kept-proof.ts'
import type { MethodContext, SignInMethod } from './method.ts'
import { findPending } from './pending-upstream.ts'
import { isRepetition } from './repetition.ts'
import type { Standing } from './standing.ts'

const mode = { kind: 'system', reason: 'sign-in' } as const

export interface FlowOptions {
  data: Data
  clock: Clock
  methods: readonly SignInMethod[]
  standing: Standing
  notices: Notices
  acceptance: Acceptance
  signUpAllowed: boolean
}

/** Names one sign-in in one browser, for what is asked in it. */
export function bindingOf({ uid }: PendingSignIn, browser: Buffer): string {
  return `sign-in ${uid} ${browser.toString('base64url')}`
}

type Form = Readonly<Record<string, string>>

export type SignInFlow = ReturnType<typeof createSignInFlow>

/**
 * One way through, forward only: begin, verify, and at the end what policy decided. Each step is one transaction with its audit
 * events. Methods are known by their id alone.
 */
export function createSignInFlow({ data, clock, methods, standing, notices, acceptance, signUpAllowed }: FlowOptions) {
  const { accept } = acceptance
  const complete = createCompletion({ data, clock, methods, notices })
  const findMethod = (id: string | undefined): SignInMethod => {
    const method = methods.find(each => each.id === id)
    if (method === undefined) throw new AppError('not-found')
    return method
  }
  // By the sign-in itself: whose it is, turns out later.
  const circumstancesFor = (facts: RequestFacts) => ofRequest(facts, { kind: 'system', reason: 'sign-in' }, clock)
  const contextFor = (repositories: Repositories, facts: RequestFacts, appName: string): MethodContext => ({
    repositories,
    facts,
    circumstances: circumstancesFor(facts),
    appName,
  })
  const { isLive, draft, draftStepUp, findStanding } = createAttemptDrafts(clock)

  /**
   * Starts an attempt with a method, in place of the one that this interaction had. Answers where the person has to go, if that is
   * somewhere else. `anew` in the form: the person has proved it before in this sign-in, and is to do so afresh.
   */
  async function begin(
    methodId: string,
    pending: PendingSignIn,
    browser: Buffer,
    facts: RequestFacts,
    form: Form,
  ): Promise<string | undefined> {
    const { id, beginning } = findMethod(methodId)
    if (beginning === undefined) throw new AppError('not-found')
    const given = beginning.parse(form)
    const delivery = await beginning.limit({ ...given, browserHash: browser }, facts)
    const attempt = draft(pending, browser, facts, { ...given, method: id })
    const isAnew = 'anew' in form
    const leave = await beginning.depart?.(attempt, isAnew)
    return data.scoped(mode, async repositories => {
      const [earlier, beginMethod] = await Promise.all([
        repositories.attempts.lockByInteraction(pending.uid),
        beginning.prepare(contextFor(repositories, facts, pending.app.name), attempt, { delivery, again: false }),
      ])
      const live = earlier !== undefined && isLive(earlier) ? earlier : undefined
      if (live !== undefined && isRepetition(live, attempt)) return leave?.(live)
      const own = live?.browserHash.equals(browser) === true ? live : undefined
      // Who came back from elsewhere and is nobody here yet proves who they are: what they showed there goes along.
      const shown = leave === undefined && own !== undefined ? findPending(own, clock()) : undefined
      const proofs = isAnew ? own?.proofs : shown && [keepProof(shown)]
      // And who only shows once more who they are goes on with all that they have shown.
      const kept = { ...attempt, userId: isAnew ? own?.userId : undefined, proofs: proofs ?? [] }
      // Asked for together, so that they travel together, in this order.
      await Promise.all([
        earlier === undefined ? undefined : endOpen(repositories, earlier, facts, 'begun-anew'),
        create(repositories, kept, facts),
        beginMethod(),
      ])
      return leave?.(kept)
    })
  }

  async function create(repositories: Repositories, attempt: AttemptRecord, facts: RequestFacts): Promise<void> {
    const started = { action: 'attempt.started', attempt_id: attempt.id, client_id: attempt.clientId } as const
    await Promise.all([repositories.attempts.create(attempt), recordEvent(repositories, started, circumstancesFor(facts))])
  }

  /** Lets the method begin once more in the same attempt: a new e-mail, which voids the one before. */
  async function beginAgain(pending: PendingSignIn, browser: Buffer, facts: RequestFacts): Promise<void> {
    const attempt = await findAttempt(pending.uid, browser)
    if (attempt === undefined || !isLive(attempt)) throw new AppError('attempt-expired')
    const { beginning } = findMethod(attempt.method)
    if (beginning === undefined) throw new AppError('not-found')
    const delivery = await beginning.limit(attempt, facts)
    await data.scoped(mode, async repositories => {
      const [locked, beginMethod] = await Promise.all([
        repositories.attempts.lock(attempt.id),
        beginning.prepare(contextFor(repositories, facts, pending.app.name), attempt, { delivery, again: true }),
      ])
      if (locked === undefined || !isLive(locked)) throw new AppError('attempt-expired')
      await beginMethod()
    })
  }

  /**
   * Has a method look at what the person gave, and policy at what that proves. It is the method that the attempt waits for, or
   * another that would do as well: of those that are enrolled, or one that names its owner by itself.
   */
  async function verify(pending: PendingSignIn, browser: Buffer, facts: RequestFacts, form: Form): Promise<Outcome> {
    return data.scoped(mode, async repositories => {
      const found = await repositories.attempts.lockByInteraction(pending.uid)
      const own = found?.browserHash.equals(browser) === true ? found : undefined
      // The form was sent twice, and the first of them was enough.
      if (own?.state === 'satisfied' || own?.state === 'completed') return { kind: 'satisfied', attempt: own, due: true }
      const method = findMethod(form['method'] ?? own?.method)
      const context = contextFor(repositories, facts, pending.app.name)
      const attempt = await findOrCreateFor(method, { pending, browser, facts, repositories, found, own })
      if (await leadsNowhere(repositories, attempt)) {
        await endOpen(repositories, attempt, facts, 'made-void')
        return { kind: 'overtaken' }
      }
      const verdict = await method.verify(context, attempt, form, bindingOf(pending, browser))
      if (verdict.kind === 'refused') return { kind: 'refused', problem: verdict.problem, attempt }
      return accept(context, attempt, verdict.proof)
    })
  }

  /** The attempt that a method's form belongs to. Throws AppError `attempt-expired` where there is none, and none can begin so. */
  async function findOrCreateFor(
    method: SignInMethod,
    options: {
      pending: PendingSignIn
      browser: Buffer
      facts: RequestFacts
      repositories: Repositories
      found: AttemptRecord | undefined
      own: AttemptRecord | undefined
    },
  ): Promise<AttemptRecord> {
    const { pending, browser, facts, repositories, found, own } = options
    const live = own !== undefined && isLive(own) ? own : undefined
    if (live !== undefined && live.method === method.id) return live
    const stepUp = draftStepUp(pending, browser, facts)
    for (const attempt of [live, stepUp]) {
      if (attempt === undefined || !(await isAskedFor(method.id, attempt, repositories))) continue
      if (attempt === live) return live
      await replace(attempt)
      return attempt
    }
    if (method.isDirect !== true) throw new AppError('attempt-expired')
    const attempt = draft(pending, browser, facts, { method: method.id })
    await replace(attempt)
    return attempt

    async function replace(next: AttemptRecord): Promise<void> {
      if (found !== undefined) await endOpen(repositories, found, facts, 'begun-anew')
      await create(repositories, next, facts)
    }
  }

  /** Whether its person has made void what it proved: no code and no pass is spent on it, which may be the last one. */
  async function leadsNowhere({ users }: Repositories, attempt: AttemptRecord): Promise<boolean> {
    if (attempt.userId === undefined) return false
    const user = await users.findById(attempt.userId)
    return user === undefined || isPartlyVoid(attempt, user)
  }

  async function isAskedFor(methodId: string, attempt: AttemptRecord, repositories: Repositories): Promise<boolean> {
    const decision = await standing.findDecision(repositories, attempt)
    return decision.kind === 'factor-needed' && decision.methods.includes(methodId)
  }

  /** What a method's browser dialog is to ask, for the sign-in as it stands. */
  async function findOptions(methodId: string | undefined, pending: PendingSignIn, browser: Buffer, facts: RequestFacts) {
    const { options } = findMethod(methodId)
    if (options === undefined) throw new AppError('not-found')
    const attempt = await findAttempt(pending.uid, browser)
    const live = attempt !== undefined && isLive(attempt) && attempt.userId !== undefined ? attempt : undefined
    return data.scoped(mode, repositories =>
      // As the form that comes next will be taken: for who has begun, or is to prove more, or for whoever it names.
      options(
        contextFor(repositories, facts, pending.app.name),
        live ?? draftStepUp(pending, browser, facts),
        bindingOf(pending, browser),
      ),
    )
  }

  /** What the person answered to the question whether the account elsewhere that they came from is to lead in here. */
  async function answerLink(pending: PendingSignIn, browser: Buffer, facts: RequestFacts, isToLink: boolean): Promise<void> {
    await data.scoped(mode, async repositories => {
      const attempt = await repositories.attempts.lockByInteraction(pending.uid)
      // The form was sent twice, and the first of them was enough.
      if (attempt?.state === 'satisfied' || attempt?.state === 'completed') return
      if (attempt?.browserHash.equals(browser) !== true || !isLive(attempt)) throw new AppError('attempt-expired')
      await acceptance.answerLink(contextFor(repositories, facts, pending.app.name), attempt, isToLink)
    })
  }

  /** Lets who came back from elsewhere name another address to prove. False for everybody else. */
  async function returnToAddress(attempt: AttemptRecord): Promise<boolean> {
    if (!isLive(attempt) || attempt.method === undefined || findPending(attempt, clock()) === undefined) return false
    return data.scoped(mode, ({ attempts }) => attempts.transition(attempt.id, 'open', 'open', { method: undefined }))
  }

  /** Whether an address was proved under which nobody has an account: until then, nobody is told. */
  function isWithoutAccount(attempt: AttemptRecord): boolean {
    return attempt.state === 'ended' && attempt.proofs.some(({ subject }) => subject.kind === 'address') && !signUpAllowed
  }

  return {
    begin,
    beginAgain,
    verify,
    create,
    accept,
    answerLink,
    returnToAddress,
    findAttempt,
    findOptions,
    complete,
    end,
    isLive,
    isWithoutAccount,
    findMethod,
    contextFor,
    draftStepUp,
    findStanding,
  }

  /** The newest attempt of an interaction, if it was begun in this browser. */
  async function findAttempt(interactionUid: string, browser: Buffer): Promise<AttemptRecord | undefined> {
    const attempt = await data.read(mode, ({ attempts }) => attempts.findByInteraction(interactionUid))
    return attempt?.browserHash.equals(browser) === true ? attempt : undefined
  }

  /** Gives an attempt up: the person goes back to the first page, or to the app. */
  async function end(attempt: AttemptRecord, facts: RequestFacts): Promise<void> {
    await data.scoped(mode, repositories => endOpen(repositories, attempt, facts, 'given-up'))
  }

  async function endOpen(repositories: Repositories, attempt: AttemptRecord, facts: RequestFacts, reason: string): Promise<void> {
    if (!(await repositories.attempts.transition(attempt.id, 'open', 'ended', {}))) return
    const event = { action: 'attempt.ended', attempt_id: attempt.id, client_id: attempt.clientId, reason } as const
    await recordEvent(repositories, event, circumstancesFor(facts))
  }
}
