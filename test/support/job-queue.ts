import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import type { SqlDatabase } from '../../adapters/sql/database.ts'
import { openEmbedded } from '../../adapters/sql/embedded.ts'
import { createInstallationKeys } from '../../adapters/sql/installation-keys.ts'
import { enqueueJob, migrateJobs, openJobRunner } from '../../adapters/sql/jobs.ts'
import { migrate } from '../../adapters/sql/migrate.ts'
import { openPostgres } from '../../adapters/sql/postgres.ts'
import { createTelemetry } from '../../adapters/telemetry/telemetry.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { newId } from '../../provider/kernel/ids.ts'
import type { FieldCipher } from '../../provider/ports/field-cipher.ts'
import type { JobPayloads, JobRunner } from '../../provider/ports/jobs.ts'
import { createTestDatabase } from './postgres.ts'

export const signIn: AccessMode = { kind: 'system', reason: 'sign-in' }

export interface Queue {
  database: SqlDatabase
  cipher: FieldCipher
  /** URL or directory of the database, and the key file: for a second process. */
  place: string
  keyFile: string
  /** Everything that was logged by runners of this queue. */
  logged: string[]
  openRunner(closing: Cleaning, database?: SqlDatabase): Promise<JobRunner>
  /** Opens the same database again; an embedded one has to be closed before. */
  reopen(closing?: Cleaning): Promise<SqlDatabase>
}

export type QueueKind = 'embedded' | 'postgres'

/** What to undo, last first. */
export type Cleaning = Array<() => Promise<unknown>>

export async function cleanUp(list: Cleaning): Promise<void> {
  for (const clean of list.splice(0).toReversed()) await clean()
}

export async function openQueue(kind: QueueKind, later: Cleaning): Promise<Queue> {
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-jobs-'))
  later.push(() => rm(directory, { recursive: true, force: true }))
  let place = join(directory, 'database')
  if (kind === 'postgres') {
    const { url, drop } = await createTestDatabase()
    later.push(drop)
    place = url
  }
  const reopen = async (closing: Cleaning = later) => {
    const opened =
      kind === 'embedded' ? await openEmbedded({ directory: place }) : openPostgres({ url: place, pooled: false, poolSize: 5 })
    closing.push(() => opened.close())
    return opened
  }
  const database = await reopen()
  await migrate(database)
  await migrateJobs(database)
  const keyFile = join(directory, 'master.key')
  const keyWrapper = await openKeyFile({ path: keyFile })
  const cipher = await openEnvelope({ keyWrapper, installationKeys: createInstallationKeys(database), clock: systemClock })
  const logged: string[] = []
  const { log } = createTelemetry({ level: 'debug', destination: { write: line => void logged.push(line) } })
  return {
    database,
    cipher,
    place,
    keyFile,
    logged,
    reopen,
    openRunner: async (closing, on = database) => {
      const runner = await openJobRunner(on, cipher, log, { upkeepSeconds: 1 })
      closing.push(() => runner.stop())
      return runner
    },
  }
}

export function mailJob(subject: string): JobPayloads['mail'] {
  return {
    message: {
      messageId: `${newId()}@id.example.com`,
      to: { name: '', address: 'planted@example.com' },
      subject,
      text: 'planted-token',
      html: '<p>planted-token</p>',
      language: 'en',
    },
  }
}

export function enqueue({ database, cipher }: Pick<Queue, 'database' | 'cipher'>, ...subjects: string[]): Promise<void> {
  return database.transaction(signIn, async scope => {
    for (const subject of subjects) await enqueueJob(scope, cipher, 'mail', mailJob(subject))
  })
}

export async function readJobs(database: SqlDatabase): Promise<Array<Record<string, unknown>>> {
  const { rows } = await database.execute(
    'select *, extract(epoch from start_after - now())::float8 as due_in from latchkey_jobs.job',
  )
  return rows
}

export async function runCollecting(runner: JobRunner): Promise<string[]> {
  const subjects: string[] = []
  await runner.work('mail', async ({ message }) => void subjects.push(message.subject))
  return subjects
}
