import type { Job, PgBoss } from 'pg-boss'
import { AppError, type ErrorCode } from '../../provider/kernel/errors.ts'
import type { JobName } from '../../provider/ports/jobs.ts'
import type { Logger } from '../../provider/ports/telemetry.ts'

export interface JobPump {
  /** Looks for jobs now. */
  wake(): void
  /** Takes no more, waits for those that run, and settles them. */
  stop(): Promise<void>
}

const maximumRunning = 32
/** Long enough to fetch and delete several jobs in one statement under load, and too short for anybody to notice. */
const gatherMilliseconds = 10
const refreshMilliseconds = 5_000
const hopeless: readonly ErrorCode[] = ['bad-request', 'not-found', 'address-unusable']

/**
 * Fetches jobs of one name and runs up to 32 at a time. In place of pg-boss's own worker, which knows no way to be woken
 * with free hands while other jobs run, asks for one job at a time, and keeps what is done.
 */
export function createJobPump(options: {
  boss: PgBoss
  name: JobName
  log: Logger
  pollMilliseconds: number
  run(job: { id: string; sealed: string }): Promise<void>
}): JobPump {
  const { boss, name, log } = options
  const running = new Map<string, Promise<void>>()
  const done = new Set<string>()
  let lookAgain = false
  let stopping = false
  let reachable = true
  let turning: Promise<void> | undefined
  let gathering: NodeJS.Timeout | undefined

  const poll = setInterval(wake, options.pollMilliseconds)
  const refresh = setInterval(() => void refreshClaims(), refreshMilliseconds)

  function wake(): void {
    if (stopping) return
    lookAgain = true
    schedule()
  }

  function schedule(): void {
    gathering ??= setTimeout(() => {
      gathering = undefined
      turning ??= turn().finally(() => {
        turning = undefined
      })
    }, gatherMilliseconds)
  }

  async function turn(): Promise<void> {
    try {
      while (done.size > 0 || mayFetch()) {
        await deleteDone()
        if (mayFetch()) await fetch()
      }
      if (!reachable) log.info({ job: name }, 'The job queue can be reached again')
      reachable = true
    } catch (error) {
      // What was to be done is still written down here and in the database; the next poll takes it up.
      if (reachable) log.warn({ job: name, error: toError(error) }, 'The job queue cannot be reached; trying again')
      reachable = false
    }
  }

  function mayFetch(): boolean {
    return lookAgain && !stopping && running.size < maximumRunning
  }

  async function deleteDone(): Promise<void> {
    if (done.size === 0) return
    const ids = [...done]
    await boss.deleteJob(name, ids)
    for (const id of ids) done.delete(id)
  }

  async function fetch(): Promise<void> {
    lookAgain = false
    // The number is part of the statement's text: one of a few sizes, so that it is found prepared.
    const batchSize = 2 ** Math.floor(Math.log2(maximumRunning - running.size))
    const jobs = await boss.fetch<{ sealed: string }>(name, { batchSize })
    if (jobs.length === batchSize) lookAgain = true
    for (const job of jobs) {
      running.set(
        job.id,
        runJob(job).finally(() => {
          running.delete(job.id)
          schedule()
        }),
      )
    }
  }

  async function runJob(job: Job<{ sealed: string }>): Promise<void> {
    try {
      await options.run({ id: job.id, sealed: job.data.sealed })
      done.add(job.id)
    } catch (error) {
      if (error instanceof AppError && hopeless.includes(error.code)) {
        log.warn({ job: name, id: job.id, error }, 'A job was given up: trying again would not change it')
        done.add(job.id)
        return
      }
      log.warn({ job: name, id: job.id, error: toError(error) }, 'A job failed and will be tried again')
      await release(job.id, error)
    }
  }

  async function release(id: string, error: unknown): Promise<void> {
    try {
      // The code alone is kept: messages quote addresses.
      await boss.fail(name, id, { reason: error instanceof AppError ? error.code : 'unexpected' })
    } catch (failure) {
      // The job is tried again when its claim is over.
      log.warn({ job: name, id, error: toError(failure) }, 'A failed job could not be released')
    }
  }

  async function refreshClaims(): Promise<void> {
    const ids = [...running.keys(), ...done]
    if (ids.length === 0) return
    try {
      await boss.touch(name, ids)
    } catch (error) {
      log.warn({ job: name, error: toError(error) }, 'Running jobs could not be claimed further')
    }
  }

  return {
    wake,
    async stop() {
      stopping = true
      clearInterval(poll)
      await turning
      await Promise.all(running.values())
      clearInterval(refresh)
      clearTimeout(gathering)
      await turning
      await turn()
    },
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
