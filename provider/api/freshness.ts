import { unknownBrowser } from '../http/browser-cookie.ts'
import type { Context } from '../http/context.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { proofsOf } from '../oidc/session-proofs.ts'
import { changeWithinSeconds, highestLevel } from '../policy/gate.ts'
import { withoutVoid } from '../policy/void-proofs.ts'
import type { Data } from '../ports/data.ts'
import type { Standing } from '../sign-in/standing.ts'
import type { Caller } from './caller.ts'

/** The rule in words, for the document. */
export const freshPerson =
  'A person needs a token of a sign-in at the account’s highest level, ten minutes ago at most (RFC 9470).'

/** Rejects with AppError `not-signed-in`, and says what is needed, where a person has not just signed in at their highest level. */
export type AssertFresh = (ctx: Context, caller: Extract<Caller, { kind: 'user' }>) => Promise<void>

/**
 * The rule of the account's own pages and of the admin pages, for tokens: what takes all of an account along, or something away from
 * others, needs a sign-in at the account's highest level within ten minutes, and a token of that sign-in (RFC 9470).
 */
export function createFreshness({ data, clock, standing }: { data: Data; clock: Clock; standing: Standing }): AssertFresh {
  return async function assertFresh(ctx, { user, grant, authTimeSeconds }) {
    const { session, factors } = await data.read({ kind: 'self', userId: user.id }, async ({ sessions, accounts }) => ({
      session: grant.sessionUid === undefined ? undefined : await sessions.findByUid(grant.sessionUid),
      factors: await accounts.findFactors(user.id),
    }))
    const enrolments = standing.enrolmentsIn(factors)
    // In whichever browser it was: proofs that were made void count nowhere here.
    const proofs = withoutVoid(proofsOf({ accountId: user.id, proofs: session?.payload['proofs'] }), user, unknownBrowser())
    const isOfThatSignIn = clock().getTime() / 1000 - authTimeSeconds <= changeWithinSeconds
    if (isOfThatSignIn && standing.mayChangeFactors(proofs, enrolments)) return
    const needed = `acr_values="${highestLevel(enrolments)}", max_age="${changeWithinSeconds}"`
    ctx.set('WWW-Authenticate', `Bearer error="insufficient_user_authentication", ${needed}`)
    throw new AppError('not-signed-in', { detail: `This needs a token of a sign-in with ${needed}.` })
  }
}
