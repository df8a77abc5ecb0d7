import type { z } from 'zod'
import { consoleHref } from '../../views/console/console-page.tsx'
import { renderMemberRoles } from '../../views/console/member.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { changeMemberRoles } from '../workspaces/members.ts'
import type { ConsoleInput } from './console-route.ts'
import { memberParams, memberPath } from './member-path.ts'
import { goOn } from './outcome.ts'
import { listRoleOptions, readTicked } from './role-options.ts'
import type { ConsoleParts } from './surroundings.ts'
import { readVersion, wasFaster } from './versions.ts'

/** What somebody is in a workspace: by whoever has just signed in, since it may be all that there is to give. */
export function memberRoleRoutes({ consoleRoute, data }: ConsoleParts): Route[] {
  const declared = {
    path: `${memberPath}/roles`,
    params: memberParams,
    section: 'members',
    permission: 'members.manage',
    fresh: true,
  } as const

  async function show(
    { mode, authority, params: { userId }, page, where }: ConsoleInput<z.infer<typeof memberParams>>,
    { problem, stale = false }: { problem?: 'no-role'; stale?: boolean } = {},
  ): Promise<Answer> {
    const { workspaceId } = authority
    const { member, roles } = await data.read(mode, async repositories => ({
      member: await repositories.members.find(workspaceId, userId),
      roles: await repositories.roles.list(workspaceId),
    }))
    if (member === undefined) throw new AppError('not-found')
    const here = consoleHref(where.slug, `/members/${userId}`)
    const text = renderMemberRoles(page, where, {
      address: member.address,
      form: { action: `${here}/roles`, fields: { version: String(member.version) } },
      roles: listRoleOptions(roles, problem === undefined ? member.roles : []),
      problem,
      stale,
      backHref: here,
    })
    return html(text, stale ? 412 : problem === undefined ? 200 : 400)
  }

  return [
    consoleRoute({ ...declared, method: 'GET', handler: input => show(input) }),
    consoleRoute({
      ...declared,
      method: 'POST',
      async handler(input) {
        const {
          ctx,
          form,
          params: { userId },
          where,
          circumstances,
        } = input
        const version = readVersion(form)
        const roles = readTicked(form, 'role')
        if (roles.length === 0) return show(input, { problem: 'no-role' })
        const isStale = await wasFaster(
          input.change((repositories, authority) =>
            changeMemberRoles(repositories, authority, { userId, roles, version }, circumstances),
          ),
        )
        return isStale ? show(input, { stale: true }) : goOn(ctx, consoleHref(where.slug, `/members/${userId}`), 'roles-changed')
      },
    }),
  ]
}
