import type { DurableState } from './durable-state.ts'

/** What one statement has deleted of a table, and in which transaction; what a foreign key deletes counts as a statement of its own. */
export interface CountedDeletion {
  table: string
  rows: number
  transaction: string
}

/** Counts what is deleted from now on. */
export async function countDeletions(state: DurableState): Promise<() => Promise<CountedDeletion[]>> {
  await state.execute('create table public.deletions (at bigserial, name text, rows integer, transaction text)')
  await state.execute(`create function public.count_deletion() returns trigger language plpgsql security definer as $$
    begin
      insert into public.deletions (name, rows, transaction)
        select tg_table_name, count(*), pg_current_xact_id()::text from gone having count(*) > 0;
      return null;
    end $$`)
  const { rows: tables } = await state.execute(`select tablename as name from pg_tables where schemaname = 'latchkey'`)
  for (const { name } of tables)
    await state.execute(
      `create trigger count_deletion after delete on latchkey.${String(name)} referencing old table as gone
       for each statement execute function public.count_deletion()`,
    )
  return async () => {
    const { rows } = await state.execute('select name, rows, transaction from public.deletions order by at')
    return rows.map(row => ({ table: String(row['name']), rows: Number(row['rows']), transaction: String(row['transaction']) }))
  }
}

/** Adds rows as the owner of the tables, whatever the policies say. `text`: an `insert into`. */
export async function insertMany(state: DurableState, text: string, values: unknown[]): Promise<void> {
  const tables = new Set([...text.matchAll(/latchkey\.(\w+)/g)].map(([name]) => name))
  for (const table of tables) await state.execute(`alter table ${table} no force row level security`)
  await state.execute(text, values)
  for (const table of tables) await state.execute(`alter table ${table} force row level security`)
}
