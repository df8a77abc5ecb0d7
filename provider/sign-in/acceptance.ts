import type { AuditEvent } from '../audit/catalogue.ts'
import { recordEvent } from '../audit/record.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { Proof } from '../policy/proof.ts'
import type { AttemptRecord, UserRecord } from '../ports/records.ts'
import { createFirstMailboxProof, type EndSessions } from './first-mailbox-proof.ts'
import { keepProof, restoreProof } from './kept-proof.ts'
import type { MethodContext } from './method.ts'
import { findPending, isPending, type PendingUpstream, withoutPending } from './pending-upstream.ts'
import type { SignUp } from './sign-up.ts'
import type { PersonFacts, Standing } from './standing.ts'
import type { UpstreamPeople } from './upstream-people.ts'
import type { Notices } from '../users/notices.ts'

export type Outcome =
  /** Policy has enough: the sign-in can be resumed, with the attempt as it is kept now. `due`: a page comes before it, of what will be required. */
  | { kind: 'satisfied'; attempt: AttemptRecord; due: boolean }
  /** Something was proved, and something is still needed. */
  | { kind: 'continued' }
  | { kind: 'refused'; problem: ErrorCode; attempt: AttemptRecord }
  /** What the attempt had proved was made void meanwhile: nothing was tried, and it is over. */
  | { kind: 'overtaken' }

export interface AcceptanceOptions {
  standing: Standing
  people: UpstreamPeople
  notices: Notices
  endSessions: EndSessions
  signingUp: SignUp
}

export type Acceptance = ReturnType<typeof createAcceptance>

/** Whom a proof is about. */
interface Person {
  user: UserRecord
  isNew: boolean
  /** The connection on whose word alone the address that was proved was theirs. */
  vouchedBy?: string | undefined
  /** Where they were asked for with the person. */
  facts?: PersonFacts | undefined
}

