import type { Circumstances } from '../audit/record.ts'
import type { RequestFacts } from '../http/context.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { AttemptRecord, UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { canRecover } from '../recovery-codes/recovery-codes.ts'
import type { ShownCodes } from '../recovery-codes/shown-codes.ts'
import type { Notices } from '../users/notices.ts'
import { bindingOf, type SignInFlow } from './flow.ts'
import type { PendingSignIn } from './interactions.ts'
import type { Enrollable, EnrolmentContext } from './method.ts'
import type { Standing } from './standing.ts'

const mode = { kind: 'system', reason: 'sign-in' } as const

/** Makes a person's recovery codes, in the caller's transaction, and answers them in plain text. */
export type MakeRecoveryCodes = (
  repositories: Repositories,
  user: UserRecord,
  circumstances: Circumstances,
) => Promise<readonly string[]>

export interface EnrollingOptions {
  data: Data
  flow: SignInFlow
  standing: Standing
  makeRecoveryCodes: MakeRecoveryCodes
  shownCodes: ShownCodes
  notices: Notices
}

/** Who enrols, in which sign-in. */
interface Enroller {
  pending: PendingSignIn
  browser: Buffer
  facts: RequestFacts
}

export type EnrolmentOutcome = { kind: 'enrolled' } | { kind: 'refused'; problem: ErrorCode }

export type Enrolling = ReturnType<typeof createEnrolling>

/** Enrolling in the course of a sign-in: for whoever has proved all that they have, and needs more. It ends in the product. */
export function createEnrolling({ data, flow, standing, makeRecoveryCodes, shownCodes, notices }: EnrollingOptions) {
  const codesBinding = (userId: string, { pending, browser }: Enroller) => `${userId} ${bindingOf(pending, browser)}`

  /** Who may enrol now. Throws AppError `attempt-expired` for whoever has not proved enough, or too long ago. */
  async function findEligible(
    repositories: Repositories,
    attempt: AttemptRecord | undefined,
    { pending, browser, facts }: Enroller,
  ): Promise<{ attempt: AttemptRecord; context: EnrolmentContext; hasCodes: boolean }> {
    if (attempt?.userId === undefined || !attempt.browserHash.equals(browser)) throw new AppError('attempt-expired')
    if (attempt.state !== 'satisfied' && !flow.isLive(attempt)) throw new AppError('attempt-expired')
    const [user, factors] = await Promise.all([
      repositories.users.findById(attempt.userId),
      repositories.accounts.findFactors(attempt.userId),
    ])
    if (user?.status !== 'active') throw new AppError('attempt-expired')
    const proofs = standing.proofsThatCount(attempt, user)
    if (!standing.mayChangeFactors(proofs, standing.enrolmentsIn(factors))) throw new AppError('attempt-expired')
    const circumstances = {
      ...flow.contextFor(repositories, facts, pending.app.name).circumstances,
      actor: { kind: 'user', userId: user.id },
    } as const
    const context = { repositories, user, binding: bindingOf(pending, browser), facts, circumstances }
    return { attempt, context, hasCodes: canRecover(factors) }
  }

  return {
    /** Gives `work` what a method needs to show its enrolment. */
    prepare<Result>(who: Enroller, work: (context: EnrolmentContext) => Promise<Result>): Promise<Result> {
      return data.scoped(mode, async repositories => {
        const kept = await repositories.attempts.findByInteraction(who.pending.uid)
        const { context } = await findEligible(repositories, flow.findStanding(kept, who.pending, who.browser, who.facts), who)
        return work(context)
      })
    },

    /** Enrols what the person confirmed, and takes it as a proof of this sign-in. */
    confirm(enrolment: Enrollable, who: Enroller, form: Readonly<Record<string, string>>): Promise<EnrolmentOutcome> {
      const { pending, facts } = who
      return data.scoped(mode, async repositories => {
        const kept = await repositories.attempts.lockByInteraction(pending.uid)
        const standsAt = flow.findStanding(kept, pending, who.browser, facts)
        const userId = standsAt?.userId
        // Of two sign-ins of theirs that enrol at once, the second sees what the first did.
        if (userId !== undefined) await repositories.accounts.lock(userId)
        const { attempt, context, hasCodes } = await findEligible(repositories, standsAt, who)
        const verdict = await enrolment.confirm(context, form)
        if (verdict.kind === 'refused') return verdict
        if (attempt !== kept) await flow.create(repositories, attempt, facts)
        const outcome = await flow.accept(flow.contextFor(repositories, facts, pending.app.name), attempt, verdict.proof)
        if (outcome.kind === 'refused') throw new AppError(outcome.problem)
        await notices.notify(repositories, context.user, verdict.notice, facts)
        // Whoever has something to lose needs a way around losing it.
        if (!hasCodes) {
          const codes = await makeRecoveryCodes(repositories, context.user, context.circumstances)
          // Before the transaction ends: whoever waits for it, with the same form sent twice, finds them.
          await shownCodes.keep(codesBinding(context.user.id, who), codes)
        }
        return { kind: 'enrolled' }
      })
    },

    /** The recovery codes that were made in this sign-in, until the person says that they have them. */
    async findCodes(who: Enroller): Promise<{ codes: readonly string[]; account: string } | undefined> {
      const userId = (await flow.findAttempt(who.pending.uid, who.browser))?.userId
      const codes = userId === undefined ? undefined : await shownCodes.find(codesBinding(userId, who))
      if (userId === undefined || codes === undefined) return undefined
      const [user, factors] = await data.read(mode, ({ users, accounts }) =>
        Promise.all([users.findById(userId), accounts.findFactors(userId)]),
      )
      // They were never good where the transaction that was to keep them failed.
      if (!canRecover(factors)) return undefined
      return { codes, account: user?.address ?? '' }
    },

    async forgetCodes(who: Enroller): Promise<void> {
      const userId = (await flow.findAttempt(who.pending.uid, who.browser))?.userId
      if (userId !== undefined) await shownCodes.forget(codesBinding(userId, who))
    },
  }
}
