import { z } from 'zod'
import { type Locale, locales } from '../../views/page-context.ts'
import { chooseLocale } from '../http/locale.ts'
import { AppError } from '../kernel/errors.ts'
import type { InvitationRecord } from '../ports/workspace-records.ts'
import { normaliseAddress } from '../sign-in/address.ts'
import { spendInvitation } from '../workspaces/invitation-limits.ts'
import type { Caller } from './caller.ts'
import { exampleId, exampleLater, exampleMoment, exampleUserId } from './example-ids.ts'
import type { ApiRoute } from './operation.ts'
import { answerPage } from './pages.ts'
import type { ApiParts } from './parts.ts'
import { id, moment, pageOf, pageQuery, roleKeys } from './schemas.ts'

const invitationAnswer = z.strictObject({
  id,
  address: z.string(),
  roles: z.array(z.string()),
  invited_by: id.nullable().describe('The member who invited; null where it was a key or an app.'),
  created_at: moment,
  expires_at: moment,
})

const invitationExample = {
  id: exampleId,
  address: 'grace@acme.example',
  roles: ['operator'],
  invited_by: exampleUserId,
  created_at: exampleMoment,
  expires_at: exampleLater,
}

function describeInvitation(invitation: InvitationRecord): z.input<typeof invitationAnswer> {
  return {
    id: invitation.id,
    address: invitation.address,
    roles: invitation.roles,
    invited_by: invitation.invitedBy ?? null,
    created_at: invitation.createdAt.toISOString(),
    expires_at: invitation.expiresAt.toISOString(),
  }
}

function inviterOf(caller: Caller): { inviter: string | undefined; locale: Locale } {
  if (caller.kind !== 'user') return { inviter: undefined, locale: 'en' }
  return { inviter: caller.user.name, locale: chooseLocale([caller.user.locale]) }
}

export function invitationRoutes({ workspaceRoute, cursors, invitations, rateLimiter, clock }: ApiParts): ApiRoute[] {
  const about = 'Invitations'

  return [
    workspaceRoute({
      method: 'GET',
      path: '/workspaces/:workspace/invitations',
      id: 'listInvitations',
      about,
      summary: 'List the invitations that can still be accepted, oldest first',
      permission: 'members.manage',
      status: 200,
      query: pageQuery,
      answer: pageOf(invitationAnswer),
      example: { answer: { items: [invitationExample], next_cursor: null } },
      handler: ({ repositories, params: { workspace }, query }) =>
        answerPage(
          { cursors, list: `invitations ${workspace}`, query },
          page => repositories.invitations.listOpen(workspace, clock(), page),
          {
            positionOf: ({ createdAt, id: invitationId }) => ({ moment: createdAt, id: invitationId }),
            describe: describeInvitation,
          },
        ),
    }),
    workspaceRoute({
      method: 'POST',
      path: '/workspaces/:workspace/invitations',
      id: 'createInvitation',
      about,
      summary: 'Invite somebody by mail',
      description: 'It takes the place of an open invitation for the same address.',
      permission: 'members.manage',
      status: 201,
      body: z.strictObject({
        address: z.string().max(254),
        roles: roleKeys,
        locale: z.enum(locales).optional().describe('The language of the mail; yours unless said.'),
      }),
      answer: invitationAnswer,
      example: {
        body: { address: 'grace@acme.example', roles: ['operator'], locale: 'en' },
        answer: invitationExample,
      },
      async handler({ repositories, authority, circumstances, caller, params: { workspace }, body }) {
        const address = normaliseAddress(body.address)
        if (address === undefined) throw new AppError('address-unusable')
        await spendInvitation(rateLimiter, { workspaceId: workspace, address })
        const { inviter, locale } = inviterOf(caller)
        const wanted = { address, roles: body.roles, locale: body.locale ?? locale, inviter }
        const invitationId = await invitations.invite(repositories, authority, wanted, circumstances)
        const made = await repositories.invitations.find(workspace, invitationId)
        if (made === undefined) throw new AppError('unexpected')
        return { body: describeInvitation(made) }
      },
    }),
    workspaceRoute({
      method: 'DELETE',
      path: '/workspaces/:workspace/invitations/:invitation',
      id: 'revokeInvitation',
      about,
      summary: 'Take an invitation back',
      permission: 'members.manage',
      fresh: true,
      status: 204,
      example: {},
      async handler({ repositories, authority, circumstances, params: { invitation } }) {
        await invitations.revoke(repositories, authority, invitation, circumstances)
        return { body: undefined }
      },
    }),
  ]
}