/** Takes proofs into attempts. */
export function createAcceptance({ standing, people, notices, endSessions, signingUp }: AcceptanceOptions) {
  const confirmMailbox = createFirstMailboxProof({ notices, endSessions, nameService: people.nameService })

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
    if (isPending(proof)) return receive(context, attempt, proof)
    const [known, good] = await Promise.all([findPerson(context, attempt, proof), holds])
    if (!good) return { kind: 'refused', problem: 'attempt-expired', attempt }
    const person = known ?? (await signUpWhereAllowed(context, attempt, proof))
    if (person === undefined) return refuse(context, attempt, { problem: 'no-account', proof })
    return take(context, attempt, proof, person)
  }

  /** Whoever is nobody here yet goes on by proving a mailbox. */
  async function receive(context: MethodContext, attempt: AttemptRecord, proof: PendingUpstream): Promise<Outcome> {
    const { repositories } = context
    const arrival = await people.receive(context, attempt, proof.subject)
    switch (arrival.kind) {
      case 'known':
      case 'newcomer':
        return take(context, attempt, proof, { user: arrival.user, isNew: arrival.kind === 'newcomer' })
      case 'changed':
        await recordRefusal(context, attempt, { problem: 'upstream-account-changed', userId: arrival.userId })
        return { kind: 'refused', problem: 'forbidden', attempt }
      case 'stranger':
        await Promise.all([
          repositories.attempts.move(attempt.id, attempt.state, 'open', {
            proofs: [keepProof(proof)],
            address: arrival.address,
            method: undefined,
          }),
          recordProof(context, attempt, proof, undefined),
        ])
        return { kind: 'continued' }
    }
  }

  async function take(context: MethodContext, attempt: AttemptRecord, proof: Proof, person: Person): Promise<Outcome> {
    const { repositories } = context
    const { user, isNew, vouchedBy } = person
    // What one person proved is never put together with what another one did.
    if (user.status !== 'active' || (attempt.userId !== undefined && attempt.userId !== user.id))
      return refuse(context, attempt, { problem: 'forbidden', userId: user.id })

    const { id: userId } = user
    const proofs = [...attempt.proofs.map(restoreProof), { ...proof, subject: { kind: 'user', userId } as const }]
    const { request } = attempt
    const facts = person.facts ?? (await standing.findFacts(repositories, { userId: isNew ? undefined : userId, request }))
    const { enrolments } = facts
    if (vouchedBy !== undefined && proof.subject.kind === 'address') {
      const { address } = proof.subject
      const hasSecondFactor = enrolments.length > 0
      const isSignedIn = attempt.userId === userId
      await confirmMailbox(context, { user, address, browserHash: attempt.browserHash, isSignedIn, hasSecondFactor })
    }
    const decision = standing.decideFor(attempt, proofs, facts)
    // One question before the end: whether the account elsewhere is to lead in here from now on.
    const pending = findPending(attempt, context.circumstances.clock())
    const isAsked = pending !== undefined && standing.mayChangeFactors(proofs, enrolments)
    const satisfied = decision.kind === 'satisfied' && !isAsked
    const kept = satisfied ? withoutPending(proofs) : proofs
    const changes = { proofs: kept.map(keepProof), userId, ...(satisfied ? {} : { method: undefined }) }
    await Promise.all([
      repositories.attempts.move(attempt.id, attempt.state, satisfied ? 'satisfied' : 'open', changes),
      recordProof(context, attempt, proof, userId),
    ])
    return satisfied
      ? { kind: 'satisfied', attempt: { ...attempt, ...changes, state: 'satisfied' }, due: decision.due !== undefined }
      : { kind: 'continued' }
  }

  /** Whose a proof is, if they have an account. */
  async function findPerson(
    { repositories }: MethodContext,
    { request }: AttemptRecord,
    { subject }: Proof,
  ): Promise<Person | undefined> {
    switch (subject.kind) {
      case 'user': {
        const { userId } = subject
        const [user, facts] = await Promise.all([
          repositories.users.findById(userId),
          standing.findFacts(repositories, { userId, request }),
        ])
        return user && { user, isNew: false, facts }
      }
      case 'address': {
        const user = await repositories.users.findByAddress(subject.address)
        return user && { user, isNew: false, vouchedBy: user.vouchedBy }
      }
      case 'upstream':
        return undefined
    }
  }

  async function signUpWhereAllowed(
    { repositories, circumstances }: MethodContext,
    { locale }: AttemptRecord,
    { subject }: Proof,
  ): Promise<Person | undefined> {
    if (subject.kind !== 'address') return undefined
    const { address } = subject
    if (!(await signingUp.isAllowed(repositories, address, circumstances.clock()))) return undefined
    return { user: await signingUp.signUp(repositories, { address, locale }, circumstances), isNew: true }
  }

  async function refuse(
    context: MethodContext,
    attempt: AttemptRecord,
    refusal: { problem: ErrorCode; userId?: string; proof?: Proof },
  ): Promise<Outcome> {
    const { problem, proof } = refusal
    // The proof is kept where the person may be told that there is no account.
    const changes = problem === 'no-account' && proof !== undefined ? { proofs: [keepProof(proof)] } : {}
    await Promise.all([
      context.repositories.attempts.move(attempt.id, attempt.state, 'ended', changes),
      recordRefusal(context, attempt, refusal),
    ])
    return { kind: 'refused', problem, attempt }
  }

  /**
   * What the person answered to the question whether their account elsewhere is to lead into this one. Only for whoever has proved
   * enough here to change their ways in, a moment ago; and the account elsewhere was proved in this same sign-in.
   */
  async function answerLink(context: MethodContext, attempt: AttemptRecord, isToLink: boolean): Promise<void> {
    const { repositories } = context
    const pending = findPending(attempt, context.circumstances.clock())
    const user = attempt.userId === undefined ? undefined : await repositories.users.findById(attempt.userId)
    if (pending === undefined || user?.status !== 'active') throw new AppError('attempt-expired')
    const own = withoutPending(standing.proofsThatCount(attempt, user))
    const facts = await standing.findFacts(repositories, { userId: user.id, request: attempt.request })
    const { enrolments } = facts
    if (standing.decideFor(attempt, own, facts).kind !== 'satisfied') throw new AppError('attempt-expired')
    const isLinked = isToLink && people.nameService(pending.method) !== undefined && standing.mayChangeFactors(own, enrolments)
    if (isLinked) await people.link(repositories, user, pending.subject, context)
    const linked: Proof[] = isLinked ? [{ ...pending, subject: { kind: 'user', userId: user.id } }] : []
    await repositories.attempts.move(attempt.id, 'open', 'satisfied', { proofs: [...own, ...linked].map(keepProof) })
  }

  return { accept, answerLink }
}

type Refusal = { problem: ErrorCode | 'upstream-account-changed'; userId?: string }

async function recordRefusal(
  { repositories, circumstances }: MethodContext,
  attempt: AttemptRecord,
  { problem, userId }: Refusal,
): Promise<void> {
  await recordEvent(
    repositories,
    { action: 'sign-in.refused', userId, attempt_id: attempt.id, client_id: attempt.clientId, reason: problem },
    circumstances,
  )
}

async function recordProof(
  { repositories, circumstances }: MethodContext,
  attempt: AttemptRecord,
  { method, factors }: Proof,
  userId: string | undefined,
): Promise<void> {
  const event: AuditEvent = {
    action: 'sign-in.proved',
    userId,
    attempt_id: attempt.id,
    client_id: attempt.clientId,
    method,
    factors: factors.join(' '),
  }
  await recordEvent(repositories, event, circumstances)
}
