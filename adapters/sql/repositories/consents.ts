import { isId } from '../../../provider/kernel/ids.ts'
import type { ConsentRecord } from '../../../provider/ports/session-records.ts'
import type { ConsentRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import type { Schema } from '../schema.ts'
import { prepare, queries } from '../statement.ts'
import { canBeKept } from '../values.ts'

const find = prepare<{ userId: string; clientId: string }>()(parameter =>
  queries.selectFrom('consents').selectAll().where('user_id', '=', parameter.userId).where('client_id', '=', parameter.clientId),
)

const upsert = prepare<ConsentRecord>()(parameter =>
  queries
    .insertInto('consents')
    .values({
      user_id: parameter.userId,
      client_id: parameter.clientId,
      allowed: parameter.allowed,
      given_at: parameter.givenAt,
    })
    .onConflict(conflict =>
      conflict
        .columns(['user_id', 'client_id'])
        .doUpdateSet(({ ref }) => ({ allowed: ref('excluded.allowed'), given_at: ref('excluded.given_at') })),
    ),
)

const listForUser = prepare<{ userId: string }>()(parameter =>
  queries
    .selectFrom('consents')
    .selectAll()
    .where('user_id', '=', parameter.userId)
    .orderBy('given_at', 'desc')
    .orderBy('client_id'),
)

const remove = prepare<{ userId: string; clientId: string }>()(parameter =>
  queries.deleteFrom('consents').where('user_id', '=', parameter.userId).where('client_id', '=', parameter.clientId),
)

function describe(row: Schema['consents']): ConsentRecord {
  return { userId: row.user_id, clientId: row.client_id, allowed: row.allowed, givenAt: row.given_at }
}

export function createConsentRepository(scope: SqlScope): ConsentRepository {
  return {
    async find(userId, clientId) {
      if (!isId(userId) || !canBeKept(clientId)) return undefined
      const [row] = await scope.run(find, { userId, clientId })
      return row && describe(row)
    },
    async upsert(consent) {
      await scope.change(upsert, consent)
    },
    async listForUser(userId) {
      if (!isId(userId)) return []
      return (await scope.run(listForUser, { userId })).map(describe)
    },
    async delete(userId, clientId) {
      if (!isId(userId) || !canBeKept(clientId)) return false
      return (await scope.change(remove, { userId, clientId })) === 1
    },
  }
}
