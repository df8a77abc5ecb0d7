import type { Actor } from '../kernel/access-mode.ts'
import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import { type Permission, permissions as builtIn } from '../kernel/permissions.ts'
import { isBuiltInRole, permissionsOf } from './roles.ts'
import { findMember } from './membership.ts'

/** Who acts upon a workspace, with all that they may do there now. */
export interface Authority {
  workspaceId: string
  actor: Actor
  permissions: ReadonlySet<string>
  /** The permissions that apps have registered, which an Admin has and any role may hold. */
  ofApps: readonly string[]
}

/**
 * The authority that a member has now, in a scope of the workspace. Called after `workspaces.lock`, nobody takes any of it away until the
 * transaction is over. Rejects with AppError `not-found` for whoever is no member.
 */
export async function findAuthority(
  repositories: Pick<Repositories, 'members' | 'roles'>,
  { workspaceId, userId, ofApps }: { workspaceId: string; userId: string; ofApps: readonly string[] },
): Promise<Authority> {
  const member = await findMember(repositories, workspaceId, userId)
  const permissions = new Set(await findPermissions(repositories, { workspaceId, ofApps }, member.roles))
  return { workspaceId, actor: { kind: 'user', userId }, permissions, ofApps }
}

/** Rejects with AppError `forbidden`, which names the permission, where it is missing. */
export function requirePermission({ permissions }: Authority, permission: Permission): void {
  if (!permissions.has(permission)) throw new AppError('forbidden', { detail: `This needs the permission ${permission}.` })
}

/** Whether there is such a permission: a built-in one, or one that an app has registered. */
export function isKnown({ ofApps }: Pick<Authority, 'ofApps'>, permission: string): boolean {
  return builtIn.some(each => each === permission) || ofApps.includes(permission)
}

/** Rejects with AppError `permission-unknown`, which names those that there are not. */
export function assertKnown(authority: Pick<Authority, 'ofApps'>, wanted: readonly string[]): void {
  const unknown = wanted.filter(permission => !isKnown(authority, permission))
  if (unknown.length > 0) throw new AppError('permission-unknown', { detail: `There is no permission ${unknown.join(', ')}.` })
}

/** Nobody gives or takes more than they have: rejects with AppError `more-than-own`, which names what is missing. */
export function assertWithin({ permissions }: Authority, given: readonly string[]): void {
  const missing = given.filter(permission => !permissions.has(permission))
  if (missing.length > 0) throw new AppError('more-than-own', { detail: `You do not have ${missing.join(', ')} yourself.` })
}

/** All that the roles permit together in the workspace. Rejects with AppError `role-unknown` where there is no such role. */
export async function findPermissions(
  { roles: repository }: Pick<Repositories, 'roles'>,
  { workspaceId, ofApps }: Pick<Authority, 'workspaceId' | 'ofApps'>,
  roles: readonly string[],
): Promise<string[]> {
  const custom = roles.every(isBuiltInRole) ? [] : await repository.list(workspaceId)
  const unknown = roles.filter(role => !isBuiltInRole(role) && !custom.some(({ key }) => key === role))
  if (unknown.length > 0) throw new AppError('role-unknown', { detail: `There is no role ${unknown.join(', ')} here.` })
  const customPermissions = custom.filter(({ key }) => roles.includes(key)).flatMap(role => role.permissions)
  return permissionsOf(roles, { customPermissions, ofApps })
}
