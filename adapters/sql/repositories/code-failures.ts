import { sql } from 'kysely'
import type { CodeFailureRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { prepareSweep } from '../sweep.ts'
import type { Vault } from '../vault.ts'

const count = prepare<{ addressIndex: Buffer }>()(parameter =>
  queries.selectFrom('code_failures').select('failures').where('address_index', '=', parameter.addressIndex),
)

const increment = prepare<{ addressIndex: Buffer; moment: Date }>()(parameter =>
  queries
    .insertInto('code_failures')
    .values({ address_index: parameter.addressIndex, failures: 1, last_failure_at: parameter.moment })
    .onConflict(conflict =>
      conflict.column('address_index').doUpdateSet({
        failures: sql`code_failures.failures + 1`,
        last_failure_at: parameter.moment,
      }),
    )
    .returning('failures'),
)

const reset = prepare<{ addressIndex: Buffer }>()(parameter =>
  queries.deleteFrom('code_failures').where('address_index', '=', parameter.addressIndex),
)

const deleteOlderThan = prepareSweep<'code_failures', { moment: Date; failures: number; limit: number }>({
  table: 'code_failures',
  key: 'address_index',
  oldest: 'last_failure_at',
  condition: ({ moment, failures }) => sql`last_failure_at < ${moment} and failures < ${failures}`,
})

export function createCodeFailureRepository(scope: SqlScope, vault: Vault): CodeFailureRepository {
  const indexOf = (address: string) => vault.blindIndex('email-address', address)
  return {
    count: async address => (await scope.run(count, { addressIndex: indexOf(address) }))[0]?.failures ?? 0,
    increment: async (address, moment) =>
      (await scope.run(increment, { addressIndex: indexOf(address), moment }))[0]?.failures ?? 0,
    async reset(address) {
      await scope.post(reset, { addressIndex: indexOf(address) })
    },
    deleteOlderThan: (moment, failures, limit) => scope.change(deleteOlderThan, { moment, failures, limit }),
  }
}
