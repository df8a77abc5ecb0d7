import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { KnownBrowserRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { prepareSweep } from '../sweep.ts'
import { fromNullable } from '../values.ts'

const find = prepare<{ userId: string; browserHash: Buffer }>()(parameter =>
  queries
    .selectFrom('known_browsers')
    .selectAll()
    .where('user_id', '=', parameter.userId)
    .where('browser_hash', '=', parameter.browserHash),
)

const findLastMethod = prepare<{ browserHash: Buffer }>()(parameter =>
  queries
    .selectFrom('known_browsers')
    .select('method')
    .where('browser_hash', '=', parameter.browserHash)
    .orderBy('last_seen_at', 'desc')
    .limit(1),
)

const remember = prepare<{ userId: string; browserHash: Buffer; method: string; moment: Date }>()(parameter =>
  queries
    .insertInto('known_browsers')
    .values({
      user_id: parameter.userId,
      browser_hash: parameter.browserHash,
      method: parameter.method,
      first_seen_at: parameter.moment,
      last_seen_at: parameter.moment,
    })
    .onConflict(conflict =>
      conflict
        .columns(['user_id', 'browser_hash'])
        .doUpdateSet(({ ref }) => ({ method: ref('excluded.method'), last_seen_at: ref('excluded.last_seen_at') })),
    )
    .returning(({ exists, selectFrom }) => [
      // Zero in a row that this statement inserted: of several at once, one.
      sql<boolean>`xmax = 0`.as('is_added'),
      exists(
        selectFrom('known_browsers as other')
          .select('other.user_id')
          .where('other.user_id', '=', parameter.userId)
          .where('other.browser_hash', '<>', parameter.browserHash),
      ).as('has_others'),
    ]),
)

const recordPasskeyOffer = prepare<{ userId: string; browserHash: Buffer; moment: Date }>()(parameter =>
  queries
    .updateTable('known_browsers')
    .set({ passkey_offered_at: parameter.moment })
    .where('user_id', '=', parameter.userId)
    .where('browser_hash', '=', parameter.browserHash),
)

const forgetOthers = prepare<{ userId: string; exceptBrowserHash: Buffer }>()(parameter =>
  queries
    .deleteFrom('known_browsers')
    .where('user_id', '=', parameter.userId)
    .where('browser_hash', '<>', parameter.exceptBrowserHash),
)

const deleteOlderThan = prepareSweep<'known_browsers', { moment: Date; limit: number }>({
  table: 'known_browsers',
  key: ['user_id', 'browser_hash'],
  oldest: 'last_seen_at',
  condition: ({ moment }) => sql`last_seen_at < ${moment}`,
})

export function createKnownBrowserRepository(scope: SqlScope): KnownBrowserRepository {
  return {
    async find(userId, browserHash) {
      if (!isId(userId)) return undefined
      const [row] = await scope.run(find, { userId, browserHash })
      return (
        row && {
          userId: row.user_id,
          browserHash: row.browser_hash,
          method: row.method,
          firstSeenAt: row.first_seen_at,
          lastSeenAt: row.last_seen_at,
          passkeyOfferedAt: fromNullable(row.passkey_offered_at),
        }
      )
    },

    findLastMethod: async browserHash => (await scope.run(findLastMethod, { browserHash }))[0]?.method,

    async remember({ userId, browserHash, method }, moment) {
      const [row] = await scope.run(remember, { userId, browserHash, method, moment })
      if (row?.is_added !== true) return 'known'
      return row.has_others === true ? 'new' : 'first'
    },

    async recordPasskeyOffer(userId, browserHash, moment) {
      await scope.post(recordPasskeyOffer, { userId, browserHash, moment })
    },

    async forgetOthers(userId, exceptBrowserHash) {
      await scope.post(forgetOthers, { userId, exceptBrowserHash })
    },

    deleteOlderThan: (moment, limit) => scope.change(deleteOlderThan, { moment, limit }),
  }
}
