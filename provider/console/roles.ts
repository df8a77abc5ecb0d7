import { consoleHref } from '../../views/console/console-page.tsx'
import { renderConsoleRoles } from '../../views/console/roles.tsx'
import { html } from '../http/answer.ts'
import type { Route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { deleteRole } from '../workspaces/custom-roles.ts'
import { builtInRoles, isBuiltInRole, permissionsOf } from '../workspaces/roles.ts'
import { confirmedRoutes } from './confirmation.ts'
import { roleParams, rolesPath as path } from './role-forms.ts'
import type { ConsoleParts } from './surroundings.ts'

/** What roles there are and what each may do. */
export function roleRoutes(parts: ConsoleParts): Route[] {
  const { consoleRoute, data, registry, entitlements } = parts
  const builtIn = Object.keys(builtInRoles).filter(isBuiltInRole)

  return [
    consoleRoute({
      method: 'GET',
      path,
      section: 'roles',
      permission: 'workspace.read',
      async handler({ mode, authority, workspace, page, where, outcome }) {
        const { workspaceId, ofApps, permissions } = authority
        const own = await data.read(mode, ({ roles }) => roles.list(workspaceId))
        const apps = await registry.listPermissions()
        const all = permissionsOf(['admin'], { customPermissions: [], ofApps })
        const held = new Map(builtIn.map(role => [role, permissionsOf([role], { customPermissions: [], ofApps })]))
        const mayManage = permissions.has('roles.manage')
        const isIncluded = entitlements.includes(workspace, 'custom-roles')
        const here = consoleHref(where.slug, path)
        return html(
          renderConsoleRoles(page, where, {
            table: all.map(permission => ({
              permission,
              app: apps.find(each => each.permission === permission)?.app,
              roles: builtIn.filter(role => held.get(role)?.includes(permission)),
            })),
            own: own.map(({ key, name, permissions: given }) => ({
              key,
              name,
              permissions: given,
              changeHref: mayManage && isIncluded ? `${here}/${key}` : undefined,
              deleteHref: mayManage ? `${here}/${key}/delete` : undefined,
            })),
            createFrom: mayManage && isIncluded ? builtIn.map(role => ({ role, href: `${here}/new-from/${role}` })) : [],
            lackingPlan: mayManage && !isIncluded ? workspace.plan : undefined,
            outcome,
          }),
        )
      },
    }),
    ...confirmedRoutes(parts, {
      path: `${path}/:key/delete`,
      params: roleParams,
      section: 'roles',
      permission: 'roles.manage',
      question: 'delete-role',
      outcome: 'role-deleted',
      back: () => path,
      async find({ roles }, { authority, params: { key } }) {
        const role = await roles.find(authority.workspaceId, key)
        if (role === undefined) throw new AppError('not-found')
        return { subject: role.name }
      },
      act: (repositories, authority, { params: { key }, circumstances }) =>
        deleteRole(repositories, authority, key, circumstances),
    }),
  ]
}
