import { sql } from 'kysely'
import type { SqlScope } from './database.ts'
import type { Schema, TableName } from './schema.ts'
import { prepare, queries } from './statement.ts'

/**
 * What is left of an owner who is gone, batch by batch: no statement deletes more than `limit` rows, and none of them takes others
 * along by a foreign key, since what refers to a row goes before it.
 */

export interface OwnedBatch {
  ownerId: string
  limit: number
}

/** Deletes at most `limit` of the owner's rows; answers how many. */
export type Removal = (scope: SqlScope, batch: OwnedBatch) => Promise<number>

type Column<Table extends TableName> = keyof Schema[Table] & string

/** Of a table whose rows nothing refers to. `owner` is a column that leads an index; `key` is the primary key. */
export function removalFrom<Table extends TableName>(
  table: Table,
  key: Column<Table> | Column<Table>[],
  owner: Column<Table>,
): Removal {
  const from = sql.table(`latchkey.${table}`)
  const keys = sql.join([key].flat().map(column => sql.ref(column)))
  const statement = prepare<OwnedBatch>()(({ ownerId, limit }) => {
    const chosen = sql`select ${keys} from ${from} where ${sql.ref(owner)} = ${ownerId} limit ${limit}::bigint`
    const text = sql`delete from ${from} where (${keys}) in (${chosen})`
    return { compile: () => text.compile(queries) }
  })
  return (scope, batch) => scope.change(statement, batch)
}

/** Of grants, whose refresh families go first: of the next `limit` of them. */
export function removalOfGrants(owner: 'user_id' | 'workspace_id'): Removal {
  const list = prepare<OwnedBatch>()(parameter =>
    queries.selectFrom('grants').select('id').where(owner, '=', parameter.ownerId).limit(sql<number>`${parameter.limit}::bigint`),
  )
  return async (scope, batch) => {
    const ids = (await scope.run(list, batch)).map(({ id }) => id)
    if (ids.length === 0) return 0
    const families = await scope.change(removeFamilies, { ids, limit: batch.limit })
    return families === batch.limit ? families : families + (await scope.change(removeGrants, { ids }))
  }
}

const removeFamilies = prepare<{ ids: string[]; limit: number }>()(parameter =>
  queries
    .deleteFrom('refresh_families')
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('refresh_families as f')
        .select('f.id')
        .where(sql<boolean>`f.grant_id = any(${parameter.ids}::text[])`)
        .limit(sql<number>`${parameter.limit}::bigint`),
    ),
)

const removeGrants = prepare<{ ids: string[] }>()(parameter =>
  queries.deleteFrom('grants').where(sql<boolean>`id = any(${parameter.ids}::text[])`),
)

/** Goes through the removals in their order as far as one batch goes. False where something may be left. */
export async function removeBatch(scope: SqlScope, removals: readonly Removal[], batch: OwnedBatch): Promise<boolean> {
  let left = batch.limit
  for (const remove of removals) {
    left -= await remove(scope, { ...batch, limit: left })
    if (left <= 0) return false
  }
  return true
}
