import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
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
import { AppError } from '../../provider/kernel/errors.ts'
import { newId } from '../../provider/kernel/ids.ts'
import type { FieldCipher } from '../../provider/ports/field-cipher.ts'
import type { JobPayloads, JobRunner } from '../../provider/ports/jobs.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { runStatements } from '../support/servers.ts'

const signIn: AccessMode = { kind: 'system', reason: 'sign-in' }

interface Queue {
  database: SqlDatabase
  cipher: FieldCipher
  /** URL or directory of the database, and the key file: for a second process. */
  place: string
  keyFile: string
  /** Everything that was logged by runners of this queue. */
  logged: string[]
  openRunner(database?: SqlDatabase): Promise<JobRunner>
  /** Opens the same database again; an embedded one has to be closed before. */
  reopen(closing?: Cleaning): Promise<SqlDatabase>
}

type Kind = 'embedded' | 'postgres'

type Cleaning = Array<() => Promise<unknown>>

/** What a test leaves behind, and what a group of tests does. */
const cleaning: Cleaning = []
const cleaningAtLast: Cleaning = []
afterEach(() => cleanUp(cleaning))
afterAll(() => cleanUp(cleaningAtLast))

async function cleanUp(list: Cleaning): Promise<void> {
  for (const clean of list.splice(0).toReversed()) await clean()
}

async function openQueue(kind: Kind, later: Cleaning): Promise<Queue> {
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
    openRunner: async (on = database) => {
      const runner = await openJobRunner(on, cipher, log, { upkeepSeconds: 1 })
      cleaning.push(() => runner.stop())
      return runner
    },
  }
}

