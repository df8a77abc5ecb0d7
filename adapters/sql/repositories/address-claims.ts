import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { AccountRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import type { Schema } from '../schema.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'

const replaceClaim = prepare<Schema['address_claims']>()(parameter =>
  queries
    .insertInto('address_claims')
    .values({
      user_id: parameter.user_id,
      id: parameter.id,
      address_sealed: parameter.address_sealed,
      code_hash: parameter.code_hash,
      tries: parameter.tries,
      created_at: parameter.created_at,
      expires_at: parameter.expires_at,
    })
    .onConflict(conflict =>
      conflict.column('user_id').doUpdateSet(({ ref }) => ({
        id: ref('excluded.id'),
        address_sealed: ref('excluded.address_sealed'),
        code_hash: ref('excluded.code_hash'),
        tries: ref('excluded.tries'),
        created_at: ref('excluded.created_at'),
        expires_at: ref('excluded.expires_at'),
      })),
    ),
)

const findClaim = prepare<{ userId: string }>()(parameter =>
  queries
    .selectFrom('address_claims as c')
    .innerJoin('user_keys as k', 'k.user_id', 'c.user_id')
    .selectAll('c')
    .select('k.wrapped')
    .where('c.user_id', '=', parameter.userId),
)

const countClaimTry = prepare<{ userId: string }>()(parameter =>
  queries.updateTable('address_claims').set({ tries: sql`tries + 1` }).where('user_id', '=', parameter.userId).returning('tries'),
)

const removeClaim = prepare<{ userId: string }>()(parameter =>
  queries.deleteFrom('address_claims').where('user_id', '=', parameter.userId),
)

type AddressClaimMethods = Pick<
  AccountRepository,
  'replaceAddressClaim' | 'findAddressClaim' | 'countAddressClaimTry' | 'deleteAddressClaim'
>

const addressOf = (id: string) => ({ table: 'address_claims', column: 'address', row: id })

/** The part of the account's repository that is about an address whose code is waited for. */
export function createAddressClaimMethods(scope: SqlScope, vault: Vault): AddressClaimMethods {
  return {
    async replaceAddressClaim({ id, userId, address, codeHash, tries, createdAt, expiresAt }) {
      const key = await vault.userKey(userId)
      await scope.post(replaceClaim, {
        user_id: userId,
        id,
        address_sealed: key.seal(addressOf(id), address),
        code_hash: codeHash,
        tries,
        created_at: createdAt,
        expires_at: expiresAt,
      })
    },

    async findAddressClaim(userId) {
      if (!isId(userId)) return undefined
      const [row] = await scope.run(findClaim, { userId })
      if (!row) return undefined
      const key = await vault.userKey(userId, row.wrapped)
      return {
        id: row.id,
        userId,
        address: key.open(addressOf(row.id), row.address_sealed),
        codeHash: row.code_hash,
        tries: row.tries,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
      }
    },

    async countAddressClaimTry(userId) {
      if (!isId(userId)) return 0
      return (await scope.run(countClaimTry, { userId }))[0]?.tries ?? 0
    },

    async deleteAddressClaim(userId) {
      if (isId(userId)) await scope.post(removeClaim, { userId })
    },
  }
}
