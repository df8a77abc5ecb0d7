import { AppError } from '../../../provider/kernel/errors.ts'
import type { AppRecord } from '../../../provider/ports/records.ts'
import type { AppRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import type { Schema } from '../schema.ts'
import { removalFrom } from '../remains.ts'
import { prepare, queries } from '../statement.ts'
import { canBeKept, fromNullable } from '../values.ts'

type AppRow = Schema['apps']

// Any number that no other lock of this database has.
const appLock = 4_201_650_120

const find = prepare<{ clientId: string }>()(parameter =>
  queries.selectFrom('apps').selectAll().where('client_id', '=', parameter.clientId),
)

const list = prepare<object>()(() => queries.selectFrom('apps').selectAll().orderBy('client_id'))

const insert = prepare<{
  clientId: string
  secretHash: Buffer | null
  metadata: Record<string, unknown>
  source: AppRecord['source']
  createdAt: Date
}>()(parameter =>
  queries
    .insertInto('apps')
    .values({
      client_id: parameter.clientId,
      secret_hash: parameter.secretHash,
      metadata: parameter.metadata,
      source: parameter.source,
      created_at: parameter.createdAt,
    })
    .onConflict(conflict => conflict.column('client_id').doNothing()),
)

const replace = prepare<{
  clientId: string
  secretHash: Buffer | null
  metadata: Record<string, unknown>
}>()(parameter =>
  queries
    .updateTable('apps')
    .set({ secret_hash: parameter.secretHash, metadata: parameter.metadata })
    .where('client_id', '=', parameter.clientId),
)

const remove = prepare<{ clientId: string }>()(parameter =>
  queries.deleteFrom('apps').where('client_id', '=', parameter.clientId),
)

const removeConsents = removalFrom('consents', ['user_id', 'client_id'], 'client_id')
const consentsAtOnce = 500

export function createAppRepository(scope: SqlScope): AppRepository {
  return {
    async find(clientId) {
      if (!canBeKept(clientId)) return undefined
      const [row] = await scope.run(find, { clientId })
      return row && describe(row)
    },
    list: async () => (await scope.run(list, {})).map(describe),
    async insert({ clientId, secretHash, metadata, source, createdAt }) {
      const inserted = await scope.change(insert, { clientId, secretHash: secretHash ?? null, metadata, source, createdAt })
      if (inserted === 0) throw new AppError('conflict', { detail: `There is an app with the client id ${clientId} already.` })
    },
    async replace({ clientId, secretHash, metadata }) {
      await scope.post(replace, { clientId, secretHash: secretHash ?? null, metadata })
    },
    async delete(clientId) {
      // With the app or not at all, and yet by no statement that takes along all that people have ever allowed it.
      const batch = { ownerId: clientId, limit: consentsAtOnce }
      while ((await removeConsents(scope, batch)) === consentsAtOnce);
      await scope.post(remove, { clientId })
    },
    async lock() {
      await scope.query('select pg_advisory_xact_lock($1)', [appLock])
    },
  }
}

function describe(row: AppRow): AppRecord {
  return {
    clientId: row.client_id,
    secretHash: fromNullable(row.secret_hash),
    metadata: row.metadata,
    source: row.source,
    createdAt: row.created_at,
  }
}
