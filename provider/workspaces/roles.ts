/** What somebody may do in a workspace. Tokens carry these, so that a product need not know what a role means. */
export const permissions = [
  'workspace.read',
  'workspace.update',
  'members.read',
  'members.manage',
  'roles.manage',
  'apps.manage',
  'connections.manage',
  'sessions.manage',
  'audit.read',
] as const

export type Permission = (typeof permissions)[number]

/** The built-in roles. */
const roles: Readonly<Record<string, readonly Permission[]>> = {
  admin: permissions,
  manager: ['workspace.read', 'members.read', 'members.manage', 'sessions.manage'],
  operator: ['workspace.read', 'members.read', 'apps.manage'],
  viewer: ['workspace.read'],
}

/** The permissions of all these roles together, in the table's order. */
export function permissionsOf(names: readonly string[]): Permission[] {
  const held = new Set(names.flatMap(name => roles[name] ?? []))
  return permissions.filter(permission => held.has(permission))
}
