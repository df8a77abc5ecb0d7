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
import type { MembershipFacts } from '../ports/workspace-records.ts'
import { withoutVoid } from '../policy/void-proofs.ts'
import { requirementsOf } from '../policy/workspace-requirement.ts'
import { findNamed, findOnly } from '../workspaces/open-memberships.ts'
import { restoreProof } from './kept-proof.ts'
import type { SignInMethod } from './method.ts'
import { withoutPending } from './pending-upstream.ts'
import { policyRequestOf } from './policy-request.ts'

export interface StandingOptions {
  clock: Clock
  methods: readonly SignInMethod[]
  /** What the installation requires of everybody. */
  requirement: Requirement
  /** Whether an app is for all of a person's workspaces at once, as our own account pages are. */
  isForAllWorkspaces(clientId: string): boolean
}

/** What policy has to know of a person, beside what they prove. */
export interface PersonFacts {
  enrolments: readonly Enrolment[]
  /** Of the installation, and of the workspaces concerned. */
  requirements: readonly Requirement[]
}

type Request = AttemptRecord['request']

export type Standing = ReturnType<typeof createStanding>

/** Where a sign-in stands: what policy says of what was proved, with what the person has enrolled. */
export function createStanding({ clock, methods, requirement, isForAllWorkspaces }: StandingOptions) {
  const now = () => secondsOf(clock())

  function enrolmentsIn(factors: FactorsRecord): Enrolment[] {
    return methods.flatMap(method => method.listEnrolments?.(factors) ?? [])
  }

  /** What is required of whoever signs in for these workspaces. */
  function listRequirements(concerned: readonly MembershipFacts[]): Requirement[] {
    return [requirement, ...requirementsOf(concerned)]
  }

  /**
   * Those of somebody's workspaces for which they sign in: the one that the request names, or the only one they have. Whoever has several,
   * and has yet to choose, is asked for what is required there once they have.
   */
  function listConcerned(memberships: readonly MembershipFacts[], request: Request): MembershipFacts[] {
    const { client_id: clientId = '', workspace: name } = request
    if (isForAllWorkspaces(clientId)) return memberships.filter(({ open }) => open)
    return [(name === undefined ? undefined : findNamed(memberships, name)) ?? findOnly(memberships)].filter(
      each => each !== undefined,
    )
  }

  /** All that policy has to know of whoever a sign-in is by; of who is nobody yet, only what everybody needs. */
  async function findFacts(
    { accounts, workspaces }: Repositories,
    { userId, request }: { userId: string | undefined; request: Request },
  ): Promise<PersonFacts> {
    if (userId === undefined) return { enrolments: [], requirements: listRequirements([]) }
    const [factors, memberships] = await Promise.all([accounts.findFactors(userId), workspaces.listMembershipFacts(userId)])
    return { enrolments: enrolmentsIn(factors), requirements: listRequirements(listConcerned(memberships, request)) }
  }

  /** What policy says of proofs: those of an attempt, or of a session that is asked for no sign-in. */
  function decideFor(
    attempt: Pick<AttemptRecord, 'request'> & Partial<AttemptRecord>,
    proofs: readonly Proof[],
    facts: PersonFacts,
  ): Decision {
    return decide(questionFor(attempt, proofs, facts))
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
    { enrolments, requirements }: PersonFacts,
  ): Question {
    const request = policyRequestOf(attempt.request)
    return { proofs: withoutPending(proofs), enrolments, request, requirements, now: now(), signIn: timesOf(attempt) }
  }

  /** What policy says comes next for an attempt as it stands, with all that its person has enrolled. */
  async function findDecision(repositories: Repositories, attempt: AttemptRecord): Promise<Next> {
    const facts = await findFacts(repositories, attempt)
    return decideNext(questionFor(attempt, attempt.proofs.map(restoreProof), facts))
  }

  /** Whether all methods together could ever prove what is asked for. */
  function isReachable(request: PolicyRequest): boolean {
    const subject = { kind: 'user', userId: '' } as const
    const [authenticator] = requirement.authenticators ?? []
    const proofs = methods.map(({ id, yields }) => ({ method: id, subject, factors: yields, at: now(), authenticator }))
    return decide({ proofs, enrolments: [], request, requirements: [requirement], now: now() }).kind === 'satisfied'
  }

  return {
    enrolmentsIn,
    findFacts,
    listRequirements,
    decideFor,
    proofsThatCount,
    findDecision,

    /** Whether policy had enough of an attempt. */
    isSatisfied: ({ userId, state }: AttemptRecord): boolean =>
      userId !== undefined && (state === 'satisfied' || state === 'completed'),

    /**
     * What a satisfied attempt proved, for who is about to be handed back: with what is true of the person now, and not long after they
     * proved it. Undefined where it is not satisfied, or that is enough no more.
     */
    async findResult({ users, workspaces }: Repositories, attempt: AttemptRecord) {
      const { userId, state, request } = attempt
      if (userId === undefined || (state !== 'satisfied' && state !== 'completed')) return undefined
      const proofs = withoutPending(attempt.proofs.map(restoreProof))
      if (now() - Math.max(...proofs.map(proof => proof.at)) > resumeWithinSeconds) return undefined
      const [user, memberships] = await Promise.all([users.findWithFactors(userId), workspaces.listMembershipFacts(userId)])
      if (user?.status !== 'active') return undefined
      if (withoutVoid(proofs, user, attempt.browserHash).length < proofs.length) return undefined
      // Enrolled since: it is asked for.
      if (user.hasFactors && !reaches(levelOf(proofs), 'multi-factor')) return undefined
      const requirements = listRequirements(listConcerned(memberships, request))
      const decision = decideFor(attempt, proofs, { enrolments: [], requirements })
      return decision.kind === 'satisfied' ? { userId, proofs, begunAt: secondsOf(attempt.createdAt), ...decision } : undefined
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

    /** The models (AAGUID) whose passkeys count for all of these; undefined: all there are. */
    findAcceptedModels(requirements: readonly Requirement[]): ReadonlySet<string> | undefined {
      const lists = requirements.flatMap(({ authenticators }) => authenticators ?? [])
      return lists.length === 0
        ? undefined
        : lists.reduce((some, others) => new Set([...some].filter(model => others.has(model))))
    },

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
