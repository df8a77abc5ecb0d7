import { type InferResult, sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { RoleRecord } from '../../../provider/ports/workspace-records.ts'
import type { RoleRepository } from '../../../provider/ports/workspace-repositories.ts'
import type { SqlScope } from '../database.ts'
import { refuseDuplicates } from '../errors.ts'
import { isVersion, prepare, queries } from '../statement.ts'
import { canBeKept } from '../values.ts'

const roleQuery = () => queries.selectFrom('roles').selectAll()

type RoleRow = InferResult<ReturnType<typeof roleQuery>>[number]

const list = prepare<{ workspaceId: string }>()(parameter =>
  roleQuery().where('workspace_id', '=', parameter.workspaceId).orderBy('key'),
)

const find = prepare<{ workspaceId: string; key: string }>()(parameter =>
  roleQuery().where('workspace_id', '=', parameter.workspaceId).where('key', '=', parameter.key),
)

const insert = prepare<Omit<RoleRecord, 'version'>>()(parameter =>
  queries.insertInto('roles').values({
    workspace_id: parameter.workspaceId,
    key: parameter.key,
    name: parameter.name,
    permissions: parameter.permissions,
    created_at: parameter.createdAt,
  }),
)

const change = prepare<{ workspaceId: string; key: string; name: string; permissions: string[]; version: number | null }>()(
  parameter =>
    queries
      .updateTable('roles')
      .set({ name: parameter.name, permissions: parameter.permissions, version: sql`version + 1` })
      .where('workspace_id', '=', parameter.workspaceId)
      .where('key', '=', parameter.key)
      .where(isVersion(parameter.version)),
)

const remove = prepare<{ workspaceId: string; key: string }>()(parameter =>
  queries.deleteFrom('roles').where('workspace_id', '=', parameter.workspaceId).where('key', '=', parameter.key),
)

export function createRoleRepository(scope: SqlScope): RoleRepository {
  return {
    async list(workspaceId) {
      return isId(workspaceId) ? (await scope.run(list, { workspaceId })).map(describe) : []
    },

    async find(workspaceId, key) {
      if (!isId(workspaceId) || !canBeKept(key)) return undefined
      const [row] = await scope.run(find, { workspaceId, key })
      return row && describe(row)
    },

    create: role => refuseDuplicates([scope.change(insert, role)]),

    async change(workspaceId, key, { name, permissions }, version) {
      if (!isId(workspaceId) || !canBeKept(key)) return false
      return (await scope.change(change, { workspaceId, key, name, permissions, version: version ?? null })) === 1
    },

    async delete(workspaceId, key) {
      if (!isId(workspaceId) || !canBeKept(key)) return false
      return (await scope.change(remove, { workspaceId, key })) === 1
    },
  }
}

function describe(row: RoleRow): RoleRecord {
  return {
    workspaceId: row.workspace_id,
    key: row.key,
    name: row.name,
    permissions: row.permissions,
    createdAt: row.created_at,
    version: row.version,
  }
}
