import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEventBatcher } from '../../provider/audit/group-commit.ts'
import { buildEvent, withoutRequest } from '../../provider/audit/record.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import type { Data } from '../../provider/ports/data.ts'
import type { AuditEventRecord } from '../../provider/ports/records.ts'
import type { Repositories } from '../../provider/ports/repositories.ts'

function newEvent(): AuditEventRecord {
  return buildEvent(
    {
      action: 'token.issued',
      userId: undefined,
      workspaceId: undefined,
      client_id: 'shop',
      grant_type: 'client_credentials',
      scope: '',
      token_id: '',
    },
    withoutRequest({ kind: 'app', clientId: 'shop' }, systemClock),
  )
}

/** A log whose transactions take a while, may fail, and show what they committed. */
function openLog(commit: (transaction: number) => Promise<void> = () => pause(1)) {
  const committed: string[][] = []
  let transactions = 0
  let atOnce = 0
  const data: Pick<Data, 'scoped'> = {
    async scoped(_mode, work) {
      const batch: string[] = []
      const auditEvents = { append: async (events: AuditEventRecord[]) => void batch.push(...events.map(({ id }) => id)) }
      expect(++atOnce).toBe(1)
      try {
        const result = await work({ auditEvents } as Pick<Repositories, 'auditEvents'> as Repositories) // it uses no other
        await commit(transactions++)
        committed.push(batch)
        return result
      } finally {
        atOnce--
      }
    },
  }
  return { data, committed }
}

describe('events that share a commit', () => {
  it('are committed when they are acknowledged, each once, in whatever order they come and transactions fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 40 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 8 }),
        async (pauses, failures, batch) => {
          const log = openLog(async transaction => {
            await pause(transaction % 2)
            if (failures[transaction % failures.length]) throw new Error('the database is away')
          })
          const batcher = createEventBatcher(log.data, { batch, waiting: 100 })
          const acknowledged: string[] = []
          const refused: string[] = []
          await Promise.all(
            pauses.map(async milliseconds => {
              const event = newEvent()
              await pause(milliseconds)
              await batcher.append(event).then(
                () => {
                  expect(log.committed.flat()).toContain(event.id)
                  acknowledged.push(event.id)
                },
                () => refused.push(event.id),
              )
            }),
          )
          expect(log.committed.flat().toSorted()).toEqual(acknowledged.toSorted())
          expect(acknowledged.length + refused.length).toBe(pauses.length)
          expect(Math.max(0, ...log.committed.map(({ length }) => length))).toBeLessThanOrEqual(batch)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('are those that came in while the batch before was being written', async () => {
    const log = openLog()
    const batcher = createEventBatcher(log.data)
    const first = Array.from({ length: 3 }, () => batcher.append(newEvent()))
    await pause(0)
    const second = Array.from({ length: 5 }, () => batcher.append(newEvent()))
    await Promise.all([...first, ...second])
    await batcher.append(newEvent())
    expect(log.committed.map(({ length }) => length)).toEqual([3, 5, 1])
  })

  it('are all refused with their batch, and with the reason', async () => {
    const log = openLog(async transaction => {
      if (transaction === 0) throw new Error('the database is away')
    })
    const batcher = createEventBatcher(log.data)
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => batcher.append(newEvent())))
    expect(outcomes.map(outcome => outcome.status === 'rejected' && outcome.reason.message)).toEqual(
      Array.from({ length: 4 }, () => 'the database is away'),
    )
    await batcher.append(newEvent())
    expect(log.committed.map(({ length }) => length)).toEqual([1])
  })

  it('are refused where too many wait already', async () => {
    const log = openLog()
    const batcher = createEventBatcher(log.data, { batch: 2, waiting: 4 })
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => batcher.append(newEvent())))
    expect(outcomes.map(({ status }) => status)).toEqual([...Array(4).fill('fulfilled'), 'rejected', 'rejected'])
    expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'unavailable' } })
  })

  it('are written before the batcher is closed, and taken no more afterwards', async () => {
    const log = openLog()
    const batcher = createEventBatcher(log.data, { batch: 2, waiting: 10 })
    const appended = Array.from({ length: 5 }, () => batcher.append(newEvent()))
    await batcher.close()
    expect(log.committed.flat()).toHaveLength(5)
    await Promise.all(appended)
    await expect(batcher.append(newEvent())).rejects.toMatchObject({ code: 'unavailable' })
    await batcher.close()
  })
})

it('with the database away, nobody waits for more than the batch that is under way', async () => {
  let tries = 0
  const batcher = createEventBatcher({
    async scoped() {
      tries += 1
      await pause(20)
      throw new AppError('unavailable')
    },
  })
  const outcomes = await Promise.allSettled(Array.from({ length: 2000 }, () => batcher.append(newEvent())))
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect(tries).toBe(1)
  // It tries again with the next event.
  await expect(batcher.append(newEvent())).rejects.toMatchObject({ code: 'unavailable' })
  expect(tries).toBe(2)
})
