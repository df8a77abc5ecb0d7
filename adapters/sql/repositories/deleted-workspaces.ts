import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { DeletedWorkspaceRepository } from '../../../provider/ports/workspace-repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'
import { emptyEvents } from './audit-retention.ts'

const listDeletedBefore = prepare<{ moment: Date; limit: number }>()(parameter =>
  queries
    .selectFrom('deleted_workspaces')
    .select('id')
    .where('deleted_at', '<', parameter.moment)
    .orderBy('deleted_at')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const lock = prepare<{ workspaceId: string }>()(parameter =>
  queries.selectFrom('deleted_workspaces').select('emptied_through').where('id', '=', parameter.workspaceId).forUpdate(),
)

/** From where the walk has come to: in the order of the index on a workspace's log. */
const listNext = prepare<{ workspaceId: string; through: string | null; limit: number }>()(parameter =>
  queries
    .selectFrom('audit_events')
    .select('id')
    .where('workspace_id', '=', parameter.workspaceId)
    .where(
      sql<boolean>`(occurred_at, id) > (
        coalesce((select passed.occurred_at from latchkey.audit_events as passed where passed.id = ${parameter.through}::uuid), '-infinity'),
        coalesce(${parameter.through}::uuid, '00000000-0000-0000-0000-000000000000'))`,
    )
    .orderBy('occurred_at')
    .orderBy('id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const moveOn = prepare<{ workspaceId: string; through: string }>()(parameter =>
  queries.updateTable('deleted_workspaces').set({ emptied_through: parameter.through }).where('id', '=', parameter.workspaceId),
)

const destroyKey = prepare<{ workspaceId: string }>()(parameter =>
  queries.deleteFrom('deleted_workspaces').where('id', '=', parameter.workspaceId),
)

export function createDeletedWorkspaceRepository(scope: SqlScope, vault: Vault): DeletedWorkspaceRepository {
  return {
    async listDeletedBefore(moment, limit) {
      return (await scope.run(listDeletedBefore, { moment, limit })).map(({ id }) => id)
    },

    async emptyEvents(workspaceId, limit) {
      const [row] = isId(workspaceId) ? await scope.run(lock, { workspaceId }) : []
      if (!row) return { passed: 0, emptied: 0 }
      const ids = (await scope.run(listNext, { workspaceId, through: row.emptied_through, limit })).map(({ id }) => id)
      const last = ids.at(-1)
      if (last === undefined) return { passed: 0, emptied: 0 }
      const emptied = await scope.change(emptyEvents, { ids })
      await scope.post(moveOn, { workspaceId, through: last })
      return { passed: ids.length, emptied }
    },

    async destroyKey(workspaceId) {
      if (!isId(workspaceId) || (await scope.change(destroyKey, { workspaceId })) === 0) return false
      vault.forgetWorkspaceKey(workspaceId)
      return true
    },
  }
}
