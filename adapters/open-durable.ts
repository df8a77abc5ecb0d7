import { resolve } from 'node:path'
import type { Settings } from '../config/schema.ts'
import type { Clock } from '../provider/kernel/clock.ts'
import { AppError, StartError } from '../provider/kernel/errors.ts'
import type { Data } from '../provider/ports/data.ts'
import type { FieldCipher } from '../provider/ports/field-cipher.ts'
import type { InstallationKeys, KeyWrapper } from '../provider/ports/key-wrapper.ts'
import { ClosingList } from './closing-list.ts'
import { openKeyWrapper } from './kms/open-key-wrapper.ts'
import { createSqlData } from './sql/data.ts'
import type { SqlDatabase } from './sql/database.ts'
import { openEmbedded } from './sql/embedded.ts'
import { createInstallationKeys } from './sql/installation-keys.ts'
import { migrateJobs } from './sql/jobs.ts'
import { migrate } from './sql/migrate.ts'
import { openPostgres } from './sql/postgres.ts'

/** Opens the envelope. It is a feature, which adapters do not know: whoever opens adapters brings it along. */
export type OpenCipher = (options: {
  keyWrapper: KeyWrapper
  installationKeys: InstallationKeys
  clock: Clock
}) => Promise<FieldCipher>

/** Durable state, and what it takes to read it. */
export interface Durable {
  database: SqlDatabase
  data: Data
  cipher: FieldCipher
  keyWrapper: KeyWrapper
  close(): Promise<void>
}

/**
 * Opens the database and the master key. `whenOld` says what becomes of a database that this version has not prepared:
 * `migrate` brings it to the state of this version; `refuse` rejects with StartError where nothing is there, and leaves alone
 * what others may be serving from. An embedded one is always migrated, since nobody else can be serving from it.
 */
export async function openDurable(
  settings: Settings,
  options: { clock: Clock; openCipher: OpenCipher; whenOld: 'migrate' | 'refuse' },
): Promise<Durable> {
  const { clock, openCipher, whenOld } = options
  const closing = new ClosingList()
  try {
    const keyWrapper = await openKeyWrapper(settings)
    closing.add(() => keyWrapper.close())
    const database = await openDatabase(settings)
    closing.add(() => database.close())
    if (whenOld === 'migrate' || database.kind === 'embedded') await migrateAll(database, settings)
    else await assertMigrated(database)
    const cipher = await openCipher({ keyWrapper, installationKeys: createInstallationKeys(database), clock })
    return { database, data: createSqlData(database, cipher), cipher, keyWrapper, close: () => closing.closeAll() }
  } catch (error) {
    await closing.closeAll()
    throw error
  }
}

/**
 * Brings the database to the state of this version. Answers the names of the migrations that were applied. Rejects with
 * StartError where that cannot be done.
 */
export async function migrateAll(database: SqlDatabase, { databaseUrl, databaseMigrationUrl }: Settings): Promise<string[]> {
  try {
    const applied = await migrate(database)
    await migrateJobs(database)
    return applied
  } catch (error) {
    throw databaseMigrationUrl === undefined
      ? explainUnreachable('DATABASE_URL', databaseUrl, error)
      : explainUnreachable('DATABASE_MIGRATION_URL', databaseMigrationUrl, error)
  }
}

/**
 * PostgreSQL where DATABASE_URL names one, else the embedded database, which serves one process. Rejects with StartError where
 * it cannot be reached or is in use.
 */
export async function openDatabase(settings: Settings): Promise<SqlDatabase> {
  const { databaseUrl: url, databaseMigrationUrl: migrationUrl, databasePooled: pooled, databasePoolSize: poolSize } = settings
  if (url === undefined) return openEmbedded({ directory: embeddedDirectory(settings) })
  const database = openPostgres({ url, migrationUrl, pooled, poolSize })
  try {
    await database.ping()
    return database
  } catch (error) {
    await database.close()
    throw explainUnreachable('DATABASE_URL', url, error)
  }
}

export function embeddedDirectory({ dataDirectory }: Settings): string {
  return resolve(dataDirectory, 'database')
}

async function assertMigrated(database: SqlDatabase): Promise<void> {
  const { rows } = await database.execute(`select to_regclass('latchkey.installation_keys') is not null as found`)
  if (rows[0]?.['found'] === true) return
  throw new StartError('The database holds nothing of Latchkey yet. Run "latchkey migrate", or start the server once.')
}

/** The server's own words, which name the login but not its password. */
function explainUnreachable(variable: string, url: string | undefined, error: unknown): unknown {
  if (url === undefined || !(error instanceof AppError && error.code === 'unavailable')) return error
  const { host } = new URL(url)
  const reason = reasonOf(error.cause)
  return new StartError(
    `${variable}: the database${host === '' ? '' : ` at ${host}`} cannot be used (${reason}). Check the address and the login, and that it runs and lets this machine in.`,
    { cause: error },
  )
}

/** Where a name has several addresses, the attempts on each of them come in one error that says nothing itself. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError) return cause.errors.map(reasonOf).join('; ')
  return cause instanceof Error ? cause.message : 'no reason given'
}
