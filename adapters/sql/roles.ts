import type { ScopeRoles } from './database.ts'

/** The number by which a cluster knows this database: unlike a name it does not change, and no other database there has it. */
export const databaseNumberQuery = 'select oid from pg_database where datname = current_database()'

export function nameRoles(databaseNumber: string | number): ScopeRoles {
  return {
    workspace: `latchkey_workspace_${databaseNumber}`,
    self: `latchkey_self_${databaseNumber}`,
    system: `latchkey_system_${databaseNumber}`,
  }
}
