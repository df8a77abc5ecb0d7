import type { AccessMode } from '../kernel/access-mode.ts'
import { AppError } from '../kernel/errors.ts'
import type { UserRecord } from '../ports/records.ts'
import type { WorkspaceRecord } from '../ports/workspace-records.ts'
import { type Authority, findAuthority, requirePermission } from '../workspaces/authority.ts'
import { type Permission, permissions as builtInPermissions } from '../kernel/permissions.ts'
import { permissionsOf } from '../workspaces/roles.ts'
import type { Caller, CallerWorkspace } from './caller.ts'
import type { ApiRoute } from './operation.ts'
import { type Declaration, makeApiRoute, type Permit, type RouteMakerOptions } from './route-makers.ts'

/** What handlers of a workspace's routes get beside the request. */
export interface WithinWorkspace {
  caller: Caller
  workspace: WorkspaceRecord
  /** What the caller may do now; in a change, until its transaction is over. */
  authority: Authority
}

export interface Themselves {
  user: UserRecord
  caller: Extract<Caller, { kind: 'user' }>
}

interface WorkspaceRules<Body> {
  /** Undefined where every member may. */
  permission: Permission | undefined
  /** An app of the operator's may, too, in whichever workspace. */
  orSystem?: true
  /** A person alone, no key. */
  peopleOnly?: true
  /** A person's sign-in has to be at the account's highest level, ten minutes ago at most: always, or for such a body. A key has none. */
  fresh?: true | ((body: Body) => boolean)
  /** It takes what a member signs in with, which is theirs and of all their workspaces. */
  resetsFactors?: true
  /** Also in a workspace that is about to be deleted. */
  evenClosed?: true
}

export type RouteKinds = ReturnType<typeof createRouteKinds>

/** The three kinds of route: of a workspace, of somebody's own, and of the operator's apps. */
export function createRouteKinds(options: RouteMakerOptions) {
  const { registry, entitlements, assertFresh } = options

  return {
    /** A route under /workspaces/:workspace. Whoever has another one finds what is there where there is none: nothing. */
    workspaceRoute<const Path extends `/workspaces/:workspace${string}`, Query, Body, Output>(
      declaration: Declaration<Path, Query, Body, Output, WithinWorkspace> & WorkspaceRules<Body>,
    ): ApiRoute {
      const {
        permission,
        orSystem = false,
        peopleOnly = false,
        evenClosed = false,
        fresh,
        resetsFactors,
        ...declared
      } = declaration
      const who = { kind: 'workspace', permission, orSystem, peopleOnly, fresh: fresh === true } as const
      const routeMode = resetsFactors === true ? { system: 'factor-reset' as const } : 'workspace'
      return makeApiRoute(options, declared, who, routeMode, async (caller, { workspace: workspaceId = '' }, ctx) => {
        const ofApps = (await registry.listPermissions()).map(each => each.permission)
        if (caller.kind === 'system-app') {
          if (!orSystem) throw new AppError('forbidden', { detail: 'This is for members of the workspace and its API keys.' })
          return permitSystem(caller, workspaceId, ofApps)
        }
        if (caller.workspace?.record.id !== workspaceId) throw new AppError('not-found')
        if (peopleOnly && caller.kind !== 'user') throw new AppError('forbidden', { detail: 'This is for people, not for keys.' })
        assertOpen(caller.workspace, evenClosed)
        const permit = permitMember(caller, caller.workspace, ofApps)
        const { authority } = await permit.now()
        if (permission !== undefined) requirePermission(authority, permission)
        if (caller.kind === 'api-key') entitlements.require(caller.workspace.record, 'api-keys')
        if (declared.entitlement !== undefined) entitlements.require(caller.workspace.record, declared.entitlement)
        if (fresh === true && caller.kind === 'user') await assertFresh(ctx, caller)
        const mode: AccessMode = resetsFactors === true ? { kind: 'system', reason: 'factor-reset' } : permit.mode
        return {
          ...permit,
          mode,
          async assertBody(body: Body) {
            if (typeof fresh === 'function' && caller.kind === 'user' && fresh(body)) await assertFresh(ctx, caller)
          },
        }
      })
    },

    /** A route of a person's own. `fresh`: it needs a token of a sign-in at the account's highest level, ten minutes ago at most. `signsOut`: it ends all sessions. */
    selfRoute<const Path extends string, Query, Body, Output>(
      declaration: Declaration<Path, Query, Body, Output, Themselves> & { fresh?: true; signsOut?: true },
    ): ApiRoute {
      const { fresh, signsOut, ...declared } = declaration
      const routeMode = signsOut === true ? { system: 'protocol' as const } : 'self'
      return makeApiRoute(options, declared, { kind: 'self' }, routeMode, async (caller, _params, ctx) => {
        if (caller.kind !== 'user') throw new AppError('forbidden', { detail: 'This is for a person, with a token of theirs.' })
        if (fresh === true) await assertFresh(ctx, caller)
        const { user } = caller
        // Sessions are ended by the protocol, which tells their apps.
        const mode: AccessMode = signsOut === true ? { kind: 'system', reason: 'protocol' } : { kind: 'self', userId: user.id }
        return { mode, prepare: async () => ({ user, caller }) }
      })
    },

    /** A route of the operator's apps. */
    systemRoute<const Path extends string, Query, Body, Output>(
      declaration: Declaration<Path, Query, Body, Output, object>,
    ): ApiRoute {
      return makeApiRoute(options, declaration, { kind: 'operator' }, { system: 'system-api' }, async caller => {
        if (caller.kind !== 'system-app')
          throw new AppError('forbidden', { detail: 'This is for an app that was registered with "system": true.' })
        return { mode: { kind: 'system', reason: 'system-api' }, prepare: async () => ({}) }
      })
    },
  }
}

