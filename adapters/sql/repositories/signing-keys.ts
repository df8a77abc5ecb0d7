import { sql } from 'kysely'
import type { SigningKeyRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import type { Schema } from '../schema.ts'
import { prepare, queries } from '../statement.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'

type KeyRow = Schema['signing_keys']

// Any number that no other lock of this database has.
const signingKeyLock = 4_201_650_119

const list = prepare<object>()(() => queries.selectFrom('signing_keys').selectAll().orderBy('created_at').orderBy('kid'))

const insert = prepare<KeyRow>()(parameter =>
  queries.insertInto('signing_keys').values({
    kid: parameter.kid,
    algorithm: parameter.algorithm,
    private_jwk_sealed: parameter.private_jwk_sealed,
    created_at: parameter.created_at,
    signs_from: parameter.signs_from,
    retires_at: parameter.retires_at,
  }),
)

const update = prepare<{
  kid: string
  signsFrom: Date | null
  retiresAt: Date | null
  keepRetiresAt: boolean
}>()(parameter =>
  queries
    .updateTable('signing_keys')
    .set({
      signs_from: sql`coalesce(${parameter.signsFrom}, signs_from)`,
      retires_at: sql`case when ${parameter.keepRetiresAt} then retires_at else ${parameter.retiresAt} end`,
    })
    .where('kid', '=', parameter.kid),
)

const remove = prepare<{ kid: string }>()(parameter => queries.deleteFrom('signing_keys').where('kid', '=', parameter.kid))

export function createSigningKeyRepository(scope: SqlScope, { installation }: Vault): SigningKeyRepository {
  const placeOf = (kid: string) => ({ table: 'signing_keys', column: 'private_jwk', row: kid })
  return {
    async list() {
      const rows = await scope.run(list, {})
      return rows.map(row => ({
        kid: row.kid,
        algorithm: row.algorithm,
        // What `insert` sealed; the seal shows that nobody else did.
        privateJwk: JSON.parse(installation.open(placeOf(row.kid), row.private_jwk_sealed)) as Record<string, unknown>,
        createdAt: row.created_at,
        signsFrom: row.signs_from,
        retiresAt: fromNullable(row.retires_at),
      }))
    },

    async insert({ kid, algorithm, privateJwk, createdAt, signsFrom, retiresAt }) {
      await scope.post(insert, {
        kid,
        algorithm,
        private_jwk_sealed: installation.seal(placeOf(kid), JSON.stringify(privateJwk)),
        created_at: createdAt,
        signs_from: signsFrom,
        retires_at: retiresAt ?? null,
      })
    },

    async update(kid, changes) {
      await scope.post(update, {
        kid,
        signsFrom: changes.signsFrom ?? null,
        retiresAt: changes.retiresAt ?? null,
        keepRetiresAt: !('retiresAt' in changes),
      })
    },

    async delete(kid) {
      await scope.post(remove, { kid })
    },

    async lock() {
      await scope.query('select pg_advisory_xact_lock($1)', [signingKeyLock])
    },
  }
}
