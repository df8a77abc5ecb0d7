import { consoleHref } from '../../views/console/console-page.tsx'
import { renderConsoleMember } from '../../views/console/member.tsx'
import { type MembersProps, type Protection, renderConsoleMembers } from '../../views/console/members.tsx'
import { recordEvent } from '../audit/record.ts'
import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import type { MemberRecord } from '../ports/workspace-records.ts'
import { normaliseAddress } from '../sign-in/address.ts'
import type { ConsoleInput } from './console-route.ts'
import { readPage } from './cursor.ts'
import { memberParams, memberPath } from './member-path.ts'
import { describeMemberSessions } from './member-sessions.ts'
import { listMemberSessions } from '../workspaces/member-sessions.ts'
import { nameRoles } from '../workspaces/role-names.ts'
import type { ConsoleParts } from './surroundings.ts'
import { findMember } from '../workspaces/membership.ts'

const path = '/members'

/** Who is in a workspace: the list, one by an address, and a page for each. Each look at them is recorded. */
export function memberRoutes({ consoleRoute, data, clock, registry }: ConsoleParts): Route[] {
  async function showList(
    { ctx, mode, authority, circumstances, page, where, outcome }: ConsoleInput,
    find: Pick<MembersProps['find'], 'typed' | 'problem'> = {},
  ): Promise<Answer> {
    const { workspaceId } = authority
    const here = consoleHref(where.slug, path)
    const { count, roles, people } = await data.scoped(mode, async repositories => {
      const { rows, ...rest } = await readPage(
        ctx.query['after'],
        request => repositories.members.list(workspaceId, request),
        ({ joinedAt, userId }) => ({ moment: joinedAt, id: userId }),
      )
      const viewed = { action: 'members.viewed', workspaceId, list: 'members', shown: String(rows.length) } as const
      await recordEvent(repositories, viewed, circumstances)
      return {
        count: await repositories.members.count(workspaceId),
        roles: await repositories.roles.list(workspaceId),
        people: { rows, ...rest },
      }
    })
    const text = renderConsoleMembers(page, where, {
      count,
      people: people.rows.map(member => ({
        name: member.name,
        address: member.address,
        href: `${here}/${member.userId}`,
        roles: nameRoles(member.roles, roles),
        protection: protectionOf(member),
        joinedAt: member.joinedAt,
      })),
      paging: {
        nextHref: people.next && `${here}?after=${people.next}`,
        firstHref: people.isFirst ? undefined : here,
      },
      find: { form: { action: `${here}/find` }, ...find },
      inviteHref: authority.permissions.has('members.manage') ? consoleHref(where.slug, '/invitations/new') : undefined,
      outcome,
    })
    return html(text, find.problem === undefined ? 200 : 400)
  }

  return [
    consoleRoute({ method: 'GET', path, section: 'members', permission: 'members.read', handler: input => showList(input) }),
    consoleRoute({
      // By a form that posts: an address does not belong into one of ours.
      method: 'POST',
      path: `${path}/find`,
      section: 'members',
      permission: 'members.read',
      comeBackTo: path,
      async handler(input) {
        const { mode, authority, form, where } = input
        const typed = (form['address'] ?? '').trim()
        if (typed === '') return showList(input, { problem: 'field-needed' })
        const address = normaliseAddress(typed)
        if (address === undefined) return showList(input, { typed, problem: 'address-unusable' })
        const member = await data.read(mode, ({ members }) => members.findByAddress(authority.workspaceId, address))
        if (member === undefined) return showList(input, { typed, problem: 'nobody' })
        return { kind: 'redirect', to: consoleHref(where.slug, `${path}/${member.userId}`) }
      },
    }),
    consoleRoute({
      method: 'GET',
      path: memberPath,
      params: memberParams,
      section: 'members',
      permission: 'members.read',
      async handler({ mode, params: { userId }, authority, user, workspace, circumstances, page, where, outcome }) {
        const { workspaceId, permissions } = authority
        const mayEndSessions = permissions.has('sessions.manage')
        const { member, roles, isAdmin, sessions } = await data.scoped(mode, async repositories => {
          const found = await findMember(repositories, workspaceId, userId)
          await recordEvent(repositories, { action: 'member.viewed', workspaceId, userId }, circumstances)
          return {
            member: found,
            roles: await repositories.roles.list(workspaceId),
            isAdmin: (await repositories.members.find(workspaceId, user.id))?.roles.includes('admin') ?? false,
            sessions: mayEndSessions ? await listMemberSessions(repositories, { workspaceId, userId, now: clock() }) : undefined,
          }
        })
        const own = userId === user.id
        const here = consoleHref(where.slug, `${path}/${userId}`)
        const mayManage = permissions.has('members.manage')
        return html(
          renderConsoleMember(page, where, {
            name: member.name,
            address: member.address,
            roles: nameRoles(member.roles, roles),
            protection: protectionOf(member),
            joinedAt: member.joinedAt,
            own,
            sessions:
              sessions &&
              (await describeMemberSessions(
                registry,
                { slug: where.slug, userId, mayReadLog: permissions.has('audit.read') },
                sessions,
              )),
            changeRolesHref: mayManage ? `${here}/roles` : undefined,
            resetHref: mayManage && !own && !workspace.personal ? `${here}/reset` : undefined,
            handOverHref: isAdmin && !own ? `${here}/hand-over` : undefined,
            removeHref: workspace.personal
              ? undefined
              : own
                ? consoleHref(where.slug, '/leave')
                : mayManage
                  ? `${here}/remove`
                  : undefined,
            outcome,
          }),
        )
      },
    }),
  ]
}

function protectionOf({ hasPasskey, hasFactors }: MemberRecord): Protection {
  return hasPasskey ? 'passkey' : hasFactors ? 'second-step' : 'mailbox'
}
