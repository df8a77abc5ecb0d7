import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { FactorFailureRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'

const find = prepare<{ userId: string; method: string }>()(parameter =>
  queries
    .selectFrom('factor_failures')
    .select(['failures', 'last_failure_at'])
    .where('user_id', '=', parameter.userId)
    .where('method', '=', parameter.method),
)

const increment = prepare<{ userId: string; method: string; moment: Date }>()(parameter =>
  queries
    .insertInto('factor_failures')
    .values({ user_id: parameter.userId, method: parameter.method, failures: 1, last_failure_at: parameter.moment })
    .onConflict(conflict =>
      conflict.columns(['user_id', 'method']).doUpdateSet({
        failures: sql`factor_failures.failures + 1`,
        last_failure_at: parameter.moment,
      }),
    )
    .returning('failures'),
)

const reset = prepare<{ userId: string; method: string }>()(parameter =>
  queries.deleteFrom('factor_failures').where('user_id', '=', parameter.userId).where('method', '=', parameter.method),
)

export function createFactorFailureRepository(scope: SqlScope): FactorFailureRepository {
  return {
    async find(userId, method) {
      if (!isId(userId)) return undefined
      const [row] = await scope.run(find, { userId, method })
      return row && { failures: row.failures, lastFailureAt: row.last_failure_at }
    },
    increment: async (userId, method, moment) => (await scope.run(increment, { userId, method, moment }))[0]?.failures ?? 0,
    async reset(userId, method) {
      if (isId(userId)) await scope.post(reset, { userId, method })
    },
  }
}
