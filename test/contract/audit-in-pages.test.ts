/** However long a log is, no more of it is asked for at once, and nothing before what was has been dealt with: seen by counting. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCheckpointReader } from '../../provider/audit/checkpoint.ts'
import { exportChain, fixRange } from '../../provider/audit/export.ts'
import { recordEvent, withoutRequest } from '../../provider/audit/record.ts'
import { sealEvents } from '../../provider/audit/seal.ts'
import { verifyChain } from '../../provider/audit/verify.ts'
import { installationChain } from '../../provider/ports/audit-chain.ts'
import type { Data } from '../../provider/ports/data.ts'
import { databaseKinds, type DurableState, openDurableState } from '../support/durable-state.ts'
import { asSystem, createWorkspace, noon } from '../support/records.ts'

const [short, long] = [120, 620]
/** Of the links and of what is looked for beside them. */
const mostAtOnce = 250

describe.each(databaseKinds)('a log on %s', kind => {
  let state: DurableState
  let logs: { chainId: string; events: number }[]
  beforeAll(async () => {
    state = await openDurableState(kind)
    const workspaces = [await createWorkspace(state.data), await createWorkspace(state.data)]
    logs = [
      { chainId: installationChain, events: long },
      ...workspaces.map(({ id }, index) => ({ chainId: id, events: index === 0 ? short : long })),
    ]
    for (const { chainId, events } of logs) {
      const workspaceId = chainId === installationChain ? undefined : chainId
      const circumstances = withoutRequest({ kind: 'system', reason: 'job' }, () => noon)
      await state.data.scoped(asSystem, async repositories => {
        for (let count = 0; count < events; count += 1)
          await recordEvent(repositories, { action: 'audit-log.exported', workspaceId, format: 'csv' }, circumstances)
      })
    }
    while ((await state.data.scoped(asSystem, repositories => sealEvents(repositories, 500))) > 0);
  }, 60_000)
  afterAll(() => state?.close())

  /** The same database, which counts what is asked of the log. */
  function counted() {
    const seen = { reads: 0, underWay: 0, mostUnderWay: 0, rows: 0, mostRows: 0 }
    async function count<Row>(limit: number, read: Promise<Row>, rowsOf: (row: Row) => number): Promise<Row> {
      seen.reads += 1
      seen.underWay += 1
      seen.mostUnderWay = Math.max(seen.mostUnderWay, seen.underWay)
      const answer = await read
      seen.underWay -= 1
      seen.rows += rowsOf(answer)
      seen.mostRows = Math.max(seen.mostRows, limit, rowsOf(answer))
      return answer
    }
    const data: Pick<Data, 'read'> = {
      read: (mode, work) =>
        state.data.read(mode, repositories => {
          const { auditLog } = repositories
          return work({
            ...repositories,
            auditLog: {
              ...auditLog,
              listEntries: (chainId, after, limit) =>
                count(limit, auditLog.listEntries(chainId, after, limit), entries => entries.length),
              listStrays: (chainId, after, limit) =>
                count(limit, auditLog.listStrays(chainId, after, limit), ({ eventIds }) => eventIds.length),
            },
          })
        }),
    }
    return { data, seen }
  }

  it('is verified page by page, of which one is on its way', async () => {
    for (const { chainId, events } of logs) {
      const { data, seen } = counted()
      const report = await verifyChain(data, asSystem, chainId, {
        readCheckpoint: createCheckpointReader([]),
        outside: [],
        onProgress: () => {},
      })
      expect(report).toMatchObject({ events, problems: 0, unsealed: 0 })
      expect([seen.rows, seen.mostUnderWay]).toEqual([events, 1])
      expect(seen.mostRows).toBeLessThanOrEqual(mostAtOnce)
      expect(seen.mostRows).toBeLessThan(long)
    }
  })

  it('is exported page by page, each when the one before has been taken', async () => {
    for (const { chainId, events } of logs) {
      const { data, seen } = counted()
      const range = await data.read(asSystem, repositories => fixRange(repositories, chainId))
      let lines = 0
      let taken = 0
      for await (const piece of exportChain(data, asSystem, range, { format: 'ndjson', keys: [], now: noon })) {
        // The first piece is made of what was read before.
        expect(seen.reads).toBeLessThanOrEqual(taken)
        taken += 1
        lines += piece.split('\n').length - 1
        expect(piece.split('\n').length - 1).toBeLessThanOrEqual(mostAtOnce)
      }
      expect([lines, seen.rows, seen.mostUnderWay]).toEqual([events + 2, events, 1])
    }
  })
})
