import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { WorkspaceRepository } from '../../../provider/ports/workspace-repositories.ts'
import type { SqlScope } from '../database.ts'
import { type Removal, removalFrom, removalOfGrants, removeBatch } from '../remains.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'

/**
 * The end of a workspace: at once, and in one transaction, its data key is taken away, without which nobody finds it; then, batch by
 * batch, the rows that nobody can use any more.
 */

const listDueForDeletion = prepare<{ moment: Date; limit: number }>()(parameter =>
  queries
    .selectFrom('workspaces')
    .select('id')
    .where('deletion_due_at', '<=', parameter.moment)
    .orderBy('deletion_due_at')
    .orderBy('id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

// The key stays, wrapped, with the log that it opens.
const keepKey = prepare<{ workspaceId: string; moment: Date }>()(parameter =>
  queries
    .with('taken', () =>
      queries
        .deleteFrom('workspace_keys')
        .where('workspace_id', '=', parameter.workspaceId)
        .returning(['workspace_id', 'wrapped', sql<Date>`${parameter.moment}::timestamptz`.as('moment')]),
    )
    .insertInto('deleted_workspaces')
    .columns(['id', 'wrapped', 'deleted_at'])
    .expression(({ selectFrom }) => selectFrom('taken').selectAll()),
)

const close = prepare<{ workspaceId: string; moment: Date }>()(parameter =>
  queries
    .updateTable('workspaces')
    .set({ deletion_due_at: sql`least(deletion_due_at, ${parameter.moment})` })
    .where('id', '=', parameter.workspaceId),
)

const findDeleted = prepare<{ workspaceId: string }>()(parameter =>
  queries
    .selectFrom('workspaces as w')
    .select('w.id')
    .where('w.id', '=', parameter.workspaceId)
    .where('w.deletion_due_at', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom('workspace_keys as k').select('k.workspace_id').whereRef('k.workspace_id', '=', 'w.id'))),
    ),
)

/** What refers to another one of these goes before it. */
const removals: readonly Removal[] = [
  removalOfGrants('workspace_id'),
  removalFrom('api_keys', 'id', 'workspace_id'),
  removalFrom('access_passes', ['workspace_id', 'user_id'], 'workspace_id'),
  removalFrom('memberships', ['workspace_id', 'user_id'], 'workspace_id'),
  removalFrom('former_members', ['workspace_id', 'user_id'], 'workspace_id'),
  removalFrom('invitations', ['workspace_id', 'id'], 'workspace_id'),
  removalFrom('roles', ['workspace_id', 'key'], 'workspace_id'),
  removalFrom('api_answers', 'key_hash', 'workspace_id'),
]

// What came in between the last batch and this goes by its foreign key.
const remove = prepare<{ workspaceId: string }>()(parameter =>
  queries.deleteFrom('workspaces').where('id', '=', parameter.workspaceId),
)

export function createWorkspaceDeletion(
  scope: SqlScope,
  vault: Vault,
): Pick<WorkspaceRepository, 'listDueForDeletion' | 'delete' | 'deleteRemains'> {
  return {
    async listDueForDeletion(moment, limit) {
      return (await scope.run(listDueForDeletion, { moment, limit })).map(({ id }) => id)
    },

    async delete(workspaceId, moment) {
      if (!isId(workspaceId)) return false
      if ((await scope.change(keepKey, { workspaceId, moment })) === 0) return false
      await scope.change(close, { workspaceId, moment })
      vault.forgetWorkspaceKey(workspaceId)
      return true
    },

    async deleteRemains(workspaceId, limit) {
      if (!isId(workspaceId) || (await scope.run(findDeleted, { workspaceId })).length === 0) return true
      if (!(await removeBatch(scope, removals, { ownerId: workspaceId, limit }))) return false
      await scope.change(remove, { workspaceId })
      return true
    },
  }
}
