import { renderInvitationMail } from '../../views/emails/invitation.tsx'
import type { Locale } from '../../views/page-context.ts'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import { secondsAfter } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { hashSecret, newSecret } from '../kernel/secrets.ts'
import type { Repositories } from '../ports/repositories.ts'
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
    lifetimeSeconds,

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
  }
}
