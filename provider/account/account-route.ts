import { z, type ZodType } from 'zod'
import type { AccountOutcome } from '../../views/account/account-page.tsx'
import type { PageContext } from '../../views/page-context.ts'
import { type Circumstances, ofRequest } from '../audit/record.ts'
import type { Answer } from '../http/answer.ts'
import type { Context, RequestFacts } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { negotiateLocale } from '../http/locale.ts'
import type { Pages } from '../http/pages.ts'
import { type Route, route } from '../http/route.ts'
import type { AccessMode } from '../kernel/access-mode.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { accountReturnPath } from '../oidc/account-app.ts'
import type { BrowserSessions, SignedIn } from '../oidc/signed-in.ts'
import { parametersFor, signInFirst } from '../oidc/signing-in-first.ts'
import { changeWithinSeconds, highestLevel } from '../policy/gate.ts'
import type { Enrolment } from '../policy/proof.ts'
import type { Data } from '../ports/data.ts'
import type { UserRecord } from '../ports/records.ts'
import { withoutVoid } from '../policy/void-proofs.ts'
import type { Standing } from '../sign-in/standing.ts'
import { takeOutcome } from './outcome.ts'

const viewing: Limit[] = [{ name: 'account-pages', by: 'address', points: 600, windowSeconds: 60 }]
const posting: Limit[] = [{ name: 'account-forms', by: 'address', points: 600, windowSeconds: 60 }]
const fields = z.record(z.string(), z.string())

export interface AccountSurroundings {
  issuer: string
  data: Data
  clock: Clock
  pages: Pages
  standing: Standing
  sessions: BrowserSessions
}

/** Whose account it is, for a page of theirs. */
export interface AccountInput<Params> {
  ctx: Context
  params: Params
  form: Readonly<Record<string, string>>
  user: UserRecord
  enrolments: readonly Enrolment[]
  signedIn: SignedIn
  /** Names this session, for what is asked and shown in it. */
  binding: string
  /** All that such a page may see and do. */
  mode: Extract<AccessMode, { kind: 'self' }>
  facts: RequestFacts
  browser: Buffer
  circumstances: Circumstances
  page: PageContext
  /** What was done just before this page. */
  outcome: AccountOutcome | undefined
}

export type AccountRouteMaker = ReturnType<typeof createAccountRoute>

/**
 * A route of somebody's own account. Asks the gate first: whoever is not signed in, or not as policy now wants it, is taken through a
 * sign-in and comes back. `changesFactors`: the sign-in has to be at the account's highest level, within ten minutes.
 */
export function createAccountRoute({ issuer, data, clock, pages, standing, sessions }: AccountSurroundings) {
  return function accountRoute<Params = unknown>(declaration: {
    method: Route['method']
    path: string
    changesFactors?: boolean
    /** Where those of all these pages are not enough. */
    limits?: Limit[]
    params?: ZodType<Params>
    /** Where the browser goes on after a sign-in that a form asked for; the page's own address where it is a page. */
    comeBackTo?: string | ((params: Params) => string)
    handler(input: AccountInput<Params>): Promise<Answer> | Answer
  }): Route {
    const { method, path } = declaration
    return route({
      method,
      path,
      access: 'browser',
      mode: 'self',
      limits: declaration.limits ?? (method === 'GET' ? viewing : posting),
      form: fields,
      ...(declaration.params === undefined ? {} : { params: declaration.params }),
      async handler({ ctx, params, form, facts, browser }) {
        const { comeBackTo: given = method === 'GET' ? ctx.path : '/account' } = declaration
        const comeBackTo = typeof given === 'function' ? given(params) : given
        const signedIn = await sessions.find(ctx)
        if (signedIn === undefined) return signInFirst(issuer, comeBackTo, {})
        const mode = { kind: 'self', userId: signedIn.userId } as const
        const [user, factors, memberships] = await data.read(mode, ({ users, accounts, workspaces }) =>
          Promise.all([
            users.findById(signedIn.userId),
            accounts.findFactors(signedIn.userId),
            workspaces.listMembershipFacts(signedIn.userId),
          ]),
        )
        if (user?.status !== 'active') throw new AppError('not-signed-in')
        const enrolments = standing.enrolmentsIn(factors)
        const request = {}
        const proofs = withoutVoid(signedIn.proofs, user, browser)
        // Whoever changes an account changes it for all of its workspaces.
        const requirements = standing.listRequirements(memberships.filter(({ open }) => open))
        const decision = standing.decideFor({ request }, proofs, { enrolments, requirements })
        if (decision.kind !== 'satisfied') return signInFirst(issuer, comeBackTo, parametersFor(decision))
        if (declaration.changesFactors === true && !standing.mayChangeFactors(proofs, enrolments)) {
          const highest = { acr_values: highestLevel(enrolments), max_age: String(changeWithinSeconds) }
          return signInFirst(issuer, comeBackTo, highest)
        }
        const circumstances = ofRequest(facts, { kind: 'user', userId: user.id }, clock)
        const page = pages.context({ locale: negotiateLocale(ctx, user.locale), path: comeBackTo })
        const outcome = method === 'GET' ? takeOutcome(ctx) : undefined
        return declaration.handler({
          ctx,
          params,
          form,
          user,
          enrolments,
          signedIn,
          binding: `account ${signedIn.sessionUid}`,
          mode,
          facts,
          browser,
          circumstances,
          page,
          outcome,
        })
      },
    })
  }
}

/** Where the sign-in brings the browser back to; whatever a stranger wrote into `state`, it is a page of ours. */
export function accountReturnRoute(): Route {
  return route({
    method: 'GET',
    path: accountReturnPath,
    access: 'public',
    mode: 'no-data',
    limits: viewing,
    query: z.object({ state: z.string().max(200).optional() }),
    handler: ({ query: { state } }) => ({
      kind: 'redirect',
      to:
        state !== undefined && /^\/((account|admin)(\/[A-Za-z0-9_-]+)*|(invitation|set-up)\/[A-Za-z0-9_-]+)$/.test(state)
          ? state
          : '/account',
    }),
  })
}
