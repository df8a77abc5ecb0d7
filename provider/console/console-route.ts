import { type ZodType, z } from 'zod'
import {
  type ConsoleOutcome,
  type ConsoleSection,
  consoleHref,
  type WorkspaceContext,
} from '../../views/console/console-page.tsx'
import { renderConsoleClosed } from '../../views/console/closed.tsx'
import { type Refusal, refusals, renderConsoleRefusal } from '../../views/console/refusal.tsx'
import type { PageContext } from '../../views/page-context.ts'
import type { AppRegistry } from '../apps/registry.ts'
import { type Circumstances, ofRequest } from '../audit/record.ts'
import { type Answer, html } from '../http/answer.ts'
import type { Context, RequestFacts } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { negotiateLocale } from '../http/locale.ts'
import type { Pages } from '../http/pages.ts'
import { type Route, route } from '../http/route.ts'
import type { AccessMode } from '../kernel/access-mode.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Entitlement } from '../kernel/entitlements.ts'
import { AppError } from '../kernel/errors.ts'
import { parametersFor, signInFirst } from '../oidc/signing-in-first.ts'
import type { BrowserSessions, SignedIn } from '../oidc/signed-in.ts'
import { changeWithinSeconds, type Decision, highestLevel } from '../policy/gate.ts'
import { levelOf, reaches } from '../policy/levels.ts'
import { withoutVoid } from '../policy/void-proofs.ts'
import type { Data } from '../ports/data.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { WorkspaceRecord } from '../ports/workspace-records.ts'
import type { Standing } from '../sign-in/standing.ts'
import { type Authority, findAuthority, requirePermission } from '../workspaces/authority.ts'
import type { Entitlements } from '../workspaces/entitlements.ts'
import type { Permission } from '../kernel/permissions.ts'
import { permissionsOf } from '../workspaces/roles.ts'
import { takeOutcome } from './outcome.ts'

export const viewing: Limit[] = [{ name: 'console-pages', by: 'address', points: 600, windowSeconds: 60 }]
const posting: Limit[] = [{ name: 'console-forms', by: 'address', points: 600, windowSeconds: 60 }]
const slugOnly = z.object({ slug: z.string() })
const fields = z.record(z.string(), z.string())

/** What has to be allowed to read the pages of each part. */
const readPermissions: Record<ConsoleSection, Permission> = {
  overview: 'workspace.read',
  members: 'members.read',
  invitations: 'members.manage',
  roles: 'workspace.read',
  audit: 'audit.read',
}

export interface ConsoleSurroundings {
  issuer: string
  data: Data
  clock: Clock
  pages: Pages
  standing: Standing
  sessions: BrowserSessions
  registry: AppRegistry
  entitlements: Entitlements
}

/** A page of a workspace, for one of its members. */
export interface ConsoleInput<Params = unknown> {
  ctx: Context
  params: Params
  form: Readonly<Record<string, string>>
  user: UserRecord
  workspace: WorkspaceRecord
  /** All that they may do there, as it was when the page was asked for. */
  authority: Authority
  /** All that such a page may see and do. */
  mode: Extract<AccessMode, { kind: 'workspace' }>
  circumstances: Circumstances
  facts: RequestFacts
  page: PageContext
  /** The workspace, as its pages say where one is. */
  where: WorkspaceContext
  /** What was done just before this page. */
  outcome: ConsoleOutcome | undefined
  /** Changes something in one transaction, with what its person may do at that very moment. */
  change<Result>(work: (repositories: Repositories, authority: Authority) => Promise<Result>): Promise<Result>
}

export type ConsoleRouteMaker = ReturnType<typeof createConsoleRoute>

interface Declaration<Params> {
  method: Route['method']
  /** What comes after the workspace's own path, /admin/:slug. */
  path: string
  /** Undefined where every member may. */
  permission: Permission | undefined
  /** What the workspace's plan has to include. */
  entitlement?: Entitlement
  /** The sign-in has to be at the account's highest level, within ten minutes. */
  fresh?: boolean
  /** Also where the workspace is about to be deleted. */
  evenClosed?: boolean
  params?: ZodType<Params>
  /** Of the workspace, where the browser goes on after a sign-in that a form asked for, if there is no page where the form is. */
  comeBackTo?: string
  /** The part of the menu that it belongs to. */
  section: ConsoleSection
  handler(input: ConsoleInput<Params>): Promise<Answer> | Answer
}

/**
 * A route of a workspace. Whoever is not signed in, or not as policy and the workspace want it, is taken through a sign-in and comes
 * back; whoever is no member finds what is there where there is no such workspace: nothing.
 */
