import { nameRole } from '../../views/role-names.ts'
import type { RoleRecord } from '../ports/workspace-records.ts'

/** What members see of roles: their names, in place of their keys. */
export function nameRoles(roles: readonly string[], own: readonly RoleRecord[]): string[] {
  return roles.map(key => own.find(role => role.key === key)?.name ?? nameRole(key))
}
