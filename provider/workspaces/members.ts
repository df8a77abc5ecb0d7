import { type Circumstances, recordEvent } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { MemberRecord } from '../ports/workspace-records.ts'
import { assertWithin, type Authority, findPermissions, requirePermission } from './authority.ts'
import { tellOfEnd } from './member-sessions.ts'
import { findMember } from './membership.ts'

/** Why a membership ended, as the log and the apps are told. */
export type RemovalReason = 'removed' | 'left'

/**
 * Gives a member these roles in place of those they had, in the caller's transaction, which must be in the workspace's scope. Rejects with
 * AppError `not-found`, `role-unknown`, `more-than-own`, `last-admin`, or `version-stale` where somebody was quicker.
 */
export async function changeMemberRoles(
  repositories: Repositories,
  authority: Authority,
  { userId, roles, version }: { userId: string; roles: readonly string[]; version?: number },
  circumstances: Circumstances,
): Promise<void> {
  requirePermission(authority, 'members.manage')
  const { workspaceId } = authority
  const wanted = [...new Set(roles)].toSorted()
  if (wanted.length === 0) throw new AppError('bad-request', { detail: 'A member has at least one role.' })
  const member = await lockMember(repositories, workspaceId, userId)
  assertWithin(authority, await findPermissions(repositories, authority, [...wanted, ...member.roles]))
  if (!wanted.includes('admin')) await assertAnotherAdmin(repositories, member)
  if (!(await repositories.members.changeRoles(workspaceId, userId, wanted, version))) throw new AppError('version-stale')
  await recordEvent(
    repositories,
    { action: 'membership.changed', userId, workspaceId, before: { roles: member.roles }, after: { roles: wanted } },
    circumstances,
  )
}

/**
 * Ends a membership, in the caller's transaction, which must be in the workspace's scope: what apps hold for it ends with it. Whoever leaves
 * needs no permission to. Rejects with AppError `not-found`, `more-than-own`, `last-admin` or `personal-workspace`.
 */
export async function endMembership(
  repositories: Repositories,
  authority: Authority,
  { userId }: { userId: string },
  circumstances: Circumstances,
): Promise<void> {
  const { workspaceId, actor } = authority
  const reason: RemovalReason = actor.kind === 'user' && actor.userId === userId ? 'left' : 'removed'
  if (reason === 'removed') requirePermission(authority, 'members.manage')
  const workspace = await repositories.workspaces.findById(workspaceId)
  if (workspace?.personal) throw new AppError('personal-workspace')
  const member = await lockMember(repositories, workspaceId, userId)
  if (reason === 'removed') assertWithin(authority, await findPermissions(repositories, authority, member.roles))
  await assertAnotherAdmin(repositories, member)
  const before = { roles: member.roles }
  // While their key can be read still: the event is kept under it.
  await recordEvent(repositories, { action: 'membership.removed', userId, workspaceId, reason, before }, circumstances)
  const grants = await repositories.grants.deleteForMember(workspaceId, userId)
  await tellOfEnd(repositories, grants, circumstances)
  await repositories.members.remove(workspaceId, userId, circumstances.clock())
}

/**
 * Hands a workspace over, in the caller's transaction: another member becomes an Admin, and whoever hands it over is one no more.
 * Rejects as `changeMemberRoles` does.
 */
export async function transferWorkspace(
  repositories: Repositories,
  authority: Authority,
  { from, to }: { from: string; to: string },
  circumstances: Circumstances,
): Promise<void> {
  if (from === to) throw new AppError('bad-request', { detail: 'A workspace is handed over to somebody else.' })
  const [giver, receiver] = [
    await lockMember(repositories, authority.workspaceId, from),
    await lockMember(repositories, authority.workspaceId, to),
  ]
  if (!giver.roles.includes('admin')) throw new AppError('forbidden', { detail: 'Only an Admin can hand a workspace over.' })
  await changeMemberRoles(repositories, authority, { userId: to, roles: [...receiver.roles, 'admin'] }, circumstances)
  const rest = giver.roles.filter(role => role !== 'admin')
  const roles = rest.length > 0 ? rest : ['manager']
  await changeMemberRoles(repositories, authority, { userId: from, roles }, circumstances)
}

/** Whoever else would change members waits: what depends on the others is true until the end of the transaction. */
async function lockMember(repositories: Repositories, workspaceId: string, userId: string): Promise<MemberRecord> {
  await repositories.workspaces.lock(workspaceId)
  return findMember(repositories, workspaceId, userId)
}

/**
 * For whoever wants their account deleted, in the caller's transaction, in a system scope: what they are the only Admin of is handed over or
 * deleted first. A workspace of their own goes with them, and from one that is closed nobody could hand it over. Rejects with AppError
 * `last-admin`.
 */
export async function assertNoLastAdmin({ workspaces, members }: Repositories, userId: string): Promise<void> {
  const all = await workspaces.listForUser(userId)
  // Always in the same order, so that no two who wait for each other's workspaces wait for ever.
  for (const { id } of all.toSorted((one, other) => (one.id < other.id ? -1 : 1))) {
    await workspaces.lock(id)
    const workspace = await workspaces.findById(id)
    if (workspace === undefined || workspace.personal) continue
    if (workspace.status !== 'active' || workspace.deletionDueAt !== undefined) continue
    const member = await members.find(id, userId)
    if (member !== undefined) await assertAnotherAdmin({ members }, member, `You are the only Admin of ${workspace.slug}.`)
  }
}

async function assertAnotherAdmin(
  { members }: Pick<Repositories, 'members'>,
  { workspaceId, userId, roles }: MemberRecord,
  detail?: string,
): Promise<void> {
  if (!roles.includes('admin') || (await members.isHeldByAnother(workspaceId, 'admin', userId))) return
  throw new AppError('last-admin', detail === undefined ? {} : { detail })
}