type Member = Extract<Caller, { kind: 'user' | 'api-key' }>

function permitMember(
  caller: Member,
  { record, membership }: CallerWorkspace,
  ofApps: readonly string[],
): Permit<WithinWorkspace> & { now(): Promise<WithinWorkspace> } {
  const workspaceId = record.id
  const person = caller.kind === 'user' ? caller.user.id : caller.facts.createdBy
  const actor =
    caller.kind === 'user'
      ? ({ kind: 'user', userId: person } as const)
      : ({ kind: 'api-key', apiKeyId: caller.facts.id } as const)
  const asCaller = (held: ReadonlySet<string>): WithinWorkspace => {
    const permissions = caller.kind === 'user' ? held : new Set(caller.facts.permissions.filter(each => held.has(each)))
    return { caller, workspace: record, authority: { workspaceId, actor, permissions, ofApps } }
  }
  const now = async () => asCaller(new Set(permissionsOf(membership.roles, { ...membership, ofApps })))
  return {
    mode: { kind: 'workspace', workspaceId, actor },
    now,
    async prepare(repositories, changes) {
      if (!changes) return now()
      // From here on nobody takes any of it away until the change is made.
      await repositories.workspaces.lock(workspaceId)
      const workspace = await repositories.workspaces.findById(workspaceId)
      if (workspace === undefined) throw new AppError('not-found')
      const { permissions } = await findAuthority(repositories, { workspaceId, userId: person, ofApps })
      return { ...asCaller(permissions), workspace }
    },
  }
}

function permitSystem(
  caller: Extract<Caller, { kind: 'system-app' }>,
  workspaceId: string,
  ofApps: readonly string[],
): Permit<WithinWorkspace> {
  return {
    mode: { kind: 'system', reason: 'system-api' },
    async prepare(repositories) {
      const workspace = await repositories.workspaces.findById(workspaceId)
      if (workspace === undefined) throw new AppError('not-found')
      const actor = { kind: 'app', clientId: caller.clientId } as const
      const permissions = new Set<string>([...builtInPermissions, ...ofApps])
      return { caller, workspace, authority: { workspaceId, actor, permissions, ofApps } }
    },
  }
}

function assertOpen({ record, membership }: CallerWorkspace, evenClosed: boolean): void {
  if (record.status === 'suspended') throw new AppError('forbidden', { detail: 'The workspace is suspended.' })
  if (!membership.open && !evenClosed) throw new AppError('forbidden', { detail: 'The workspace is about to be deleted.' })
}
