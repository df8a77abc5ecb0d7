/** Which tables are read from one end to the other, as Postgres counts it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

export interface WholeScan {
  table: string
  rows: number
  scans: number
  /** Rows that these scans read. */
  read: number
}

/** A table of a few pages is read whole because that is the fastest way. */
const fewRows = 1000
/** What an idle connection has counted is told within ten seconds (PGSTAT_IDLE_INTERVAL). */
const untilToldMilliseconds = 11_000

type Counts = Map<string, { rows: number; scans: number; read: number }>

/** Answers what was scanned whole while `work` ran, by `work` or by anybody else. */
export async function countWholeScans(superuserUrl: string, work: () => Promise<void>): Promise<WholeScan[]> {
  const before = await readCounts(superuserUrl)
  await work()
  const after = await readCounts(superuserUrl)
  return [...after].flatMap(([table, { rows, scans, read }]) => {
    const earlier = before.get(table)
    const found = { table, rows, scans: scans - (earlier?.scans ?? 0), read: read - (earlier?.read ?? 0) }
    return found.scans > 0 && rows > fewRows ? found : []
  })
}

async function readCounts(superuserUrl: string): Promise<Counts> {
  await sleep(untilToldMilliseconds)
  const client = new Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string; rows: string; scans: string; read: string }>(
      `select s.schemaname || '.' || s.relname as name, c.reltuples as rows, s.seq_scan as scans, s.seq_tup_read as read
       from pg_stat_user_tables s join pg_class c on c.oid = s.relid`,
    )
    return new Map(rows.map(row => [row.name, { rows: Number(row.rows), scans: Number(row.scans), read: Number(row.read) }]))
  } finally {
    await client.end()
  }
}
