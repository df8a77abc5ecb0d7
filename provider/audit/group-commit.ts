import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../kernel/errors.ts'
import type { Data } from '../ports/data.ts'
import type { AuditEventRecord } from '../ports/records.ts'

/** Lets events that belong to no other change share a commit, which is most of what one event costs. */
export interface EventBatcher {
  /**
   * Resolves when the event has been committed, so that the answer can wait for it. Rejects where its batch was undone, and
   * with AppError `unavailable` where too many wait already or the batcher was closed.
   */
  append(event: AuditEventRecord): Promise<void>
  /** Takes no more events, and resolves when each one taken has been committed or refused. */
  close(): Promise<void>
}

interface Waiter {
  event: AuditEventRecord
  resolve: () => void
  reject: (reason: unknown) => void
}

/** No timer: a batch is what came in while the batch before was being written, so a quiet server waits for nothing. */
export function createEventBatcher(
  data: Pick<Data, 'scoped'>,
  limits: { batch: number; waiting: number } = { batch: 200, waiting: 10_000 },
): EventBatcher {
  const waiting: Waiter[] = []
  let flushing: Promise<void> | undefined
  let closed = false

  async function flushAll(): Promise<void> {
    await nextTurn() // whoever else asks in this turn of the event loop comes along
    while (waiting.length > 0) await flush(waiting.splice(0, limits.batch))
    flushing = undefined
  }

  async function flush(batch: Waiter[]): Promise<void> {
    const events = batch.map(waiter => waiter.event)
    try {
      await data.scoped({ kind: 'system', reason: 'protocol' }, repositories => repositories.auditEvents.append(events))
      for (const waiter of batch) waiter.resolve()
    } catch (error) {
      // With the database away, whoever waits behind would wait for each batch before it to fail as slowly as this one.
      const behind = error instanceof AppError && error.code === 'unavailable' ? waiting.splice(0) : []
      for (const waiter of [...batch, ...behind]) waiter.reject(error)
    }
  }

  return {
    async append(event) {
      if (closed || waiting.length >= limits.waiting)
        throw new AppError('unavailable', { detail: 'The audit log takes no more events right now.' })
      return new Promise((resolve, reject) => {
        waiting.push({ event, resolve, reject })
        flushing ??= flushAll()
      })
    },

    async close() {
      closed = true
      await flushing
    },
  }
}
