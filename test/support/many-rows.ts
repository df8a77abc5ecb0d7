import type { DurableState } from './durable-state.ts'

/**
 * Makes `copies` of each row that is there, with other ids, keys and moments, so that plans are made as in a large installation. Only
 * for a database that is thrown away: it has no foreign keys any more.
 */
export async function multiplyRows(
  state: Pick<DurableState, 'execute'>,
  tables: readonly string[],
  copies: number,
): Promise<void> {
  const ask = async (text: string) => (await state.execute(text)).rows
  const foreignKeys = await ask(
    `select conrelid::regclass::text as table, conname as name from pg_constraint
     where contype = 'f' and connamespace = 'latchkey'::regnamespace`,
  )
  for (const { table, name } of foreignKeys) await ask(`alter table ${String(table)} drop constraint ${String(name)}`)
  for (const table of tables) {
    const columns = await ask(
      `select attname as name, format_type(atttypid, null) as type, exists (
         select from pg_index where indrelid = attrelid and indisunique and attnum = any(indkey::int2[])) and not exists (
         select from pg_constraint where contype = 'c' and conrelid = attrelid and conkey = array[attnum]
           and pg_get_constraintdef(oid) ~ ' = (\\d|ANY)') as is_unique
       from pg_attribute where attrelid = 'latchkey.${table}'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    )
    const names = columns.map(({ name }) => `"${String(name)}"`).join(', ')
    const values = columns.map(column => another(String(column['name']), String(column['type']), column['is_unique'] === true))
    await ask(`alter table latchkey.${table} no force row level security`)
    await ask(
      `insert into latchkey.${table} (${names}) select ${values.join(', ')}
       from (select * from latchkey.${table} limit 1) as t, generate_series(1, ${copies}) as number on conflict do nothing`,
    )
    await ask(`alter table latchkey.${table} force row level security`)
    await ask(`analyze latchkey.${table}`)
  }
}

/** What stands in a column of a copy. One that may have but a few values keeps its own. */
function another(name: string, type: string, isUnique: boolean): string {
  const column = `t."${name}"`
  if (type === 'uuid') return `case when ${column} is null then null else gen_random_uuid() end`
  if (type.startsWith('timestamp')) return `${column} + number * interval '1 second'`
  if (!isUnique) return column
  if (type === 'bytea') return `sha256(convert_to(number || '${name}', 'UTF8'))`
  if (type === 'text') return `md5(number || '${name}')`
  if (type === 'bigint' || type === 'integer') return `${column} + number`
  return column
}
