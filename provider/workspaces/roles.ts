import { type Permission, permissions } from '../kernel/permissions.ts'

/** The built-in roles, each with all that the one after it may do, and more. */
export const builtInRoles = {
  admin: permissions,
  manager: [
    'workspace.read',
    'workspace.update',
    'members.read',
    'members.manage',
    'apps.manage',
    'sessions.manage',
    'audit.read',
  ],
  operator: ['workspace.read', 'members.read', 'apps.manage'],
  viewer: ['workspace.read'],
} as const satisfies Record<string, readonly Permission[]>

export type BuiltInRole = keyof typeof builtInRoles

export function isBuiltInRole(key: string): key is BuiltInRole {
  return Object.hasOwn(builtInRoles, key)
}

/** Lower-case letters, digits and hyphens between them: it stands in tokens. */
export const roleKeyPattern = /^[a-z0-9]+(-[a-z0-9]+)*$/

/**
 * All that these roles permit together: the built-in permissions in the table's order, then those of apps (`ofApps`), sorted. An
 * Admin has every one of them. What is neither built in nor an app's any more is nobody's.
 */
export function permissionsOf(
  roles: readonly string[],
  { customPermissions, ofApps }: { customPermissions: readonly string[]; ofApps: readonly string[] },
): string[] {
  const all = [...permissions, ...ofApps.toSorted()]
  if (roles.includes('admin')) return all
  const held = new Set<string>([...roles.filter(isBuiltInRole).flatMap<string>(role => builtInRoles[role]), ...customPermissions])
  return all.filter(permission => held.has(permission))
}
