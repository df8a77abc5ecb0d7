import type { AuditEvent } from '../audit/catalogue.ts'
import { recordEvent } from '../audit/record.ts'
import type { ErrorCode } from '../kernel/errors.ts'
import type { Proof } from '../policy/proof.ts'
import type { AttemptRecord, UserRecord } from '../ports/records.ts'
import { keepProof, restoreProof } from './kept-proof.ts'
import type { MethodContext } from './method.ts'
import { findPerson, signUp } from './sign-up.ts'
import type { Standing } from './standing.ts'

export type Outcome =
  /** Policy has enough: the sign-in can be resumed. */
  | { kind: 'satisfied' }
  /** Something was proved, and something is still needed. */
  | { kind: 'continued' }
  | { kind: 'refused'; problem: ErrorCode; attempt: AttemptRecord }

export type Acceptance = ReturnType<typeof createAcceptance>

/** Takes proofs into attempts. */
export function createAcceptance({ standing, signUpAllowed }: { standing: Standing; signUpAllowed: boolean }) {
  /**
   * Takes a proof into an attempt that the caller's transaction has locked: finds or makes the person, asks policy, and moves the
   * attempt on. What the proof rests on may still be on its way (`holds`); where it does not hold, nothing is changed.
   */
  return async function accept(
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
        repositories.attempts.move(attempt.id, attempt.state, 'ended', changes),
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
    // What one person proved is never put together with what another one did.
    if (user.status !== 'active' || (attempt.userId !== undefined && attempt.userId !== user.id))
      return refuse('forbidden', user.id)

    const proofs = [...attempt.proofs.map(restoreProof), { ...proof, subject: { kind: 'user', userId: user.id } as const }]
    const enrolments = known === undefined ? [] : await standing.findEnrolments(repositories, user.id)
    const satisfied = standing.decideFor(attempt, proofs, enrolments).kind === 'satisfied'
    const event: AuditEvent = {
      action: 'sign-in.proved',
      userId: user.id,
      attempt_id: attempt.id,
      client_id: attempt.clientId,
      method: proof.method,
      factors: proof.factors.join(' '),
    }
    const changes = { proofs: proofs.map(keepProof), userId: user.id, ...(satisfied ? {} : { method: undefined }) }
    await Promise.all([
      repositories.attempts.move(attempt.id, attempt.state, satisfied ? 'satisfied' : 'open', changes),
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
}
