import { type Circumstances, recordEvent } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { InvitationRecord } from '../ports/workspace-records.ts'
import { isWorkspaceOpen } from './workspace.ts'

/**
 * The invitation that a link's token stands for, in a system scope, since whoever has the link may be nobody yet. Undefined where there is
 * none: it may be over, for which see `isInvitationOpen`.
 */
export function findInvitation({ invitations }: Repositories, token: string): Promise<InvitationRecord | undefined> {
  return invitations.findByTokenHash(hashSecret(token))
}

/** Whether it can be accepted still, as far as the invitation itself says. */
export function isInvitationOpen({ acceptedAt, revokedAt, expiresAt }: InvitationRecord, moment: Date): boolean {
  return acceptedAt === undefined && revokedAt === undefined && expiresAt > moment
}

/**
 * Makes the user a member, in the caller's transaction, in a system scope: once, and only whoever has verified the address that was
 * invited. Rejects with AppError `invitation-over`, `invitation-of-another` or `already-member`.
 */
export async function acceptInvitation(
  repositories: Repositories,
  invitation: InvitationRecord,
  userId: string,
  circumstances: Circumstances,
): Promise<void> {
  const { workspaceId, id } = invitation
  const addresses = await repositories.accounts.listAddresses(userId)
  if (!addresses.some(({ address }) => address === invitation.address)) throw new AppError('invitation-of-another')
  await repositories.workspaces.lock(workspaceId)
  const workspace = await repositories.workspaces.findById(workspaceId)
  if (workspace === undefined || !isWorkspaceOpen(workspace)) throw new AppError('invitation-over')
  if (await repositories.members.find(workspaceId, userId)) throw new AppError('already-member')
  const createdAt = circumstances.clock()
  if (!(await repositories.invitations.accept(workspaceId, id, userId, createdAt))) throw new AppError('invitation-over')
  const { roles } = invitation
  await repositories.workspaces.addMember({ workspaceId, userId, roles, createdAt })
  await recordEvent(repositories, { action: 'invitation.accepted', userId, workspaceId, invitation_id: id }, circumstances)
  await recordEvent(repositories, { action: 'membership.added', userId, workspaceId, after: { roles } }, circumstances)
}
