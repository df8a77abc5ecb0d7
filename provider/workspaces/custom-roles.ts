import { type Circumstances, recordEvent } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { RoleRecord } from '../ports/workspace-records.ts'
import { assertKnown, assertWithin, type Authority, isKnown, requirePermission } from './authority.ts'
import type { Entitlements } from './entitlements.ts'
import { isBuiltInRole, roleKeyPattern } from './roles.ts'

/** So many a workspace can have: more than anybody keeps apart. */
export const mostCustomRoles = 100

/** What a change of them is made under: the plan decides whether the workspace can have any. */
interface Surroundings {
  circumstances: Circumstances
  entitlements: Entitlements
}

/**
 * Makes a role of the workspace's own, in the caller's transaction. Rejects with AppError `bad-request` where the key is none,
 * `permission-unknown`, `more-than-own`, `entitlement-missing`, or `conflict` where there is such a role already.
 */
export async function createRole(
  repositories: Repositories,
  authority: Authority,
  role: Pick<RoleRecord, 'key' | 'name' | 'permissions'>,
  { circumstances, entitlements }: Surroundings,
): Promise<void> {
  requirePermission(authority, 'roles.manage')
  const { workspaceId } = authority
  const { key, name } = role
  if (!roleKeyPattern.test(key) || key.length > 40)
    throw new AppError('bad-request', { detail: 'The key of a role has up to 40 lower-case letters, digits and hyphens.' })
  if (isBuiltInRole(key)) throw new AppError('conflict', { detail: `${key} is a built-in role.` })
  const permissions = checkPermissions(authority, role.permissions)
  await repositories.workspaces.lock(workspaceId)
  await entitlements.requireNow(repositories, workspaceId, 'custom-roles')
  if ((await repositories.roles.list(workspaceId)).length >= mostCustomRoles)
    throw new AppError('conflict', { detail: `A workspace can have ${mostCustomRoles} roles of its own.` })
  await repositories.roles.create({ workspaceId, key, name, permissions, createdAt: circumstances.clock() })
  await recordEvent(repositories, { action: 'role.created', workspaceId, role: key, after: { name, permissions } }, circumstances)
}

/** Rejects with AppError `not-found`, `permission-unknown`, `more-than-own`, `entitlement-missing`, or `version-stale` where somebody was quicker. */
export async function changeRole(
  repositories: Repositories,
  authority: Authority,
  { key, version, ...changes }: Pick<RoleRecord, 'key' | 'name' | 'permissions'> & { version?: number },
  { circumstances, entitlements }: Surroundings,
): Promise<void> {
  requirePermission(authority, 'roles.manage')
  const { workspaceId } = authority
  const permissions = checkPermissions(authority, changes.permissions)
  await repositories.workspaces.lock(workspaceId)
  await entitlements.requireNow(repositories, workspaceId, 'custom-roles')
  const role = await repositories.roles.find(workspaceId, key)
  if (role === undefined) throw new AppError('not-found')
  // Whoever holds it would be given, or lose, what the one who changes it does not have.
  assertWithin(
    authority,
    role.permissions.filter(permission => isKnown(authority, permission)),
  )
  const after = { name: changes.name, permissions }
  if (!(await repositories.roles.change(workspaceId, key, after, version))) throw new AppError('version-stale')
  const before = { name: role.name, permissions: role.permissions }
  await recordEvent(repositories, { action: 'role.changed', workspaceId, role: key, before, after }, circumstances)
}

/** Rejects with AppError `not-found`, or `role-in-use` where somebody has it, or is invited to. */
export async function deleteRole(
  repositories: Repositories,
  authority: Authority,
  key: string,
  circumstances: Circumstances,
): Promise<void> {
  requirePermission(authority, 'roles.manage')
  const { workspaceId } = authority
  await repositories.workspaces.lock(workspaceId)
  const role = await repositories.roles.find(workspaceId, key)
  if (role === undefined) throw new AppError('not-found')
  const holders = await repositories.members.countHolders(workspaceId, key)
  const invited = await repositories.invitations.countWithRole(workspaceId, key, circumstances.clock())
  if (holders + invited > 0)
    throw new AppError('role-in-use', { detail: `${holders} members and ${invited} invitations have this role.` })
  await repositories.roles.delete(workspaceId, key)
  const before = { name: role.name, permissions: role.permissions }
  await recordEvent(repositories, { action: 'role.deleted', workspaceId, role: key, before }, circumstances)
}

function checkPermissions(authority: Authority, wanted: readonly string[]): string[] {
  assertKnown(authority, wanted)
  const permissions = [...new Set(wanted)].toSorted()
  assertWithin(authority, permissions)
  return permissions
}
