import { type Circumstances, recordEvent } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import type { GrantRecord } from '../ports/session-records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { type Authority, requirePermission } from './authority.ts'
import { findMember } from './membership.ts'

/** What apps hold for a member, in a scope of the workspace, newest first: what was given for another workspace is not its business. */
export async function listMemberSessions(
  { grants }: Pick<Repositories, 'grants'>,
  { workspaceId, userId, now }: { workspaceId: string; userId: string; now: Date },
): Promise<GrantRecord[]> {
  return (await grants.listForMember(workspaceId, userId)).filter(({ expiresAt }) => expiresAt > now)
}

/**
 * Ends what apps hold for a member of the workspace, in the caller's transaction, in the workspace's scope: one of it, or all. Rejects with
 * AppError `not-found` where the one that is named is not there.
 */
export async function endMemberSessions(
  repositories: Repositories,
  authority: Authority,
  { userId, grantId }: { userId: string; grantId?: string },
  circumstances: Circumstances,
): Promise<void> {
  requirePermission(authority, 'sessions.manage')
  const { workspaceId } = authority
  if (grantId === undefined) {
    await findMember(repositories, workspaceId, userId)
    await tellOfEnd(repositories, await repositories.grants.deleteForMember(workspaceId, userId), circumstances)
    return
  }
  const grants = await repositories.grants.listForMember(workspaceId, userId)
  const grant = grants.find(({ id }) => id === grantId)
  if (grant === undefined) throw new AppError('not-found')
  await repositories.grants.delete(grant.id)
  await tellOfEnd(repositories, [grant], circumstances)
}

/** Records that grants of a member are over, and has their apps told (OpenID Connect Back-Channel Logout 1.0). */
export async function tellOfEnd(
  repositories: Repositories,
  grants: readonly GrantRecord[],
  circumstances: Circumstances,
): Promise<void> {
  for (const { id, userId, workspaceId, clientId } of grants) {
    await recordEvent(
      repositories,
      { action: 'grant.revoked', userId, workspaceId, client_id: clientId, grant_id: id },
      circumstances,
    )
    await repositories.jobs.enqueue('back-channel-logout', { clientId, userId, sid: id })
  }
}
