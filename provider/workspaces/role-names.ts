import type { RoleRecord } from '../ports/workspace-records.ts'

/** What the built-in roles are called, in every language. */
const builtInNames = { admin: 'Admin', manager: 'Manager', operator: 'Operator', viewer: 'Viewer' } as const

/** What members see of roles: their names, in place of their keys. */
export function nameRoles(roles: readonly string[], own: readonly RoleRecord[]): string[] {
  const names: Record<string, string> = builtInNames
  return roles.map(key => (Object.hasOwn(names, key) ? names[key] : own.find(role => role.key === key)?.name) ?? key)
}
