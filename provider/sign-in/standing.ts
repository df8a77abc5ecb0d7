import type { Clock } from '../kernel/clock.ts'
import {
  type Decision,
  decide,
  decideChange,
  decideNext,
  type Next,
  type PolicyRequest,
  type Question,
  type Requirement,
  resumeWithinSeconds,
  type SignInTimes,
} from '../policy/gate.ts'
import { type Level, levelOf, levels, reaches } from '../policy/levels.ts'
import type { Enrolment, Factor, Proof } from '../policy/proof.ts'
import type { AttemptRecord, FactorsRecord, UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { withoutVoid } from '../policy/void-proofs.ts'
import { restoreProof } from './kept-proof.ts'
import type { SignInMethod } from './method.ts'
import { withoutPending } from './pending-upstream.ts'
import { policyRequestOf } from './policy-request.ts'

export interface StandingOptions {
  clock: Clock
  methods: readonly SignInMethod[]
  /** What the installation requires of everybody. */
  requirement: Requirement
}

export type Standing = ReturnType<typeof createStanding>

/** Where a sign-in stands: what policy says of what was proved, with what the person has enrolled. */
export function createStanding({ clock, methods, requirement }: StandingOptions) {
  const now = () => secondsOf(clock())
  const requirements = [requirement]

  /** What a person has enrolled; nothing for who is nobody yet. */
  async function findEnrolments({ accounts }: Repositories, userId: string | undefined): Promise<Enrolment[]> {
    if (userId === undefined) return []
    return enrolmentsIn(await accounts.findFactors(userId))
  }

  function enrolmentsIn(factors: FactorsRecord): Enrolment[] {
    return methods.flatMap(method => method.listEnrolments?.(factors) ?? [])
  }

  /** What policy says of proofs: those of an attempt, or of a session that is asked for no sign-in. */
  function decideFor(
    attempt: Pick<AttemptRecord, 'request'> & Partial<AttemptRecord>,
    proofs: readonly Proof[],
    enrolments: readonly Enrolment[],
  ): Decision {
    return decide(questionFor(attempt, proofs, enrolments))
  }

  /** What an attempt proved, without what its person made void since. */
  function proofsThatCount(
    attempt: Pick<AttemptRecord, 'proofs' | 'browserHash'>,
    user: Pick<UserRecord, 'proofsFrom'>,
  ): Proof[] {
    return withoutVoid(attempt.proofs.map(restoreProof), user, attempt.browserHash)
  }

  function questionFor(
    attempt: Pick<AttemptRecord, 'request'> & Partial<AttemptRecord>,
    proofs: readonly Proof[],
    enrolments: readonly Enrolment[],
  ): Question {
    const request = policyRequestOf(attempt.request)
    return { proofs: withoutPending(proofs), enrolments, request, requirements, now: now(), signIn: timesOf(attempt) }
  }

  /** What policy says comes next for an attempt as it stands, with all that its person has enrolled. */
  async function findDecision(repositories: Repositories, attempt: AttemptRecord): Promise<Next> {
    const enrolments = await findEnrolments(repositories, attempt.userId)
    return decideNext(questionFor(attempt, attempt.proofs.map(restoreProof), enrolments))
  }

  /** Whether all methods together could ever prove what is asked for. */
  function isReachable(request: PolicyRequest): boolean {
    const subject = { kind: 'user', userId: '' } as const
    const [authenticator] = requirement.authenticators ?? []
    const proofs = methods.map(({ id, yields }) => ({ method: id, subject, factors: yields, at: now(), authenticator }))
    return decide({ proofs, enrolments: [], request, requirements, now: now() }).kind === 'satisfied'
  }

  /** What a satisfied attempt proved; undefined where it is not satisfied, or is over. */
  function findResult(attempt: AttemptRecord) {
    if (attempt.userId === undefined || (attempt.state !== 'satisfied' && attempt.state !== 'completed')) return undefined
    const proofs = withoutPending(attempt.proofs.map(restoreProof))
    // What is enrolled was asked for when it was satisfied.
    const decision = decideFor(attempt, proofs, [])
    if (decision.kind !== 'satisfied') return undefined
    return { userId: attempt.userId, proofs, begunAt: secondsOf(attempt.createdAt), ...decision }
  }

  return {
    findEnrolments,
    enrolmentsIn,
    decideFor,
    proofsThatCount,
    findDecision,

    findResult,

    /**
     * The same for who is about to be handed back: with what is true of the person now, and not long after they proved it. Undefined
     * where it is enough no more.
     */
    async findCurrentResult(repositories: Repositories, attempt: AttemptRecord) {
      const result = findResult(attempt)
      if (result === undefined || now() - Math.max(...result.proofs.map(proof => proof.at)) > resumeWithinSeconds)
        return undefined
      const user = await repositories.users.findWithFactors(result.userId)
      if (user?.status !== 'active') return undefined
      if (withoutVoid(result.proofs, user, attempt.browserHash).length < result.proofs.length) return undefined
      // Enrolled since: it is asked for.
      return user.hasFactors && !reaches(levelOf(result.proofs), 'multi-factor') ? undefined : result
    },

    /** Whether what an attempt has proved is enough to bind another factor. */
    mayChangeFactors(proofs: readonly Proof[], enrolments: readonly Enrolment[]): boolean {
      return decideChange({ proofs: withoutPending(proofs), enrolments, now: now() }).kind === 'satisfied'
    },

    /** Whether what a newly enrolled factor proves is enough for a level, beside whatever began the sign-in. */
    wouldReach(adds: readonly Factor[], level: Level): boolean {
      return reaches(levelOf([{ factors: ['email'] }, { factors: adds }]), level)
    },

    isReachable,

    /** The models (AAGUID) whose passkeys count; undefined: all of them. */
    acceptedAuthenticators: requirement.authenticators,

    /** The levels that somebody can reach here, weakest first. */
    listReachable(): Level[] {
      return levels.filter(level => isReachable({ acrValues: [level], maxAgeSeconds: undefined }))
    },
  }
}

const secondsOf = (moment: Date) => Math.floor(moment.getTime() / 1000)

/** When an attempt began, and when its last proof was enough. */
function timesOf({ createdAt, state, proofs = [] }: Partial<AttemptRecord>): SignInTimes | undefined {
  if (createdAt === undefined) return undefined
  const isSatisfied = state === 'satisfied' || state === 'completed'
  return { begunAt: secondsOf(createdAt), satisfiedAt: isSatisfied ? Math.max(...proofs.map(({ at }) => at)) : undefined }
}
