import { isId } from '../../../provider/kernel/ids.ts'
import type { AccessPassRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { fromNullable } from '../values.ts'

const find = prepare<{ userId: string }>()(parameter =>
  queries
    .selectFrom('access_passes')
    .select(['workspace_id', 'user_id', 'created_at', 'expires_at', 'used_at'])
    .where('user_id', '=', parameter.userId),
)

const remove = prepare<{ userId: string }>()(parameter =>
  queries.deleteFrom('access_passes').where('user_id', '=', parameter.userId),
)

const insert = prepare<{ workspaceId: string; userId: string; passHash: Buffer; createdAt: Date; expiresAt: Date }>()(parameter =>
  queries.insertInto('access_passes').values({
    workspace_id: parameter.workspaceId,
    user_id: parameter.userId,
    pass_hash: parameter.passHash,
    created_at: parameter.createdAt,
    expires_at: parameter.expiresAt,
  }),
)

const use = prepare<{ userId: string; passHash: Buffer; moment: Date }>()(parameter =>
  queries
    .updateTable('access_passes')
    .set({ used_at: parameter.moment })
    .where('user_id', '=', parameter.userId)
    .where('pass_hash', '=', parameter.passHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', parameter.moment),
)

export function createAccessPassRepository(scope: SqlScope): AccessPassRepository {
  return {
    async find(userId) {
      if (!isId(userId)) return undefined
      const [row] = await scope.run(find, { userId })
      return (
        row && {
          workspaceId: row.workspace_id,
          userId: row.user_id,
          createdAt: row.created_at,
          expiresAt: row.expires_at,
          usedAt: fromNullable(row.used_at),
        }
      )
    },

    async replace({ workspaceId, userId, passHash, createdAt, expiresAt }) {
      await Promise.all([
        scope.change(remove, { userId }),
        scope.change(insert, { workspaceId, userId, passHash, createdAt, expiresAt }),
      ])
    },

    async use(userId, passHash, moment) {
      if (!isId(userId)) return false
      return (await scope.change(use, { userId, passHash, moment })) === 1
    },

    async delete(userId) {
      if (!isId(userId)) return false
      return (await scope.change(remove, { userId })) === 1
    },
  }
}
