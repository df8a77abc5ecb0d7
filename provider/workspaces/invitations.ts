import { renderInvitationMail } from '../../views/emails/invitation.ts'
import type { Locale } from '../../views/page-context.ts'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import { secondsAfter } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { newId } from '../kernel/ids.ts'
import { hashSecret, newSecret } from '../kernel/secrets.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { InvitationRecord } from '../ports/workspace-records.ts'
import { isInvitationOpen } from './accepting-invitations.ts'
import { assertWithin, type Authority, findPermissions, requirePermission } from './authority.ts'

export interface InvitationOptions {
  issuer: string
  installationName: string
  /** How long one can be accepted. */
  lifetimeSeconds: number
}

interface Invited {
  /** In normal form. */
  address: string
  roles: readonly string[]
}

export type Invitations = ReturnType<typeof createInvitations>

/** The page that an invitation's link leads to. */
export const invitationPath = '/invitation'

export function createInvitations({ issuer, installationName, lifetimeSeconds }: InvitationOptions) {
  const { host: issuerHost, hostname } = new URL(issuer)

  /** Keeps an invitation in place of an open one for the same address, and answers what whoever is invited has to be sent. */
  async function open(
    repositories: Repositories,
    authority: Authority,
    { address, roles }: Invited,
    circumstances: Circumstances,
  ): Promise<{ id: string; link: string; expiresAt: Date; workspace: string }> {
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
    const replaced = await repositories.invitations.findOpen(workspaceId, address, createdAt)
    if (replaced !== undefined) await assertMayTakeBack(repositories, authority, replaced)
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
    // Not the address: it may be somebody's who will have themselves erased, and this is kept under the workspace's key.
    const after = { roles: wanted, expires_at: expiresAt }
    await recordEvent(repositories, { action: 'invitation.sent', workspaceId, invitation_id: id, after }, circumstances)
    return { id, link: `${issuer}${invitationPath}/${token}`, expiresAt, workspace: workspace.name }
  }

  return {
    lifetimeSeconds,

    /**
     * Invites an address (in normal form) with these roles, in the caller's transaction, in the workspace's scope: by mail, in place of
     * an open invitation for the same address. Answers its id. Rejects with AppError `already-member`, `role-unknown`, `more-than-own` (of
     * the one that it replaces, too) or `personal-workspace`.
     */
    async invite(
      repositories: Repositories,
      authority: Authority,
      { locale, inviter, ...invited }: Invited & { locale: Locale; inviter: string | undefined },
      circumstances: Circumstances,
    ): Promise<string> {
      const { id, link, expiresAt, workspace } = await open(repositories, authority, invited, circumstances)
      const mail = renderInvitationMail({ locale, issuerHost, installationName }, { workspace, inviter, link, expiresAt })
      await repositories.jobs.enqueue('mail', {
        message: { messageId: `${newId()}@${hostname}`, to: { name: '', address: invited.address }, language: locale, ...mail },
      })
      return id
    },

    /** The same without a mail: answers the link, for whoever asks to hand on. */
    async inviteByLink(
      repositories: Repositories,
      authority: Authority,
      invited: Invited,
      circumstances: Circumstances,
    ): Promise<{ link: string; expiresAt: Date }> {
      const { link, expiresAt } = await open(repositories, authority, invited, circumstances)
      return { link, expiresAt }
    },

    /** Takes one back, in the caller's transaction. Rejects with AppError `not-found`, `more-than-own`, or `invitation-over` where it is too late. */
    async revoke(
      repositories: Repositories,
      authority: Authority,
      invitationId: string,
      circumstances: Circumstances,
    ): Promise<void> {
      requirePermission(authority, 'members.manage')
      const { workspaceId } = authority
      const invitation = await repositories.invitations.find(workspaceId, invitationId)
      if (invitation === undefined) throw new AppError('not-found')
      if (!isInvitationOpen(invitation, circumstances.clock())) throw new AppError('invitation-over')
      await assertMayTakeBack(repositories, authority, invitation)
      if (!(await repositories.invitations.revoke(workspaceId, invitationId, circumstances.clock())))
        throw new AppError('invitation-over')
      await recordEvent(repositories, { action: 'invitation.revoked', workspaceId, invitation_id: invitationId }, circumstances)
    },
  }
}

/** To take an invitation from somebody is to take its roles: nobody takes more than they have. */
async function assertMayTakeBack(
  repositories: Repositories,
  authority: Authority,
  { roles }: Pick<InvitationRecord, 'roles'>,
): Promise<void> {
  assertWithin(authority, await findPermissions(repositories, authority, roles))
}
