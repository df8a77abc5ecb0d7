import { type RawBuilder, sql } from 'kysely'
import type { Statement } from './database.ts'
import type { Schema, TableName } from './schema.ts'
import { type Placeholders, prepare, queries } from './statement.ts'

type Column<Table extends TableName> = keyof Schema[Table] & string

interface Sweep<Table extends TableName, Parameters> {
  table: Table
  /** The column, or columns, of its primary key. */
  key: Column<Table> | Column<Table>[]
  /** Of which the lowest go first: a column with an index. */
  oldest: Column<Table>
  /** Which rows may go. */
  condition(parameter: Placeholders<Parameters>): RawBuilder<boolean>
}

/**
 * Makes a statement that deletes up to `limit` rows, the oldest first. What another transaction has locked it passes over: of two
 * sweeps at once, neither waits for the other.
 */
export function prepareSweep<Table extends TableName, Parameters extends { limit: number }>({
  table,
  key,
  oldest,
  condition,
}: Sweep<Table, Parameters>): Statement<Parameters, unknown> {
  const from = sql.table(`latchkey.${table}`)
  return prepare<Parameters>()(parameter => {
    const keys = sql.join([key].flat().map(column => sql.ref(column)))
    const chosen = sql`select ${keys} from ${from} where ${condition(parameter)}
      order by ${sql.ref(oldest)} limit ${parameter.limit}::bigint for update skip locked`
    const statement = sql`delete from ${from} where (${keys}) in (${chosen})`
    return { compile: () => statement.compile(queries) }
  })
}

/** As most tables are swept: by the moment at which each row expires. */
export function prepareSweepOfExpired<
  Table extends 'api_answers' | 'api_keys' | 'attempts' | 'grants' | 'revoked_access_tokens' | 'sessions',
>(table: Table, key: Column<Table>): Statement<{ moment: Date; limit: number }, unknown> {
  return prepareSweep({
    table,
    key,
    oldest: 'expires_at',
    condition: ({ moment }) => sql`expires_at < ${moment}`,
  })
}
