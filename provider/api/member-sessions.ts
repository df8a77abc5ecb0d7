import { z } from 'zod'
import { recordEvent } from '../audit/record.ts'
import { endMemberSessions, listMemberSessions } from '../workspaces/member-sessions.ts'
import { exampleLater, exampleMoment } from './example-ids.ts'
import type { ApiRoute } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { moment } from './schemas.ts'
import { findMember } from '../workspaces/membership.ts'

const sessionAnswer = z.strictObject({
  id: z.string().describe('The claim sid of the tokens that belong to it.'),
  client_id: z.string(),
  began_at: moment,
  ends_at: moment,
})

const sessionsAnswer = z.strictObject({ items: z.array(sessionAnswer) })

const sessionExample = {
  id: 'iVX1Yj3oOeQ2m8Zb7Tn4s',
  client_id: 'fieldnotes',
  began_at: exampleMoment,
  ends_at: exampleLater,
}

/** What apps hold for a member of this workspace: a session for each app and browser. Those for other workspaces are not its business. */
export function memberSessionRoutes({ workspaceRoute, clock }: ApiParts): ApiRoute[] {
  const about = 'Sessions'

  return [
    workspaceRoute({
      method: 'GET',
      path: '/workspaces/:workspace/members/:member/sessions',
      id: 'listMemberSessions',
      about,
      summary: 'List the sessions that apps hold for a member of this workspace, newest first',
      permission: 'sessions.manage',
      recorded: true,
      status: 200,
      answer: sessionsAnswer,
      example: { answer: { items: [sessionExample] } },
      async handler({ repositories, params: { workspace: workspaceId, member: userId }, circumstances }) {
        await findMember(repositories, workspaceId, userId)
        const sessions = await listMemberSessions(repositories, { workspaceId, userId, now: clock() })
        await recordEvent(repositories, { action: 'member.viewed', workspaceId, userId }, circumstances)
        const items = sessions.map(({ id, clientId, createdAt, expiresAt }) => ({
          id,
          client_id: clientId,
          began_at: createdAt.toISOString(),
          ends_at: expiresAt.toISOString(),
        }))
        return { body: { items } }
      },
    }),
    workspaceRoute({
      method: 'DELETE',
      path: '/workspaces/:workspace/members/:member/sessions',
      id: 'endMemberSessions',
      about,
      summary: 'End all sessions that apps hold for a member of this workspace',
      permission: 'sessions.manage',
      fresh: true,
      status: 204,
      example: {},
      async handler({ repositories, authority, circumstances, params: { member: userId } }) {
        await endMemberSessions(repositories, authority, { userId }, circumstances)
        return { body: undefined }
      },
    }),
    workspaceRoute({
      method: 'DELETE',
      path: '/workspaces/:workspace/members/:member/sessions/:session',
      id: 'endMemberSession',
      about,
      summary: 'End one session of a member',
      permission: 'sessions.manage',
      fresh: true,
      status: 204,
      example: {},
      async handler({ repositories, authority, circumstances, params: { member: userId, session: grantId } }) {
        await endMemberSessions(repositories, authority, { userId, grantId }, circumstances)
        return { body: undefined }
      },
    }),
  ]
}
