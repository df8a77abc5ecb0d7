/** Rows by COPY: through a file that the database server reads, which is how it takes them fastest. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'

export type CopyValue = string | number | boolean | Date | Buffer | readonly string[] | object | null

export interface Copier {
  /** Columns are those of the first row; all rows have the same ones. */
  copy(table: string, rows: readonly Record<string, CopyValue>[]): Promise<void>
  close(): Promise<void>
}

/** `folder` is one that the database server may read. Triggers, and so foreign keys, are left out: what is written fits together. */
export async function openCopier(superuserUrl: string, folder: string, name: string): Promise<Copier> {
  const client = new Client({ connectionString: superuserUrl })
  await client.connect()
  await client.query("set session_replication_role = 'replica'")
  let files = 0
  return {
    async copy(table, rows) {
      const columns = Object.keys(rows[0] ?? {})
      if (columns.length === 0) return
      files += 1
      const file = join(folder, `${name}-${files}`)
      writeFileSync(file, rows.map(row => `${columns.map(column => encode(row[column] ?? null)).join('\t')}\n`).join(''), {
        mode: 0o644,
      })
      await client.query(`copy latchkey.${table} (${columns.join(', ')}) from '${file}'`)
      rmSync(file)
    },
    close: () => client.end(),
  }
}

/** COPY's text format. */
function encode(value: CopyValue): string {
  if (value === null) return String.raw`\N`
  if (Buffer.isBuffer(value)) return String.raw`\\x${value.toString('hex')}`
  if (value instanceof Date) return value.toISOString()
  // Of ids, roles and permissions, in which nothing needs quotes.
  if (Array.isArray(value)) return `{${value.join(',')}}`
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text.replaceAll(/[\\\t\n\r]/g, escaped)
}

function escaped(character: string): string {
  return { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }[character] ?? character
}
