import { Client } from 'pg'
import type { RunningLatchkey } from './latchkey.ts'

/**
 * Rows as the owner of the tables sees them when row-level security steps aside, which it does for the length of a transaction that
 * is then undone. For what a test has to know of durable state that no page shows.
 */
export async function readRows(latchkey: RunningLatchkey, table: string, condition = 'true'): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: latchkey.databaseUrl })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(`alter table latchkey.${table} no force row level security`)
    return (await client.query(`select * from latchkey.${table} where ${condition}`)).rows
  } finally {
    await client.end()
  }
}

export async function countEvents(latchkey: RunningLatchkey, action: string): Promise<number> {
  return (await readRows(latchkey, 'audit_events', `action = '${action}'`)).length
}

/** Changes rows past the product, as an operator with the owner's login could. */
export async function changeRows(
  latchkey: RunningLatchkey,
  table: string,
  statement: string,
  values: unknown[] = [],
): Promise<number> {
  const client = new Client({ connectionString: latchkey.databaseUrl })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(`alter table latchkey.${table} no force row level security`)
    const { rowCount } = await client.query(statement, values)
    await client.query(`alter table latchkey.${table} force row level security`)
    await client.query('commit')
    return rowCount ?? 0
  } finally {
    await client.end()
  }
}
