import { type RawBuilder, sql } from 'kysely'
import type { Statement } from './database.ts'
import type { Schema, TableName } from './schema.ts'
import { type Placeholders, prepare, queries } from './statement.ts'

interface Sweep<Table extends TableName, Parameters> {
  table: Table
  key: keyof Schema[Table] & string
  /** Of which the lowest go first: a column with an index. */
  oldest: keyof Schema[Table] & string
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
    const chosen = sql`select ${sql.ref(key)} from ${from} where ${condition(parameter)}
      order by ${sql.ref(oldest)} limit ${parameter.limit}::bigint for update skip locked`
    const statement = sql`delete from ${from} where ${sql.ref(key)} in (${chosen})`
    return { compile: () => statement.compile(queries) }
  })
}

/** As most tables are swept: by the moment at which each row expires. */
export function prepareSweepOfExpired<Table extends 'attempts' | 'grants' | 'revoked_access_tokens' | 'sessions'>(
  table: Table,
  key: keyof Schema[Table] & string,
): Statement<{ moment: Date; limit: number }, unknown> {
  return prepareSweep({
    table,
    key,
    oldest: 'expires_at',
    condition: ({ moment }) => sql`expires_at < ${moment}`,
  })
}
