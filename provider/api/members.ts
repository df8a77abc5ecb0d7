import { z } from 'zod'
import { recordEvent } from '../audit/record.ts'
import { AppError } from '../kernel/errors.ts'
import type { MemberRecord } from '../ports/workspace-records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { normaliseAddress } from '../sign-in/address.ts'
import { changeMemberRoles, endMembership, transferWorkspace } from '../workspaces/members.ts'
import { versionOf } from './conditions.ts'
import { exampleMoment, exampleOtherUserId, exampleUserId } from './example-ids.ts'
import type { ApiRoute } from './operation.ts'
import { answerPage } from './pages.ts'
import type { ApiParts } from './parts.ts'
import { id, moment, pageOf, pageQuery, roleKeys } from './schemas.ts'
import { findMember } from '../workspaces/membership.ts'

const memberAnswer = z.strictObject({
  user_id: id,
  address: z.string().describe('The primary e-mail address.'),
  name: z.string().nullable(),
  roles: z.array(z.string()),
  has_second_factor: z.boolean(),
  joined_at: moment,
  version: z.int().describe('Also its ETag.'),
})

const memberExample = {
  user_id: exampleUserId,
  address: 'ada@acme.example',
  name: 'Ada Keller',
  roles: ['admin'],
  has_second_factor: true,
  joined_at: exampleMoment,
  version: 1,
}

const memberQuery = pageQuery.extend({
  address: z.string().max(254).optional().describe('Exactly one of their verified addresses: addresses are not searched.'),
})

function describeMember(member: MemberRecord): z.input<typeof memberAnswer> {
  return {
    user_id: member.userId,
    address: member.address,
    name: member.name ?? null,
    roles: member.roles,
    has_second_factor: member.hasFactors,
    joined_at: member.joinedAt.toISOString(),
    version: member.version,
  }
}

async function showMember(repositories: Repositories, workspaceId: string, userId: string) {
  const member = await findMember(repositories, workspaceId, userId)
  return { body: describeMember(member), version: member.version }
}

/** Members of a workspace. Whoever looks at their personal data leaves an event. */
export function memberRoutes({ workspaceRoute, cursors }: ApiParts): ApiRoute[] {
  const about = 'Members'

  return [
    workspaceRoute({
      method: 'GET',
      path: '/workspaces/:workspace/members',
      id: 'listMembers',
      about,
      summary: 'List the members, oldest membership first, or find one by address',
      permission: 'members.read',
      recorded: true,
      status: 200,
      query: memberQuery,
      answer: pageOf(memberAnswer),
      example: { query: { limit: '20' }, answer: { items: [memberExample], next_cursor: null } },
      async handler({ repositories, params: { workspace: workspaceId }, query, circumstances }) {
        const { members } = repositories
        const list = `members ${workspaceId}`
        const made = await answerPage(
          { cursors, list, query },
          page => (query.address === undefined ? members.list(workspaceId, page) : findOne(query.address)),
          { positionOf: ({ joinedAt, userId }) => ({ moment: joinedAt, id: userId }), describe: describeMember },
        )
        const shown = String(made.body.items.length)
        await recordEvent(repositories, { action: 'members.viewed', workspaceId, list: 'members', shown }, circumstances)
        return made

        async function findOne(typed: string): Promise<MemberRecord[]> {
          const address = normaliseAddress(typed)
          const member = address === undefined ? undefined : await members.findByAddress(workspaceId, address)
          return member === undefined ? [] : [member]
        }
      },
    }),
    workspaceRoute({
      method: 'GET',
      path: '/workspaces/:workspace/members/:member',
      id: 'readMember',
      about,
      summary: 'Read a member',
      permission: 'members.read',
      recorded: true,
      status: 200,
      answer: memberAnswer,
      example: { answer: memberExample },
      async handler({ repositories, params: { workspace: workspaceId, member: userId }, circumstances }) {
        const made = await showMember(repositories, workspaceId, userId)
        await recordEvent(repositories, { action: 'member.viewed', workspaceId, userId }, circumstances)
        return made
      },
    }),
    workspaceRoute({
      method: 'PATCH',
      path: '/workspaces/:workspace/members/:member',
      id: 'changeMemberRoles',
      about,
      summary: 'Give a member other roles',
      description: 'Nobody gives or takes what they do not have themselves, and the last Admin stays one.',
      permission: 'members.manage',
      fresh: true,
      conditional: true,
      status: 200,
      body: z.strictObject({ roles: roleKeys }),
      answer: memberAnswer,
      example: { body: { roles: ['manager'] }, answer: { ...memberExample, roles: ['manager'], version: 2 } },
      async handler({ repositories, authority, circumstances, params: { workspace, member: userId }, body: { roles }, tag }) {
        await changeMemberRoles(repositories, authority, { userId, roles, ...versionOf(tag) }, circumstances)
        return showMember(repositories, workspace, userId)
      },
    }),
    workspaceRoute({
      method: 'DELETE',
      path: '/workspaces/:workspace/members/:member',
      id: 'removeMember',
      about,
      summary: 'Remove a member, or leave',
      description: 'Whoever names themselves leaves, and needs no permission to. What apps hold for the membership ends with it.',
      permission: undefined,
      fresh: true,
      status: 204,
      example: {},
      async handler({ repositories, authority, circumstances, params: { member: userId } }) {
        await endMembership(repositories, authority, { userId }, circumstances)
        return { body: undefined }
      },
    }),
    workspaceRoute({
      method: 'POST',
      path: '/workspaces/:workspace/transfer',
      id: 'transferWorkspace',
      about,
      summary: 'Hand a workspace over: another member becomes an Admin in place of whoever calls',
      permission: 'members.manage',
      fresh: true,
      peopleOnly: true,
      status: 200,
      body: z.strictObject({ to: id }),
      answer: memberAnswer,
      example: { body: { to: exampleOtherUserId }, answer: { ...memberExample, user_id: exampleOtherUserId, version: 2 } },
      async handler({ repositories, authority, circumstances, params: { workspace }, body: { to } }) {
        if (authority.actor.kind !== 'user') throw new AppError('forbidden')
        await transferWorkspace(repositories, authority, { from: authority.actor.userId, to }, circumstances)
        return showMember(repositories, workspace, to)
      },
    }),
  ]
}
