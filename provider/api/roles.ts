import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import type { RoleRecord } from '../ports/workspace-records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { changeRole, createRole, deleteRole } from '../workspaces/custom-roles.ts'
import { permissions } from '../kernel/permissions.ts'
import { builtInRoles, permissionsOf } from '../workspaces/roles.ts'
import { versionOf } from './conditions.ts'
import { exampleMoment } from './example-ids.ts'
import type { ApiRoute } from './operation.ts'
import type { ApiParts } from './parts.ts'
import { moment, nameText, permissionNames } from './schemas.ts'

const roleAnswer = z.strictObject({
  key: z.string().describe('What stands in memberships and tokens.'),
  name: z.string(),
  permissions: z.array(z.string()),
  created_at: moment,
  version: z.int().describe('Also its ETag.'),
})

const rolesAnswer = z.strictObject({
  built_in: z.array(z.strictObject({ key: z.string(), permissions: z.array(z.string()) })),
  custom: z.array(roleAnswer),
  permissions: z.array(z.string()).describe('All that there are: the built-in ones, and those that apps have registered.'),
})

const roleExample = {
  key: 'auditor',
  name: 'Auditor',
  permissions: ['audit.read', 'members.read'],
  created_at: exampleMoment,
  version: 1,
}

const builtInExample = Object.entries(builtInRoles).map(([key, held]) => ({ key, permissions: [...held] }))

function describeRole(role: RoleRecord): z.input<typeof roleAnswer> {
  const { key, name, permissions: held, createdAt, version } = role
  return { key, name, permissions: held, created_at: createdAt.toISOString(), version }
}

async function showRole({ roles }: Repositories, workspaceId: string, key: string) {
  const role = await roles.find(workspaceId, key)
  if (role === undefined) throw new AppError('not-found')
  return { body: describeRole(role), version: role.version }
}

export function roleRoutes({ workspaceRoute, entitlements }: ApiParts): ApiRoute[] {
  const about = 'Roles'

  return [
    workspaceRoute({
      method: 'GET',
      path: '/workspaces/:workspace/roles',
      id: 'listRoles',
      about,
      summary: 'List the roles with what each permits, and all permissions',
      permission: 'workspace.read',
      status: 200,
      answer: rolesAnswer,
      example: { answer: { built_in: builtInExample, custom: [roleExample], permissions: [...permissions] } },
      async handler({ repositories, params: { workspace }, authority: { ofApps } }) {
        const custom = await repositories.roles.list(workspace)
        const none = { customPermissions: [], ofApps }
        return {
          body: {
            built_in: Object.keys(builtInRoles).map(key => ({ key, permissions: permissionsOf([key], none) })),
            custom: custom.map(describeRole),
            permissions: [...permissions, ...ofApps],
          },
        }
      },
    }),
    workspaceRoute({
      method: 'POST',
      path: '/workspaces/:workspace/roles',
      id: 'createRole',
      about,
      summary: 'Make a role of the workspace’s own',
      permission: 'roles.manage',
      entitlement: 'custom-roles',
      status: 201,
      body: z.strictObject({ key: z.string().min(1).max(40), name: nameText, permissions: permissionNames }),
      answer: roleAnswer,
      example: {
        body: { key: 'auditor', name: 'Auditor', permissions: ['audit.read', 'members.read'] },
        answer: roleExample,
      },
      async handler({ repositories, authority, circumstances, params: { workspace }, body }) {
        await createRole(repositories, authority, body, { circumstances, entitlements })
        return {
          ...(await showRole(repositories, workspace, body.key)),
          location: `/workspaces/${workspace}/roles/${body.key}`,
        }
      },
    }),
    workspaceRoute({
      method: 'GET',
      path: '/workspaces/:workspace/roles/:role',
      id: 'readRole',
      about,
      summary: 'Read a role of the workspace’s own',
      permission: 'workspace.read',
      status: 200,
      answer: roleAnswer,
      example: { answer: roleExample },
      handler: ({ repositories, params: { workspace, role } }) => showRole(repositories, workspace, role),
    }),
    workspaceRoute({
      method: 'PUT',
      path: '/workspaces/:workspace/roles/:role',
      id: 'changeRole',
      about,
      summary: 'Change a role of the workspace’s own, for everybody who has it',
      permission: 'roles.manage',
      entitlement: 'custom-roles',
      conditional: true,
      status: 200,
      body: z.strictObject({ name: nameText, permissions: permissionNames }),
      answer: roleAnswer,
      example: {
        body: { name: 'Auditors', permissions: ['audit.read'] },
        answer: { ...roleExample, name: 'Auditors', permissions: ['audit.read'], version: 2 },
      },
      async handler({ repositories, authority, circumstances, params: { workspace, role: key }, body, tag }) {
        await changeRole(repositories, authority, { key, ...body, ...versionOf(tag) }, { circumstances, entitlements })
        return showRole(repositories, workspace, key)
      },
    }),
    workspaceRoute({
      method: 'DELETE',
      path: '/workspaces/:workspace/roles/:role',
      id: 'deleteRole',
      about,
      summary: 'Delete a role that nobody has',
      permission: 'roles.manage',
      fresh: true,
      status: 204,
      example: {},
      async handler({ repositories, authority, circumstances, params: { role } }) {
        await deleteRole(repositories, authority, role, circumstances)
        return { body: undefined }
      },
    }),
  ]
}
