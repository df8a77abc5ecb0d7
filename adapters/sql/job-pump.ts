import { AsyncResource } from 'node:async_hooks'
import type { PgBoss } from 'pg-boss'
import { AppError, type ErrorCode } from '../../provider/kernel/errors.ts'
import type { JobName } from '../../provider/ports/jobs.ts'
import type { AuditEventRecord } from '../../provider/ports/records.ts'
import type { Logger } from '../../provider/ports/telemetry.ts'

/** A job that is this process' own: nobody else takes it as long as its claim is renewed. */
export interface ClaimedJob<Payload> {
  id: string
  payload: Payload
}

export interface JobPump {
  /** Takes no more, waits for those that run, and settles them. */
  stop(): Promise<void>
}

export interface JobPumpOptions<Payload> {
  boss: PgBoss
  name: JobName
  log: Logger
  pollMilliseconds: number
  /** What a job carries; throws where it was not sealed for this job. */
  open(id: string, sealed: string): Payload
  /** Answers what is to be recorded. */
  run(payload: Payload): Promise<readonly AuditEventRecord[]>
  /** Has `take` called for each job that this process adds, until the answered function is called. Undefined: there may be more. */
  listen(take: (job: ClaimedJob<Payload> | undefined) => void): () => void
  record(events: AuditEventRecord[]): Promise<void>
  /** Ends the claim on jobs that were not begun. */
  giveBack(ids: string[]): Promise<void>
}

const maximumRunning = 32
/** What comes beyond it is not claimed: whoever has hands free may have it. */
const maximumWaiting = 200
/** Long enough to fetch several jobs in one statement under load, and too short for anybody to notice. */
const gatherMilliseconds = 10
/** What is done is struck off for several jobs at once; a process that dies in between leaves them to be run again. */
const strikeOffMilliseconds = 100
const refreshMilliseconds = 3_000
const hopeless: readonly ErrorCode[] = ['bad-request', 'not-found', 'address-unusable']

/**
 * Fetches jobs of one name and runs up to 32 at a time. In place of pg-boss's own worker, which knows no way to be handed a job
 * or to be woken with free hands while other jobs run, asks for one job at a time, and keeps what is done.
 */
export function createJobPump<Payload>(options: JobPumpOptions<Payload>): JobPump {
  const { boss, name, log } = options
  /** Handed over by this process, claimed, and not begun. */
  const waiting: ClaimedJob<Payload>[] = []
  const running = new Map<string, Promise<void>>()
  /** With what is to be recorded of each. */
  const done = new Map<string, readonly AuditEventRecord[]>()
  let lookAgain = true
  let stopping = false
  let reachable = true
  let turning: Promise<void> | undefined
  let gathering: NodeJS.Timeout | undefined
  let strikingOff: NodeJS.Timeout | undefined
  // A job is none of the request's that added it, nor of what surrounds that.
  const takeAside = AsyncResource.bind(take)
  let stopListening: (() => void) | undefined = options.listen(takeAside)

  const poll = setInterval(wake, options.pollMilliseconds)
  const refresh = setInterval(() => void refreshClaims(), refreshMilliseconds)
  schedule()

  function take(job: ClaimedJob<Payload> | undefined): void {
    if (job === undefined) return wake()
    waiting.push(job)
    beginWaiting()
  }

  function beginWaiting(): void {
    const freeHands = stopping ? 0 : maximumRunning - running.size
    for (const { id, payload } of waiting.splice(0, freeHands)) begin(id, async () => payload)
    if (waiting.length >= maximumWaiting) {
      stopListening?.()
      stopListening = undefined
    } else if (stopListening === undefined && !stopping) {
      stopListening = options.listen(takeAside)
      wake()
    }
  }

  function wake(): void {
    if (stopping) return
    lookAgain = true
    schedule()
  }

  function schedule(): void {
    gathering ??= setTimeout(() => {
      gathering = undefined
      if (turning !== undefined) return void turning.then(schedule)
      turning = turn().finally(() => {
        turning = undefined
      })
    }, gatherMilliseconds)
  }

  async function turn(): Promise<void> {
    try {
      do {
        await strikeOff()
        if (mayFetch()) await fetch()
      } while (mayFetch())
      if (!reachable) log.info({ job: name }, 'The job queue can be reached again')
      reachable = true
    } catch (error) {
      // What was to be done is still written down here and in the database; the next poll takes it up.
      if (reachable) log.warn({ job: name, error: toError(error) }, 'The job queue cannot be reached; trying again')
      reachable = false
    }
  }

  function mayFetch(): boolean {
    return lookAgain && !stopping && waiting.length === 0 && running.size < maximumRunning
  }

  async function strikeOff(): Promise<void> {
    if (done.size === 0) return
    const ids = [...done.keys()]
    const events = [...done.values()].flat()
    if (events.length > 0) await options.record(events)
    // Recorded once, whatever becomes of the rest.
    for (const id of ids) done.set(id, [])
    await boss.deleteJob(name, ids)
    for (const id of ids) done.delete(id)
  }

  async function fetch(): Promise<void> {
    lookAgain = false
    // The number is part of the statement's text: one of a few sizes, so that it is found prepared.
    const batchSize = 2 ** Math.floor(Math.log2(maximumRunning - running.size))
    const jobs = await boss.fetch<{ sealed: string }>(name, { batchSize })
    if (jobs.length === batchSize) lookAgain = true
    for (const { id, data } of jobs) begin(id, async () => options.open(id, data.sealed))
  }

  function begin(id: string, open: () => Promise<Payload>): void {
    running.set(
      id,
      runJob(id, open).finally(() => {
        running.delete(id)
        beginWaiting()
        if (lookAgain) schedule()
        strikingOff ??= setTimeout(() => {
          strikingOff = undefined
          schedule()
        }, strikeOffMilliseconds)
      }),
    )
  }

  async function runJob(id: string, open: () => Promise<Payload>): Promise<void> {
    try {
      done.set(id, await options.run(await open()))
    } catch (error) {
      if (error instanceof AppError && hopeless.includes(error.code)) {
        log.warn({ job: name, id, error }, 'A job was given up: trying again would not change it')
        done.set(id, [])
        return
      }
      log.warn({ job: name, id, error: toError(error) }, 'A job failed and will be tried again')
      await release(id, error)
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
    const ids = [...waiting.map(({ id }) => id), ...running.keys(), ...done.keys()]
    if (ids.length === 0) return
    try {
      await boss.touch(name, ids)
    } catch (error) {
      log.warn({ job: name, error: toError(error) }, 'Running jobs could not be claimed further')
    }
  }

  return {
    async stop() {
      stopping = true
      stopListening?.()
      clearInterval(poll)
      await turning
      const ids = waiting.splice(0).map(({ id }) => id)
      // Where that fails, they are taken when the claim is over.
      if (ids.length > 0) await options.giveBack(ids).catch(() => {})
      await Promise.all(running.values())
      clearInterval(refresh)
      clearTimeout(gathering)
      clearTimeout(strikingOff)
      await turning
      await turn()
    },
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
