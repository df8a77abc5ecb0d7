import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { RecoveryCodeRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { lockUser } from './user-lock.ts'

const removeAll = prepare<{ userId: string }>()(parameter =>
  queries.deleteFrom('recovery_codes').where('user_id', '=', parameter.userId),
)

// All of them in one statement; bytes travel in a list as the hexadecimal text of PostgreSQL's own.
const insertAll = prepare<{ userId: string; ids: readonly string[]; codeHashes: readonly string[]; createdAt: Date }>()(
  parameter =>
    queries
      .insertInto('recovery_codes')
      .columns(['user_id', 'id', 'code_hash', 'created_at'])
      .expression(
        queries
          .selectFrom(
            sql<{ id: string; code_hash: Buffer }>`unnest(${parameter.ids}::uuid[], ${parameter.codeHashes}::bytea[])`.as<'code'>(
              sql`code(id, code_hash)`,
            ),
          )
          .select([
            sql<string>`${parameter.userId}::uuid`.as('user_id'),
            'code.id',
            'code.code_hash',
            sql<Date>`${parameter.createdAt}::timestamptz`.as('created_at'),
          ]),
      ),
)

const use = prepare<{ userId: string; codeHash: Buffer; usedAt: Date }>()(parameter =>
  queries
    .updateTable('recovery_codes')
    .set({ used_at: parameter.usedAt })
    .where('user_id', '=', parameter.userId)
    .where('code_hash', '=', parameter.codeHash)
    .where('used_at', 'is', null),
)

const findState = prepare<{ userId: string }>()(parameter =>
  queries
    .selectFrom('recovery_codes')
    .select([
      sql<number>`count(*) filter (where used_at is null)`.as('unused'),
      sql<number>`count(*)`.as('all'),
      sql<Date>`min(created_at)`.as('created_at'),
    ])
    .where('user_id', '=', parameter.userId)
    .having(sql<number>`count(*)`, '>', 0),
)

export function createRecoveryCodeRepository(scope: SqlScope): RecoveryCodeRepository {
  return {
    async replaceAll(userId, codes, createdAt) {
      await Promise.all([
        // Or else two who replace them at once would not see each other's, and both sets would count.
        scope.post(lockUser, { userId }),
        scope.post(removeAll, { userId }),
        scope.post(insertAll, {
          userId,
          ids: codes.map(({ id }) => id),
          codeHashes: codes.map(({ codeHash }) => `\\x${codeHash.toString('hex')}`),
          createdAt,
        }),
      ])
    },

    async use(userId, codeHash, usedAt) {
      if (!isId(userId)) return false
      return (await scope.change(use, { userId, codeHash, usedAt })) === 1
    },

    async findState(userId) {
      if (!isId(userId)) return undefined
      const [row] = await scope.run(findState, { userId })
      return row && { unused: row.unused, all: row.all, createdAt: row.created_at }
    },

    async deleteAll(userId) {
      if (isId(userId)) await scope.post(removeAll, { userId })
    },
  }
}
