import { nameRole } from '../../views/role-names.ts'
import type { RoleOption } from '../../views/console/role-options.tsx'
import type { RoleRecord } from '../ports/workspace-records.ts'
import { builtInRoles } from '../workspaces/roles.ts'

/** All roles there are to choose from, the built-in ones first. */
export function listRoleOptions(own: readonly RoleRecord[], chosen: readonly string[]): RoleOption[] {
  return [
    ...Object.keys(builtInRoles).map(key => ({ key, name: nameRole(key), checked: chosen.includes(key) })),
    ...own.map(({ key, name, permissions }) => ({ key, name, checked: chosen.includes(key), permissions: permissions.length })),
  ]
}

/** What was ticked, of what such a form has for `kind`. */
export function readTicked(form: Readonly<Record<string, string>>, kind: 'role' | 'permission'): string[] {
  const beginning = `${kind}:`
  return Object.keys(form)
    .filter(name => name.startsWith(beginning))
    .map(name => name.slice(beginning.length))
}
