import { renderInvitationMail } from '../../views/emails/invitation.tsx'
import type { Locale } from '../../views/page-context.ts'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import { secondsAfter } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { hashSecret, newSecret } from '../kernel/secrets.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { InvitationRecord } from '../ports/workspace-records.ts'
import { assertWithin, type Authority, findPermissions, requirePermission } from './authority.ts'

export interface InvitationOptions {
  issuer: string
  installationName: string
  /** How long one can be accepted. */
  lifetimeSeconds: number
}

export type Invitations = ReturnType<typeof createInvitations>

/** The page that an invitation's link leads to. */
export const invitationPath = '/invitation'

export function createInvitations({ issuer, installationName, lifetimeSeconds }: InvitationOptions) {
  const { host: issuerHost, hostname } = new URL(issuer)

  return {
    /**
     * Invites an address (in normal form) with these roles, in the caller's transaction, in the workspace's scope: by mail, in place of
     * an open invitation for the same address. Answers its id. Rejects with AppError `already-member`, `role-unknown`, `more-than-own` or
     * `personal-workspace`.
     */
    async invite(
      repositories: Repositories,
      authority: Authority,
      {
        address,
        roles,
        locale,
        inviter,
      }: { address: string; roles: readonly string[]; locale: Locale; inviter: string | undefined },
      circumstances: Circumstances,
    ): Promise<string> {
      requirePermission(authority, 'members.manage')
      const { workspaceId, actor } = authority
      if (roles.length === 0) throw new AppError('bad-request', { detail: 'An invitation is for at least one role.' })
      const workspace = await repositories.workspaces.findById(workspaceId)
      if (workspace === undefined) throw new AppError('not-found')
      if (workspace.personal) throw new AppError('personal-workspace')
      assertWithin(authority, await findPermissions(repositories, authority, roles))
      if (await repositories.members.findByAddress(workspaceId, address)) throw new AppError('already-member')
      const id = newId()
      const token = newSecret()
      const createdAt = circumstances.clock()
      const expiresAt = secondsAfter(createdAt, lifetimeSeconds)
      const wanted = [...new Set(roles)].toSorted()
      await repositories.invitations.replace({
        id,
        workspaceId,
        address,
        roles: wanted,
        tokenHash: hashSecret(token),
        invitedBy: actor.kind === 'user' ? actor.userId : undefined,
        createdAt,
        expiresAt,
      })
      const mail = renderInvitationMail(
        { locale, issuerHost, installationName },
        { workspace: workspace.name, inviter, link: `${issuer}${invitationPath}/${token}`, expiresAt },
      )
      await repositories.jobs.enqueue('mail', {
        message: { messageId: `${newId()}@${hostname}`, to: { name: '', address }, language: locale, ...mail },
      })
      // Not the address: it may be somebody's who will have themselves erased, and this is kept under the workspace's key.
      const after = { roles: wanted, expires_at: expiresAt }
      await recordEvent(repositories, { action: 'invitation.sent', workspaceId, invitation_id: id, after }, circumstances)
      return id
    },

    /** Takes one back, in the caller's transaction. Rejects with AppError `not-found`, or `invitation-over` where it is too late. */
    async revoke(
      repositories: Repositories,
      authority: Authority,
      invitationId: string,
      circumstances: Circumstances,
    ): Promise<void> {
      requirePermission(authority, 'members.manage')
      const { workspaceId } = authority
      if ((await repositories.invitations.find(workspaceId, invitationId)) === undefined) throw new AppError('not-found')
      if (!(await repositories.invitations.revoke(workspaceId, invitationId, circumstances.clock())))
        throw new AppError('invitation-over')
      await recordEvent(repositories, { action: 'invitation.revoked', workspaceId, invitation_id: invitationId }, circumstances)
    },

    /**
     * The invitation that a link's token stands for, where it can be accepted still; in a system scope, since whoever has the link may be
     * nobody yet. Rejects with AppError `invitation-over`.
     */
    async find({ invitations }: Repositories, token: string, moment: Date): Promise<InvitationRecord> {
      const invitation = await invitations.findByTokenHash(hashSecret(token))
      if (invitation === undefined || !isOpen(invitation, moment)) throw new AppError('invitation-over')
      return invitation
    },

    /**
     * Makes the user a member, in the caller's transaction, in a system scope: once, and only whoever has verified the address that was
     * invited. Rejects with AppError `invitation-over`, `invitation-of-another` or `already-member`.
     */
    async accept(
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
      if (workspace === undefined || workspace.status !== 'active' || workspace.deletionDueAt !== undefined)
        throw new AppError('invitation-over')
      if (await repositories.members.find(workspaceId, userId)) throw new AppError('already-member')
      const createdAt = circumstances.clock()
      if (!(await repositories.invitations.accept(workspaceId, id, userId, createdAt))) throw new AppError('invitation-over')
      const { roles } = invitation
      await repositories.workspaces.addMember({ workspaceId, userId, roles, createdAt })
      await recordEvent(repositories, { action: 'invitation.accepted', userId, workspaceId, invitation_id: id }, circumstances)
      await recordEvent(repositories, { action: 'membership.added', userId, workspaceId, after: { roles } }, circumstances)
    },
  }
}

function isOpen({ acceptedAt, revokedAt, expiresAt }: InvitationRecord, moment: Date): boolean {
  return acceptedAt === undefined && revokedAt === undefined && expiresAt > moment
}
