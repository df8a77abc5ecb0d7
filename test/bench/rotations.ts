import type { PassResult } from './load/generator.ts'
import type { Stores } from './stores.ts'
import type { Subject } from './subject.ts'

/** What lies in the stores. */
export interface StoreSize {
  /** Live rows and their bytes by table, the audit log apart: it is a log, and grows by design. */
  rows: number
  rowBytes: number
  auditRows: number
  auditBytes: number
  /** Keys and their bytes, counters of limits apart: they vanish with their window. */
  keys: number
  keyBytes: number
}

export interface RotationResult {
  rotations: number
  before: StoreSize
  after: StoreSize
  pass: PassResult
}

/** One refresh token, rotated again and again: what is kept for it must not grow. */
export async function measureRotations(subject: Subject, stores: Stores, rotations: number): Promise<RotationResult> {
  // A first stretch, so that both readings find a family that has been rotated before.
  await subject.load<PassResult>({ do: 'rotate', rotations: 10 })
  const before = await readSize(stores)
  const pass = await subject.load<PassResult>({ do: 'rotate', rotations })
  return { rotations, before, after: await readSize(stores), pass }
}

async function readSize(stores: Stores): Promise<StoreSize> {
  const tables = await stores.query<{ schema: string; name: string }>(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  )
  const size: StoreSize = { rows: 0, rowBytes: 0, auditRows: 0, auditBytes: 0, keys: 0, keyBytes: 0 }
  for (const { schema, name } of tables) {
    const table = `"${schema}"."${name}"`
    const [found] = await stores.query<{ rows: string; bytes: string }>(
      `SELECT count(*) AS rows, coalesce(sum(pg_column_size(t.*)), 0) AS bytes FROM ${table} t`,
    )
    const [rows, bytes] = [Number(found?.rows ?? 0), Number(found?.bytes ?? 0)]
    if (name.startsWith('audit')) {
      size.auditRows += rows
      size.auditBytes += bytes
    } else if (schema !== 'pgboss') {
      size.rows += rows
      size.rowBytes += bytes
    }
  }
  for await (const keys of stores.redis.scanStream({ count: 1000 })) {
    for (const key of keys as string[]) {
      if (/limit/i.test(key)) continue
      size.keys += 1
      size.keyBytes += Number(await stores.redis.memory('USAGE', key))
    }
  }
  return size
}
