import { renderAccountWorkspaces } from '../../views/account/workspaces.tsx'
import { consoleHref } from '../../views/console/console-page.tsx'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { findPermissions } from '../workspaces/authority.ts'
import { nameRoles } from '../workspaces/role-names.ts'
import type { AccountParts } from './surroundings.ts'

/** Where somebody works, with the way to what they may see and do there. */
export function workspaceRoutes({ accountRoute, data }: AccountParts): Route[] {
  return [
    accountRoute({
      method: 'GET',
      path: '/account/workspaces',
      async handler({ mode, user, page, outcome }) {
        const workspaces = await data.read(mode, async repositories => {
          const own = await repositories.workspaces.listForUser(user.id)
          return Promise.all(
            own.map(async ({ id, slug, name, personal, status, deletionDueAt, roles }) => {
              const permissions = await findPermissions(repositories, { workspaceId: id, ofApps: [] }, roles)
              const state = status === 'suspended' ? status : deletionDueAt === undefined ? 'open' : 'deletion'
              return {
                name,
                roles: nameRoles(roles, await repositories.roles.list(id)),
                state,
                href: permissions.includes('workspace.read') ? consoleHref(slug, '') : undefined,
                leaveHref: personal || state !== 'open' ? undefined : consoleHref(slug, '/leave'),
              } as const
            }),
          )
        })
        return html(renderAccountWorkspaces(page, { workspaces, outcome }))
      },
    }),
  ]
}
