/** What somebody may do in a workspace. Tokens carry these, so that a product need not know what a role means. */
export const permissions = [
  'workspace.read',
  'workspace.update',
  'workspace.delete',
  'members.read',
  'members.manage',
  'roles.manage',
  'apps.manage',
  'api-keys.manage',
  'connections.manage',
  'sessions.manage',
  'audit.read',
  'audit.export',
] as const

export type Permission = (typeof permissions)[number]

/** As an app's own permissions are written too: `invoices.approve`. */
export const permissionPattern = /^[a-z][a-z0-9-]{0,39}(\.[a-z][a-z0-9-]{0,39}){1,3}$/

/** The parts of the built-in permissions before the first dot, which no app's own may begin with. */
export const reservedBeginnings: ReadonlySet<string> = new Set(permissions.map(permission => permission.split('.')[0] ?? ''))
