import { AppError } from '../../../provider/kernel/errors.ts'
import { isId } from '../../../provider/kernel/ids.ts'
import type { AccountRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import { isUniqueViolation } from '../errors.ts'
import type { Schema } from '../schema.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'
import { lockUser } from './user-lock.ts'

const list = prepare<{ userId: string }>()(parameter =>
  queries
    .selectFrom('user_addresses as a')
    .innerJoin('user_keys as k', 'k.user_id', 'a.user_id')
    .selectAll('a')
    .select('k.wrapped')
    .where('a.user_id', '=', parameter.userId)
    .orderBy('a.is_primary', 'desc')
    .orderBy('a.verified_at')
    .orderBy('a.id'),
)

const insert = prepare<Omit<Schema['user_addresses'], 'is_primary' | 'vouched_by'>>()(parameter =>
  queries.insertInto('user_addresses').values({
    user_id: parameter.user_id,
    id: parameter.id,
    address_index: parameter.address_index,
    address_sealed: parameter.address_sealed,
    is_primary: false,
    verified_at: parameter.verified_at,
  }),
)

const remove = prepare<{ userId: string; id: string }>()(parameter =>
  queries
    .deleteFrom('user_addresses')
    .where('user_id', '=', parameter.userId)
    .where('id', '=', parameter.id)
    .where('is_primary', '=', false),
)

// Only for an address that is there: or else nobody would have a primary one any more.
const demoteOthers = prepare<{ userId: string; id: string }>()(parameter =>
  queries
    .updateTable('user_addresses')
    .set({ is_primary: false })
    .where('user_id', '=', parameter.userId)
    .where('is_primary', '=', true)
    .where('id', '<>', parameter.id)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('user_addresses as next')
          .select('next.id')
          .where('next.user_id', '=', parameter.userId)
          .where('next.id', '=', parameter.id),
      ),
    ),
)

const promote = prepare<{ userId: string; id: string }>()(parameter =>
  queries
    .updateTable('user_addresses')
    .set({ is_primary: true })
    .where('user_id', '=', parameter.userId)
    .where('id', '=', parameter.id),
)

type AddressMethods = Pick<AccountRepository, 'listAddresses' | 'addAddress' | 'removeAddress' | 'makePrimary'>

const addressOf = (id: string) => ({ table: 'user_addresses', column: 'address', row: id })

/** The part of the account's repository that is about addresses. */
export function createAddressMethods(scope: SqlScope, vault: Vault): AddressMethods {
  return {
    async listAddresses(userId) {
      if (!isId(userId)) return []
      const rows = await scope.run(list, { userId })
      const key = rows[0] && (await vault.userKey(userId, rows[0].wrapped))
      return rows.flatMap(row =>
        key
          ? {
              id: row.id,
              userId,
              address: key.open(addressOf(row.id), row.address_sealed),
              primary: row.is_primary,
              verifiedAt: row.verified_at,
            }
          : [],
      )
    },

    async addAddress({ id, userId, address, verifiedAt }) {
      const key = await vault.userKey(userId)
      try {
        await scope.change(insert, {
          user_id: userId,
          id,
          address_index: vault.blindIndex('email-address', address),
          address_sealed: key.seal(addressOf(id), address),
          verified_at: verifiedAt,
        })
      } catch (error) {
        throw isUniqueViolation(error) ? new AppError('conflict', { cause: error }) : error
      }
    },

    async removeAddress(userId, id) {
      if (!isId(userId) || !isId(id)) return false
      const [, removed] = await Promise.all([scope.run(lockUser, { userId }), scope.change(remove, { userId, id })])
      return removed === 1
    },

    async makePrimary(userId, id) {
      if (!isId(userId) || !isId(id)) return false
      const [, , promoted] = await Promise.all([
        scope.run(lockUser, { userId }),
        scope.change(demoteOthers, { userId, id }),
        scope.change(promote, { userId, id }),
      ])
      return promoted === 1
    },
  }
}
