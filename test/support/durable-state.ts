import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import { createSqlData } from '../../adapters/sql/data.ts'
import type { SqlDatabase } from '../../adapters/sql/database.ts'
import { openEmbedded } from '../../adapters/sql/embedded.ts'
import { createInstallationKeys } from '../../adapters/sql/installation-keys.ts'
import { migrateJobs } from '../../adapters/sql/jobs.ts'
import { migrate } from '../../adapters/sql/migrate.ts'
import { openPostgres } from '../../adapters/sql/postgres.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import type { Data } from '../../provider/ports/data.ts'
import type { FieldCipher } from '../../provider/ports/field-cipher.ts'
import { createTestDatabase } from './postgres.ts'

export const databaseKinds = ['embedded', 'postgres', 'postgres behind a pooler'] as const

export type DatabaseKind = (typeof databaseKinds)[number]

/** Durable state in full: an empty, migrated database, and the envelope with a master key of its own. */
export interface DurableState {
  database: SqlDatabase
  data: Data
  cipher: FieldCipher
  /** The same once more, with nothing in its cache: another process's. */
  openCipher(): Promise<FieldCipher>
  /** Where the master key is, and the files of an embedded database. */
  directory: string
  /** Of PostgreSQL itself, as the owner of the database; undefined where it is embedded. */
  url: string | undefined
  /** Statements as the owner of the tables. On PostgreSQL row-level security holds for the owner too. */
  execute: SqlDatabase['execute']
  close(): Promise<void>
}

export async function openDurableState(kind: DatabaseKind, options: { poolSize?: number } = {}): Promise<DurableState> {
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-durable-'))
  const { database, url, drop } = await openDatabase(kind, directory, options.poolSize ?? 10)
  await migrate(database)
  await migrateJobs(database)
  const keyWrapper = await openKeyFile({ path: join(directory, 'master.key') })
  const openCipher = () => openEnvelope({ keyWrapper, installationKeys: createInstallationKeys(database), clock: systemClock })
  const cipher = await openCipher()
  return {
    database,
    cipher,
    openCipher,
    directory,
    url,
    data: createSqlData(database, cipher),
    execute: (text, values) => database.asOwner(owner => owner.execute(text, values)),
    close: async () => {
      await database.close()
      await keyWrapper.close()
      await drop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function openDatabase(kind: DatabaseKind, directory: string, poolSize: number) {
  if (kind === 'embedded') {
    return { database: await openEmbedded({ directory: join(directory, 'database') }), url: undefined, drop: async () => {} }
  }
  const { url, pooledUrl, drop } = await createTestDatabase()
  if (kind === 'postgres') return { database: openPostgres({ url, pooled: false, poolSize }), url, drop }
  return { database: openPostgres({ url: pooledUrl, migrationUrl: url, pooled: true, poolSize }), url, drop }
}
