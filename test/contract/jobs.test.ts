import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { enqueueJob } from '../../adapters/sql/jobs.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import {
  type Cleaning,
  cleanUp,
  enqueue,
  mailJob,
  openQueue,
  type Queue,
  type QueueKind,
  readJobs,
  runCollecting,
  signIn,
} from '../support/job-queue.ts'

/** What a test leaves behind, and what a group of tests does. */
const cleaning: Cleaning = []
const cleaningAtLast: Cleaning = []
afterEach(() => cleanUp(cleaning))
afterAll(() => cleanUp(cleaningAtLast))

describe.each<{ kind: QueueKind }>([{ kind: 'embedded' }, { kind: 'postgres' }])('a job on $kind', ({ kind }) => {
  let queue: Queue
  beforeAll(async () => {
    queue = await openQueue(kind, cleaningAtLast)
  })
  beforeEach(async () => {
    await queue.database.execute('delete from latchkey_jobs.job')
    queue.logged.splice(0)
  })

  it('runs as soon as its transaction has committed, and leaves nothing behind', async () => {
    const subjects = await runCollecting(await queue.openRunner(cleaning))
    // The look at the start is over; the next poll is a second and a half away, or more.
    await pause(300)
    const began = performance.now()
    await enqueue(queue, 'hello')
    await expect.poll(() => subjects, { interval: 5 }).toEqual(['hello'])
    expect(performance.now() - began).toBeLessThan(1_000)
    await expect.poll(() => readJobs(queue.database)).toEqual([])
  })

  it('does not exist where its transaction was undone', async () => {
    const subjects = await runCollecting(await queue.openRunner(cleaning))
    await expect(
      queue.database.transaction(signIn, async scope => {
        await enqueueJob(scope, queue.cipher, 'mail', mailJob('never'))
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    await enqueue(queue, 'after')
    await expect.poll(() => subjects).toEqual(['after'])
    // It is cleared away a moment after it ran.
    await expect.poll(() => readJobs(queue.database)).toEqual([])
  })

  it('is kept sealed, for its own row and queue', async () => {
    await enqueue(queue, 'one', 'two')
    const jobs = await readJobs(queue.database)
    expect(jobs).toHaveLength(2)
    expect(JSON.stringify(jobs)).not.toMatch(/planted|one|two/)

    await queue.database.execute('update latchkey_jobs.job as a set data = b.data from latchkey_jobs.job as b where a.id <> b.id')
    const subjects = await runCollecting(await queue.openRunner(cleaning))
    await expect.poll(async () => (await readJobs(queue.database)).map(job => job['state'])).toEqual(['retry', 'retry'])
    expect(subjects).toEqual([])
  })

  it('that fails is tried again with growing pauses for more than a day, and what failed is not kept', async () => {
    const runner = await queue.openRunner(cleaning)
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
    const runner = await queue.openRunner(cleaning)
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
    const runner = await queue.openRunner(cleaning)
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
      [join(import.meta.dirname, '../support/programs/job-holder.ts'), kind, own.place, own.keyFile],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    const [taken] = await once(holder.stdout, 'data')
    expect(String(taken)).toBe('hello\n')
    holder.kill('SIGKILL')
    await once(holder, 'exit')

    const database = kind === 'embedded' ? await own.reopen() : own.database
    // The dead process's claim is over ten seconds after its last sign of life.
    if (kind === 'postgres') await database.execute(`update latchkey_jobs.job set heartbeat_on = now() - interval '11 seconds'`)
    const subjects = await runCollecting(await own.openRunner(cleaning, database))
    await expect.poll(() => subjects, { timeout: 15_000 }).toEqual(['hello'])
  }, 40_000)
})