function mail(subject: string): JobPayloads['mail'] {
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

function enqueue({ database, cipher }: Pick<Queue, 'database' | 'cipher'>, ...subjects: string[]): Promise<void> {
  return database.transaction(signIn, async scope => {
    for (const subject of subjects) await enqueueJob(scope, cipher, 'mail', mail(subject))
  })
}

async function readJobs(database: SqlDatabase): Promise<Array<Record<string, unknown>>> {
  const { rows } = await database.execute(
    'select *, extract(epoch from start_after - now())::float8 as due_in from latchkey_jobs.job',
  )
  return rows
}

async function runCollecting(runner: JobRunner): Promise<string[]> {
  const subjects: string[] = []
  await runner.work('mail', async ({ message }) => void subjects.push(message.subject))
  return subjects
}

describe.each<{ kind: Kind }>([{ kind: 'embedded' }, { kind: 'postgres' }])('a job on $kind', ({ kind }) => {
  let queue: Queue
  beforeAll(async () => {
    queue = await openQueue(kind, cleaningAtLast)
  })
  beforeEach(async () => {
    await queue.database.execute('delete from latchkey_jobs.job')
    queue.logged.splice(0)
  })

  it('runs as soon as its transaction has committed, and leaves nothing behind', async () => {
    const subjects = await runCollecting(await queue.openRunner())
    // The look at the start is over; the next poll is a second and a half away, or more.
    await pause(300)
    const began = performance.now()
    await enqueue(queue, 'hello')
    await expect.poll(() => subjects, { interval: 5 }).toEqual(['hello'])
    expect(performance.now() - began).toBeLessThan(1_000)
    await expect.poll(() => readJobs(queue.database)).toEqual([])
  })

  it('does not exist where its transaction was undone', async () => {
    const subjects = await runCollecting(await queue.openRunner())
    await expect(
      queue.database.transaction(signIn, async scope => {
        await enqueueJob(scope, queue.cipher, 'mail', mail('never'))
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    await enqueue(queue, 'after')
    await expect.poll(() => subjects).toEqual(['after'])
    expect(await readJobs(queue.database)).toEqual([])
  })

  it('is kept sealed, for its own row and queue', async () => {
    await enqueue(queue, 'one', 'two')
    const jobs = await readJobs(queue.database)
    expect(jobs).toHaveLength(2)
    expect(JSON.stringify(jobs)).not.toMatch(/planted|one|two/)

    await queue.database.execute('update latchkey_jobs.job as a set data = b.data from latchkey_jobs.job as b where a.id <> b.id')
    const subjects = await runCollecting(await queue.openRunner())
    await expect.poll(async () => (await readJobs(queue.database)).map(job => job['state'])).toEqual(['retry', 'retry'])
    expect(subjects).toEqual([])
  })

  it('that fails is tried again with growing pauses for more than a day, and what failed is not kept', async () => {
    const runner = await queue.openRunner()
    await runner.work('mail', async () => {
      throw new Error('550 <planted@example.com> is not here')
    })
    await enqueue(queue, 'hello')
    const pauses: number[] = []
    for (;;) {
      await expect.poll(async () => (await readJobs(queue.database))[0]?.['state'], { interval: 5 }).toMatch(/retry|failed/)
      const [job] = await readJobs(queue.database)
      if (job?.['state'] === 'failed') break
      pauses.push(Number(job?.['due_in']))
      // Time is made to pass, and the runner to look.
      await queue.database.execute('update latchkey_jobs.job set start_after = now()')
      await queue.database.transaction(signIn, async scope => {
        await scope.query('select 1')
        scope.announce('job:mail')
      })
      await expect.poll(async () => (await readJobs(queue.database))[0]?.['due_in'] !== 0, { interval: 5 }).toBe(true)
      await expect
        .poll(async () => Number((await readJobs(queue.database))[0]?.['retry_count']), { interval: 5 })
        .toBe(pauses.length)
    }
    expect(pauses[0]).toBeLessThan(5)
    expect(pauses.at(-1)).toBeGreaterThan(3_500)
    expect(pauses.every((seconds, at) => at === 0 || seconds >= (pauses[at - 1] ?? 0) * 0.9)).toBe(true)
    expect(pauses.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(24 * 3600)
    expect(JSON.stringify(await readJobs(queue.database))).not.toContain('planted')
    expect(queue.logged.join('')).not.toContain('planted')
  }, 60_000)

  it('that will never succeed is given up at once', async () => {
    const runner = await queue.openRunner()
    let calls = 0
    await runner.work('mail', async () => {
      calls += 1
      throw new AppError('address-unusable')
    })
    await enqueue(queue, 'hello')
    await expect.poll(() => calls).toBe(1)
    await expect.poll(() => readJobs(queue.database)).toEqual([])
    expect(queue.logged.join('')).toContain('given up')
  })

  it('is waited for when the runner stops, and no other is begun', async () => {
    const runner = await queue.openRunner()
    const subjects: string[] = []
    let finish = () => {}
    await runner.work('mail', ({ message }) => {
      subjects.push(message.subject)
      return new Promise<void>(resolve => {
        finish = resolve
      })
    })
    await enqueue(queue, 'first')
    await expect.poll(() => subjects).toEqual(['first'])
    const stopped = runner.stop()
    await enqueue(queue, 'second')
    await pause(100)
    finish()
    await stopped
    expect(subjects).toEqual(['first'])
    expect((await readJobs(queue.database)).map(job => job['state'])).toEqual(['created'])
  })

  it('survives kill -9 of the process that was busy with it', async () => {
    const own = await openQueue(kind, cleaning)
    await enqueue(own, 'hello')
    if (kind === 'embedded') await own.database.close()
    const holder = spawn(
      process.execPath,
      [join(import.meta.dirname, '../support/job-holder.ts'), kind, own.place, own.keyFile],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const [taken] = await once(holder.stdout, 'data')
    expect(String(taken)).toBe('hello\n')
    holder.kill('SIGKILL')
    await once(holder, 'exit')

    const database = kind === 'embedded' ? await own.reopen() : own.database
    // The dead process's claim is over twenty seconds after its last sign of life.
    if (kind === 'postgres') await database.execute(`update latchkey_jobs.job set heartbeat_on = now() - interval '21 seconds'`)
    const subjects = await runCollecting(await own.openRunner(database))
    await expect.poll(() => subjects, { timeout: 15_000 }).toEqual(['hello'])
  }, 40_000)
})

describe('jobs on PostgreSQL', () => {
  let queue: Queue
  beforeAll(async () => {
    queue = await openQueue('postgres', cleaningAtLast)
  })
  beforeEach(() => queue.database.execute('delete from latchkey_jobs.job'))

  it('run once each, on several nodes at a time, in crowds', async () => {
    const second = await queue.reopen(cleaning)
    const nodes = [await runCollecting(await queue.openRunner()), await runCollecting(await queue.openRunner(second))]
    const subjects = Array.from({ length: 300 }, (_, at) => `mail ${at}`)
    await Promise.all(subjects.map((subject, at) => enqueue({ ...queue, database: at % 2 ? second : queue.database }, subject)))
    await expect.poll(() => nodes.flat().toSorted(), { timeout: 10_000 }).toEqual(subjects.toSorted())
    expect(nodes.every(({ length }) => length > 0)).toBe(true)
    await expect.poll(() => readJobs(queue.database)).toEqual([])
  })

  it('of another node are found within two seconds', async () => {
    const subjects = await runCollecting(await queue.openRunner(await queue.reopen(cleaning)))
    await pause(300)
    await enqueue(queue, 'hello')
    await expect.poll(() => subjects, { timeout: 5_000 }).toEqual(['hello'])
  })

  it('that take long stay with the node that is alive', async () => {
    const runner = await queue.openRunner()
    let finish = () => {}
    await runner.work('mail', () => new Promise<void>(resolve => void (finish = resolve)))
    await enqueue(queue, 'hello')
    await expect.poll(async () => (await readJobs(queue.database))[0]?.['state']).toBe('active')
    // As if most of the claim's time were over: only a renewal keeps it.
    await queue.database.execute(`update latchkey_jobs.job set heartbeat_on = now() - interval '14 seconds'`)
    await pause(8_000)
    expect((await readJobs(queue.database))[0]?.['state']).toBe('active')
    finish()
    await expect.poll(() => readJobs(queue.database)).toEqual([])
  }, 20_000)

  it('go on by themselves after the database was away', async () => {
    const subjects = await runCollecting(await queue.openRunner())
    await queue.database.asOwner(owner =>
      owner.execute(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      ),
    )
    await expect
      .poll(() =>
        enqueue(queue, 'hello').then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
    await expect.poll(() => subjects, { timeout: 5_000 }).toContain('hello')
    await expect.poll(() => readJobs(queue.database)).toEqual([])
  })

  it('are added by every access mode and read by none, and run by a login that owns nothing', async () => {
    const { url, drop } = await createTestDatabase()
    const login = `latchkey_serving_${newId().slice(-12)}`
    await runStatements(url, [`create role ${login} login password 'x'`])
    cleaning.push(() => runStatements(inject('postgresUrl'), [`drop role ${login}`]), drop)
    const servingUrl = new URL(url)
    servingUrl.username = login
    servingUrl.password = 'x'
    const database = openPostgres({ url: servingUrl.href, migrationUrl: url, pooled: false, poolSize: 3 })
    cleaning.push(() => database.close())
    await migrate(database)
    await migrateJobs(database)
    await migrateJobs(database)
    const { cipher } = queue

    const runner = await openJobRunner(database, cipher, createTelemetry({ level: 'silent' }).log, { upkeepSeconds: 1 })
    cleaning.push(() => runner.stop())
    const subjects = await runCollecting(runner)
    const modes: AccessMode[] = [
      signIn,
      { kind: 'self', userId: newId() },
      { kind: 'workspace', workspaceId: newId(), actor: { kind: 'system', reason: 'job' } },
    ]
    for (const mode of modes) {
      await database.transaction(mode, scope => enqueueJob(scope, cipher, 'mail', mail(mode.kind)))
      for (const statement of [
        'select data from latchkey_jobs.job',
        'delete from latchkey_jobs.job',
        `update latchkey_jobs.job set state = 'failed'`,
      ]) {
        await expect(database.transaction(mode, scope => scope.query(statement))).rejects.toMatchObject({ code: 'forbidden' })
      }
    }
    await expect.poll(() => subjects.toSorted()).toEqual(['self', 'system', 'workspace'])
    await expect.poll(() => readJobs(database)).toEqual([])
    await expect(database.execute('create table latchkey_jobs.mine (x int)')).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('are migrated by several nodes that start at once', async () => {
    const { url, drop } = await createTestDatabase()
    cleaning.push(drop)
    const nodes = Array.from({ length: 4 }, () => openPostgres({ url, pooled: false, poolSize: 2 }))
    cleaning.push(() => Promise.all(nodes.map(node => node.close())))
    await Promise.all(
      nodes.map(async node => {
        await migrate(node)
        await migrateJobs(node)
      }),
    )
    expect(await readJobs(nodes[0] ?? expect.fail('no node'))).toEqual([])
  })
})
