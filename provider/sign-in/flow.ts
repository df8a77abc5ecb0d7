import type { AuditEvent } from '../audit/catalogue.ts'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import type { RequestFacts } from '../http/context.ts'
import type { Clock } from '../kernel/clock.ts'
import { secondsAfter } from '../kernel/clock.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { decide, type PolicyRequest, type Requirement } from '../policy/gate.ts'
import type { Proof } from '../policy/proof.ts'
import type { Data } from '../ports/data.ts'
import type { AttemptRecord, UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { PendingSignIn } from './interactions.ts'
import { keepProof, restoreProof } from './kept-proof.ts'
import type { MethodContext, SignInMethod } from './method.ts'
import { policyRequestOf } from './policy-request.ts'
import { isRepetition } from './repetition.ts'
import { findPerson, signUp } from './sign-up.ts'

/** An attempt lives longer than the mail that was sent for it, so that its page can still say what happened and send another. */
const attemptLifetimeSeconds = 3600
const mode = { kind: 'system', reason: 'sign-in' } as const

export interface FlowOptions {
  data: Data
  clock: Clock
  methods: readonly SignInMethod[]
  signUpAllowed: boolean
  /** What the installation requires of everybody. */
  requirement: Requirement
}

export type Outcome =
  /** Policy has enough: the sign-in can be resumed. */
  | { kind: 'satisfied' }
  /** Something was proved, and something is still needed. */
  | { kind: 'continued' }
  | { kind: 'refused'; problem: ErrorCode; attempt: AttemptRecord }

export type SignInFlow = ReturnType<typeof createSignInFlow>

/**
 * One way through, forward only: begin, verify, and at the end what policy decided. Each step is one transaction with its audit
 * events. Methods are known by their id alone.
 */
export function createSignInFlow({ data, clock, methods, signUpAllowed, requirement }: FlowOptions) {
  const findMethod = (id: string | undefined): SignInMethod => {
    const method = methods.find(each => each.id === id)
    if (method === undefined) throw new AppError('not-found')
    return method
  }
  const circumstancesFor = (facts: RequestFacts): Circumstances => ({
    actor: { kind: 'system', reason: 'sign-in' },
    ip: facts.ip,
    userAgent: facts.userAgent,
    requestId: facts.id,
    clock,
  })
  const contextFor = (repositories: Repositories, facts: RequestFacts, appName: string): MethodContext => ({
    repositories,
    facts,
    circumstances: circumstancesFor(facts),
    appName,
  })
  const isLive = (attempt: AttemptRecord) => attempt.state === 'open' && attempt.expiresAt > clock()

  /** Starts an attempt with a method, in place of the one that this interaction had. */
  async function begin(
    methodId: string,
    pending: PendingSignIn,
    browser: Buffer,
    facts: RequestFacts,
    form: Readonly<Record<string, string>>,
  ): Promise<void> {
    const method = findMethod(methodId)
    const beginning = method.parseBeginning(form)
    const delivery = await method.limitBeginning({ ...beginning, browserHash: browser }, facts)
    const createdAt = clock()
    const attempt: AttemptRecord = {
      id: newId(),
      interactionUid: pending.uid,
      browserHash: browser,
      clientId: pending.app.clientId,
      state: 'open',
      method: method.id,
      address: beginning.address,
      userId: undefined,
      proofs: [],
      request: pending.request,
      device: facts.device,
      ip: facts.ip,
      locale: facts.locale,
      createdAt,
      expiresAt: secondsAfter(createdAt, attemptLifetimeSeconds),
    }
    const started = { action: 'attempt.started', attempt_id: attempt.id, client_id: attempt.clientId } as const
    await data.scoped(mode, async repositories => {
      const [earlier, beginMethod] = await Promise.all([
        repositories.attempts.lockByInteraction(pending.uid),
        method.prepare(contextFor(repositories, facts, pending.app.name), attempt, { delivery, again: false }),
      ])
      if (earlier !== undefined && isLive(earlier) && isRepetition(earlier, attempt)) return
      // Asked for together, so that they travel together, in this order.
      await Promise.all([
        earlier === undefined ? undefined : endOpen(repositories, earlier, facts, 'begun-anew'),
        repositories.attempts.create(attempt),
        recordEvent(repositories, started, circumstancesFor(facts)),
        beginMethod(),
      ])
    })
  }

  /** Has the method looked at what the person gave, and policy at what that proves. */
  async function verify(
    pending: PendingSignIn,
    browser: Buffer,
    facts: RequestFacts,
    form: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    return data.scoped(mode, async repositories => {
      const attempt = await repositories.attempts.lockByInteraction(pending.uid)
      if (attempt === undefined || !attempt.browserHash.equals(browser)) throw new AppError('attempt-expired')
      // The form was sent twice, and the first of them was enough.
      if (attempt.state === 'satisfied' || attempt.state === 'completed') return { kind: 'satisfied' }
      if (!isLive(attempt)) throw new AppError('attempt-expired')
      const context = contextFor(repositories, facts, pending.app.name)
      const verdict = await findMethod(attempt.method).verify(context, attempt, form)
      if (verdict.kind === 'refused') return { kind: 'refused', problem: verdict.problem, attempt }
      return accept(context, attempt, verdict.proof)
    })
  }

  /**
   * Takes a proof into an attempt that the caller's transaction has locked: finds or makes the person, asks policy, and moves the
   * attempt on. What the proof rests on may still be on its way (`holds`); where it does not hold, nothing is changed.
   */
  async function accept(
    context: MethodContext,
    attempt: AttemptRecord,
    proof: Proof,
    holds: Promise<boolean> = Promise.resolve(true),
  ): Promise<Outcome> {
    const { repositories, circumstances } = context
    const refuse = async (problem: ErrorCode, userId: string | undefined): Promise<Outcome> => {
      // The proof is kept where the person may be told that there is no account.
      const changes = problem === 'no-account' ? { proofs: [keepProof(proof)] } : {}
      await Promise.all([
        repositories.attempts.move(attempt.id, 'open', 'ended', changes),
        recordEvent(
          repositories,
          { action: 'sign-in.refused', userId, attempt_id: attempt.id, client_id: attempt.clientId, reason: problem },
          circumstances,
        ),
      ])
      return { kind: 'refused', problem, attempt }
    }
    const [known, good] = await Promise.all([findPerson(repositories, proof), holds])
    if (!good) return { kind: 'refused', problem: 'attempt-expired', attempt }
    const user = known ?? (await signUpWhereAllowed(context, attempt, proof))
    if (user === undefined) return refuse('no-account', undefined)
    if (user.status !== 'active') return refuse('forbidden', user.id)

    const proofs = [...attempt.proofs.map(restoreProof), { ...proof, subject: { kind: 'user', userId: user.id } as const }]
    const decision = decideFor(attempt, proofs)
    if (decision.kind === 'enrolment-needed') return refuse('forbidden', user.id)
    const satisfied = decision.kind === 'satisfied'
    const changes = { proofs: proofs.map(keepProof), userId: user.id }
    const event: AuditEvent = {
      action: 'sign-in.proved',
      userId: user.id,
      attempt_id: attempt.id,
      client_id: attempt.clientId,
      method: proof.method,
      factors: proof.factors.join(' '),
    }
    await Promise.all([
      repositories.attempts.move(attempt.id, 'open', satisfied ? 'satisfied' : 'open', changes),
      recordEvent(repositories, event, circumstances),
    ])
    return { kind: satisfied ? 'satisfied' : 'continued' }
  }

  async function signUpWhereAllowed(
    { repositories, circumstances }: MethodContext,
    { locale }: AttemptRecord,
    { subject }: Proof,
  ): Promise<UserRecord | undefined> {
    if (subject.kind !== 'address' || !signUpAllowed) return undefined
    return signUp(repositories, { address: subject.address, locale }, circumstances)
  }

  function decideFor(attempt: AttemptRecord, proofs: readonly Proof[]) {
    return decide({
      proofs,
      enrolments: [],
      request: policyRequestOf(attempt.request),
      requirements: [requirement],
      now: Math.floor(clock().getTime() / 1000),
    })
  }

  /** What a satisfied attempt proved, as policy sees it now; undefined where it is not satisfied, or is over. */
  async function findResult(attempt: AttemptRecord) {
    if (attempt.userId === undefined || (attempt.state !== 'satisfied' && attempt.state !== 'completed')) return undefined
    const decision = decideFor(attempt, attempt.proofs.map(restoreProof))
    return decision.kind === 'satisfied' ? { userId: attempt.userId, ...decision } : undefined
  }

  /** Marks a satisfied attempt as resumed. Asked again it changes nothing: a tab may reload on its way. */
  async function complete(
    attempt: AttemptRecord,
    result: { userId: string; acr: string; amr: string[] },
    facts: RequestFacts,
  ): Promise<void> {
    if (attempt.state === 'completed') return
    await findMethod(attempt.method).rememberBrowser(attempt)
    const event: AuditEvent = {
      action: 'sign-in.completed',
      userId: result.userId,
      attempt_id: attempt.id,
      client_id: attempt.clientId,
      acr: result.acr,
      amr: result.amr.join(' '),
    }
    const circumstances = { ...circumstancesFor(facts), actor: { kind: 'user', userId: result.userId } } as const
    try {
      await data.scoped(mode, async repositories => {
        await repositories.attempts.move(attempt.id, 'satisfied', 'completed', {})
        await recordEvent(repositories, event, circumstances)
      })
    } catch (error) {
      // Another tab completed it at the same moment, and recorded it.
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    }
  }

  /** Whether an address was proved under which nobody has an account: until then, nobody is told. */
  function isWithoutAccount(attempt: AttemptRecord): boolean {
    return attempt.state === 'ended' && attempt.proofs.some(({ subject }) => subject.kind === 'address') && !signUpAllowed
  }

  /** Whether all methods together could ever prove what is asked for. */
  function isReachable(request: PolicyRequest): boolean {
    const now = Math.floor(clock().getTime() / 1000)
    const subject = { kind: 'user', userId: '' } as const
    const proofs = methods.map(method => ({ method: method.id, subject, factors: method.yields, at: now }))
    return decide({ proofs, enrolments: [], request, requirements: [requirement], now }).kind === 'satisfied'
  }

  return {
    begin,
    beginAgain,
    verify,
    accept,
    findAttempt,
    findResult,
    complete,
    end,
    isLive,
    isReachable,
    isWithoutAccount,
    findMethod,
    contextFor,
  }

  /** Lets the method begin once more in the same attempt: a new e-mail, which voids the one before. */
  async function beginAgain(pending: PendingSignIn, browser: Buffer, facts: RequestFacts): Promise<void> {
    const attempt = await findAttempt(pending.uid, browser)
    if (attempt === undefined || !isLive(attempt)) throw new AppError('attempt-expired')
    const method = findMethod(attempt.method)
    const delivery = await method.limitBeginning(attempt, facts)
    await data.scoped(mode, async repositories => {
      const [locked, beginMethod] = await Promise.all([
        repositories.attempts.lock(attempt.id),
        method.prepare(contextFor(repositories, facts, pending.app.name), attempt, { delivery, again: true }),
      ])
      if (locked === undefined || !isLive(locked)) throw new AppError('attempt-expired')
      await beginMethod()
    })
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
