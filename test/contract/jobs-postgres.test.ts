import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { enqueueJob, migrateJobs, openJobRunner } from '../../adapters/sql/jobs.ts'
import { migrate } from '../../adapters/sql/migrate.ts'
import { openPostgres } from '../../adapters/sql/postgres.ts'
import { createTelemetry } from '../../adapters/telemetry/telemetry.ts'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import { newId } from '../../provider/kernel/ids.ts'
import {
  type Cleaning,
  cleanUp,
  enqueue,
  mailJob,
  openQueue,
  type Queue,
  readJobs,
  runCollecting,
  signIn,
} from '../support/job-queue.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { runStatements } from '../support/servers.ts'

/** What a test leaves behind, and what a group of tests does. */
const cleaning: Cleaning = []
const cleaningAtLast: Cleaning = []
afterEach(() => cleanUp(cleaning))
afterAll(() => cleanUp(cleaningAtLast))

describe('jobs on PostgreSQL', () => {
  let queue: Queue
  beforeAll(async () => {
    queue = await openQueue('postgres', cleaningAtLast)
  })
  beforeEach(() => queue.database.execute('delete from latchkey_jobs.job'))

  it('run once each, on several nodes at a time, in crowds', async () => {
    const second = await queue.reopen(cleaning)
    const nodes = [
      await runCollecting(await queue.openRunner(cleaning)),
      await runCollecting(await queue.openRunner(cleaning, second)),
    ]
    const subjects = Array.from({ length: 300 }, (_, at) => `mail ${at}`)
    await Promise.all(subjects.map((subject, at) => enqueue({ ...queue, database: at % 2 ? second : queue.database }, subject)))
    await expect.poll(() => nodes.flat().toSorted(), { timeout: 10_000 }).toEqual(subjects.toSorted())
    expect(nodes.every(({ length }) => length > 0)).toBe(true)
    await expect.poll(() => readJobs(queue.database)).toEqual([])
  })

  it('of another node are found within two seconds', async () => {
    const subjects = await runCollecting(await queue.openRunner(cleaning, await queue.reopen(cleaning)))
    await pause(300)
    await enqueue(queue, 'hello')
    await expect.poll(() => subjects, { timeout: 5_000 }).toEqual(['hello'])
  })

  it('that take long stay with the node that is alive', async () => {
    const runner = await queue.openRunner(cleaning)
    let finish = () => {}
    await runner.work('mail', () => new Promise<void>(resolve => void (finish = resolve)))
    await enqueue(queue, 'hello')
    await expect.poll(async () => (await readJobs(queue.database))[0]?.['state']).toBe('active')
    // As if most of the claim's time were over: only a renewal keeps it.
    await queue.database.execute(`update latchkey_jobs.job set heartbeat_on = now() - interval '6 seconds'`)
    await pause(8_000)
    expect((await readJobs(queue.database))[0]?.['state']).toBe('active')
    finish()
    await expect.poll(() => readJobs(queue.database)).toEqual([])
  }, 20_000)

  it('go on by themselves after the database was away', async () => {
    const subjects = await runCollecting(await queue.openRunner(cleaning))
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
      await database.transaction(mode, scope => enqueueJob(scope, cipher, 'mail', mailJob(mode.kind)))
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
