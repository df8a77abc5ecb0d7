import type { AppRecord } from '../../../provider/ports/records.ts'
import type { AppRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { canBeKept, fromNullable } from '../values.ts'

interface AppRow {
  client_id: string
  secret_hash: Buffer | null
  metadata: Record<string, unknown>
  source: AppRecord['source']
  created_at: Date
}

const find = prepare<{ clientId: string }>()(parameter =>
  queries.selectFrom('apps').selectAll().where('client_id', '=', parameter.clientId),
)

const list = prepare<object>()(() => queries.selectFrom('apps').selectAll().orderBy('client_id'))

const upsert = prepare<{
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
    .onConflict(conflict =>
      conflict.column('client_id').doUpdateSet(({ ref }) => ({
        secret_hash: ref('excluded.secret_hash'),
        metadata: ref('excluded.metadata'),
        source: ref('excluded.source'),
      })),
    ),
)

const remove = prepare<{ clientId: string }>()(parameter =>
  queries.deleteFrom('apps').where('client_id', '=', parameter.clientId),
)

export function createAppRepository(scope: SqlScope): AppRepository {
  return {
    async find(clientId) {
      if (!canBeKept(clientId)) return undefined
      const [row] = await scope.run(find, { clientId })
      return row && describe(row)
    },
    list: async () => (await scope.run(list, {})).map(describe),
    async upsert({ clientId, secretHash, metadata, source, createdAt }) {
      await scope.post(upsert, { clientId, secretHash: secretHash ?? null, metadata, source, createdAt })
    },
    async delete(clientId) {
      await scope.post(remove, { clientId })
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
