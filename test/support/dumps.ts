import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'

/** What a stolen backup would hold: every row of every table that is not the database's own, as text. */
export async function dumpPostgres(url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('begin')
    const { rows: tables } = await client.query<{ name: string; secured: boolean }>(
      `select format('%I.%I', schemaname, tablename) as name, rowsecurity as secured from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    const parts: string[] = []
    for (const { name, secured } of tables) {
      if (secured) await client.query(`alter table ${name} no force row level security`)
      const { rows } = await client.query(`select row_to_json(each)::text as row from ${name} as each`)
      parts.push(name, ...rows.map(({ row }) => String(row)))
    }
    return parts.join('\n')
  } finally {
    await client.end()
  }
}

/** Every key with its value. */
export async function dumpRedis(url: string): Promise<string> {
  const client = new Redis(url)
  try {
    const keys = await client.keys('*')
    const parts: string[] = []
    for (const key of keys) {
      const value = (await client.type(key)) === 'string' ? await client.getBuffer(key) : await client.dumpBuffer(key)
      parts.push(`${key} ${value?.toString('latin1')}`)
    }
    return parts.join('\n')
  } finally {
    client.disconnect()
  }
}

/** Every file below a folder, each after its name, a byte a character. */
export async function dumpFiles(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile())
  const parts = await Promise.all(
    files.map(async entry => `${entry.name}\n${(await readFile(join(entry.parentPath, entry.name))).toString('latin1')}`),
  )
  return parts.join('\n')
}

/** In which of the usual spellings a dump holds a value; empty where it holds it in none. */
export function findSpellings(dump: string, value: string): string[] {
  const bytes = Buffer.from(value)
  const spellings: Record<string, string> = {
    plain: value,
    'small letters': value.toLowerCase(),
    hex: bytes.toString('hex'),
    'per cent': encodeURIComponent(value),
    JSON: JSON.stringify(value).slice(1, -1),
    // Without the last letters, which depend on what follows.
    base64: bytes.toString('base64').replace(/=*$/, '').slice(0, -1),
    base64url: bytes.toString('base64url').slice(0, -1),
    // Read a byte a character, as the dumps of files are.
    'UTF-16': Buffer.from(value, 'utf16le').toString('latin1'),
  }
  const small = dump.toLowerCase()
  return Object.entries(spellings).flatMap(([name, text]) =>
    (name === 'small letters' || name === 'hex' ? small : dump).includes(text) ? [name] : [],
  )
}