export function createConsoleRoute(surroundings: ConsoleSurroundings) {
  const { issuer, data, clock, pages, standing, sessions, registry, entitlements } = surroundings

  return function consoleRoute<Params = unknown>(declaration: Declaration<Params>): Route {
    const { method, permission, entitlement, section } = declaration
    return route({
      method,
      path: `/admin/:slug${declaration.path}`,
      access: 'browser',
      mode: 'workspace',
      limits: method === 'GET' ? viewing : posting,
      params: z.record(z.string(), z.string()),
      form: fields,
      async handler({ ctx, params, form, facts, browser }) {
        const { slug } = slugOnly.parse(params)
        const comeBackTo = declaration.comeBackTo === undefined ? ctx.path : consoleHref(slug, declaration.comeBackTo)
        const signedIn = await sessions.find(ctx)
        if (signedIn === undefined) return signInFirst(issuer, comeBackTo, {})
        const { user, factors, memberships } = await data.read({ kind: 'self', userId: signedIn.userId }, async repositories => ({
          user: await repositories.users.findById(signedIn.userId),
          factors: await repositories.accounts.findFactors(signedIn.userId),
          memberships: await repositories.workspaces.listMembershipFacts(signedIn.userId),
        }))
        if (user?.status !== 'active') throw new AppError('not-signed-in')
        const membership = memberships.find(each => each.slug === slug)
        const proofs = withoutVoid(signedIn.proofs, user, browser)
        const enrolments = standing.enrolmentsIn(factors)
        const requirements = standing.listRequirements(membership === undefined ? [] : [membership])
        const decision = standing.decideFor({ request: {} }, proofs, { enrolments, requirements })
        if (decision.kind !== 'satisfied')
          return signInFirst(issuer, comeBackTo, { ...parametersFor(decision), ...askAnew(proofs, decision) })
        if (membership === undefined) throw new AppError('not-found')
        if (declaration.fresh === true && !standing.mayChangeFactors(proofs, enrolments)) {
          const highest = { acr_values: highestLevel(enrolments), max_age: String(changeWithinSeconds) }
          return signInFirst(issuer, comeBackTo, highest)
        }

        const { workspaceId } = membership
        const actor = { kind: 'user', userId: user.id } as const
        const mode = { kind: 'workspace', workspaceId, actor } as const
        const workspace = await data.read(mode, ({ workspaces }) => workspaces.findById(workspaceId))
        if (workspace === undefined) throw new AppError('not-found')
        const ofApps = (await registry.listPermissions()).map(each => each.permission)
        const permissions = new Set(permissionsOf(membership.roles, { ...membership, ofApps }))
        const authority = { workspaceId, actor, permissions, ofApps }
        const page = pages.context({ locale: negotiateLocale(ctx, user.locale), path: comeBackTo })
        const where: WorkspaceContext = { slug, name: workspace.name, section, sections: sectionsFor(permissions) }
        if (!membership.open && declaration.evenClosed !== true) return answerClosed(page, where, workspace, authority)
        try {
          if (permission !== undefined) requirePermission(authority, permission)
          if (entitlement !== undefined) entitlements.require(workspace, entitlement)
          return await declaration.handler({
            ctx,
            // As the declaration's schema reads them; without one the type is unknown.
            params: declaration.params === undefined ? (undefined as Params) : readParams(declaration.params, params),
            form,
            user,
            workspace,
            authority,
            mode,
            circumstances: ofRequest(facts, actor, clock),
            facts,
            page,
            where,
            outcome: method === 'GET' ? takeOutcome(ctx) : undefined,
            change: work =>
              data.scoped(mode, async repositories => {
                await repositories.workspaces.lock(workspaceId)
                return work(repositories, await findAuthority(repositories, { workspaceId, userId: user.id, ofApps }))
              }),
          })
        } catch (error) {
          const refusal = refusals.find(code => error instanceof AppError && error.code === code)
          if (refusal === undefined) throw error
          return refuse(page, where, refusal, { permission, entitlement })
        }
      },
    })
  }
}

/** Who has reached the level with a passkey of a model that does not count would be sent back as they came. */
function askAnew(proofs: SignedIn['proofs'], decision: Decision): Record<string, string> {
  const isReached = 'level' in decision && reaches(levelOf(proofs), decision.level)
  return isReached ? { prompt: 'login' } : {}
}

function sectionsFor(permissions: ReadonlySet<string>): ConsoleSection[] {
  // The record's own keys are the sections.
  const sections = Object.keys(readPermissions) as ConsoleSection[]
  return sections.filter(section => permissions.has(readPermissions[section]))
}

/** Ids of another workspace, and what is no id at all, lead to the same nothing. */
function readParams<Params>(schema: ZodType<Params>, params: Record<string, string>): Params {
  const parsed = schema.safeParse(params)
  if (!parsed.success) throw new AppError('not-found', { cause: parsed.error })
  return parsed.data
}

function answerClosed(page: PageContext, where: WorkspaceContext, workspace: WorkspaceRecord, authority: Authority): Answer {
  const { status, deletionDueAt } = workspace
  const mayKeep = status === 'active' && authority.permissions.has('workspace.delete')
  return html(
    renderConsoleClosed(page, where, {
      deletionDueAt: status === 'active' ? deletionDueAt : undefined,
      ...(mayKeep ? { keep: { action: consoleHref(where.slug, '/keep') } } : {}),
    }),
    403,
  )
}

function refuse(
  page: PageContext,
  where: WorkspaceContext,
  refusal: Refusal,
  { permission, entitlement }: { permission: Permission | undefined; entitlement: Entitlement | undefined },
): Answer {
  const { status } = new AppError(refusal)
  const needed = refusal === 'forbidden' ? permission : undefined
  const lacking = refusal === 'entitlement-missing' ? entitlement : undefined
  return html(renderConsoleRefusal(page, where, { refusal, needed, lacking }), status)
}
