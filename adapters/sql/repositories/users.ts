import { type InferResult, sql } from 'kysely'
import { AppError } from '../../../provider/kernel/errors.ts'
import { isId, newId } from '../../../provider/kernel/ids.ts'
import type { UserRecord, UserWithFactors } from '../../../provider/ports/records.ts'
import type { UserRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import { isUniqueViolation } from '../errors.ts'
import { prepare, queries } from '../statement.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { hasPasskey, hasTotpDevice } from './enrolled-factors.ts'

/** A user with everything that opens it: who has no key any more has been erased, and is not found. */
export const userQuery = () =>
  queries
    .selectFrom('users as u')
    .innerJoin('user_keys as k', 'k.user_id', 'u.id')
    .innerJoin('user_addresses as a', join => join.onRef('a.user_id', '=', 'u.id').on('a.is_primary', '=', true))
    .select([
      'u.id as user_id',
      'u.status as user_status',
      'u.name_sealed as user_name_sealed',
      'u.locale as user_locale',
      'u.created_at as user_created_at',
      'u.erasure_due_at as user_erasure_due_at',
      'u.proofs_from as user_proofs_from',
      'u.proofs_from_browser as user_proofs_from_browser',
      'u.proofs_from_there as user_proofs_from_there',
      'k.wrapped as user_key',
      'a.id as address_id',
      'a.address_sealed',
      'a.verified_at as address_verified_at',
    ])

/** To be selected beside it, where something is authorized: everywhere else nobody asks, and it would be looked up in vain. */
export const hasFactors = sql<boolean>`(${hasPasskey('u.id')} or ${hasTotpDevice('u.id')})`.as('user_has_factors')

type UserRow = InferResult<ReturnType<typeof userQuery>>[number]

const findById = prepare<{ userId: string }>()(parameter => userQuery().where('u.id', '=', parameter.userId))

const findWithFactors = prepare<{ userId: string }>()(parameter =>
  userQuery().select(hasFactors).where('u.id', '=', parameter.userId),
)

// By any address of theirs; the primary one is what the record carries.
const findByAddress = prepare<{ addressIndex: Buffer }>()(parameter =>
  userQuery()
    .innerJoin('user_addresses as typed', 'typed.user_id', 'u.id')
    .select('typed.vouched_by')
    .where('typed.address_index', '=', parameter.addressIndex),
)

const insertUser = prepare<{ id: string; locale: string; createdAt: Date }>()(parameter =>
  queries
    .insertInto('users')
    .values({ id: parameter.id, status: 'active', name_sealed: null, locale: parameter.locale, created_at: parameter.createdAt }),
)

const insertKey = prepare<{ userId: string; wrapped: Buffer }>()(parameter =>
  queries.insertInto('user_keys').values({ user_id: parameter.userId, wrapped: parameter.wrapped }),
)

const insertAddress = prepare<{
  userId: string
  id: string
  index: Buffer
  sealed: Buffer
  verifiedAt: Date
  vouchedBy: string | null
}>()(parameter =>
  queries.insertInto('user_addresses').values({
    user_id: parameter.userId,
    id: parameter.id,
    address_index: parameter.index,
    address_sealed: parameter.sealed,
    is_primary: true,
    verified_at: parameter.verifiedAt,
    vouched_by: parameter.vouchedBy,
  }),
)

const confirmAddress = prepare<{ userId: string; addressIndex: Buffer }>()(parameter =>
  queries
    .updateTable('user_addresses')
    .set({ vouched_by: null })
    .where('user_id', '=', parameter.userId)
    .where('address_index', '=', parameter.addressIndex)
    .where('vouched_by', 'is not', null),
)

export async function openUser(row: UserRow, vault: Vault): Promise<UserRecord> {
  const key = await vault.userKey(row.user_id, row.user_key)
  return {
    id: row.user_id,
    status: row.user_status,
    address: key.open({ table: 'user_addresses', column: 'address', row: row.address_id }, row.address_sealed),
    addressVerifiedAt: row.address_verified_at,
    name: row.user_name_sealed ? key.open({ table: 'users', column: 'name', row: row.user_id }, row.user_name_sealed) : undefined,
    locale: row.user_locale,
    createdAt: row.user_created_at,
    erasureDueAt: fromNullable(row.user_erasure_due_at),
    proofsFrom:
      row.user_proofs_from === null
        ? undefined
        : {
            moment: row.user_proofs_from,
            exceptBrowser: fromNullable(row.user_proofs_from_browser),
            momentThere: fromNullable(row.user_proofs_from_there),
          },
  }
}

export async function openUserWithFactors(row: UserRow & { user_has_factors: boolean }, vault: Vault): Promise<UserWithFactors> {
  return { ...(await openUser(row, vault)), hasFactors: row.user_has_factors }
}

export function createUserRepository(scope: SqlScope, vault: Vault): UserRepository {
  return {
    async findById(userId) {
      if (!isId(userId)) return undefined
      const [row] = await scope.run(findById, { userId })
      return row && openUser(row, vault)
    },

    async findWithFactors(userId) {
      if (!isId(userId)) return undefined
      const [row] = await scope.run(findWithFactors, { userId })
      return row && openUserWithFactors(row, vault)
    },

    async findByAddress(address) {
      const [row] = await scope.run(findByAddress, { addressIndex: vault.blindIndex('email-address', address) })
      return row && { ...(await openUser(row, vault)), vouchedBy: fromNullable(row.vouched_by) }
    },

    async confirmAddress(userId, address) {
      const addressIndex = vault.blindIndex('email-address', address)
      return isId(userId) && (await scope.change(confirmAddress, { userId, addressIndex })) === 1
    },

    async create({ id, address, locale, createdAt, vouchedBy = null }) {
      const { wrapped, key } = await vault.createUserKey(id)
      const addressId = newId()
      const sealed = key.seal({ table: 'user_addresses', column: 'address', row: addressId }, address)
      const index = vault.blindIndex('email-address', address)
      try {
        await Promise.all([
          scope.change(insertUser, { id, locale, createdAt }),
          scope.change(insertKey, { userId: id, wrapped }),
          scope.change(insertAddress, { userId: id, id: addressId, index, sealed, verifiedAt: createdAt, vouchedBy }),
        ])
      } catch (error) {
        throw isUniqueViolation(error) ? new AppError('conflict', { cause: error }) : error
      }
    },
  }
}
