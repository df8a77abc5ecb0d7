import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createEventBatcher } from '../../provider/audit/group-commit.ts'
import { buildEvent, withoutRequest } from '../../provider/audit/record.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { type Node, type Nodes, openNodes } from '../support/nodes.ts'

describe.each(['embedded', 'postgres'] as const)('events that share a commit (%s)', kind => {
  let nodes: Nodes
  let node: Node
  beforeAll(async () => {
    nodes = await openNodes(kind)
    node = await nodes.start()
  })
  afterAll(() => nodes?.stop())

  const newEvent = (workspaceId?: string) =>
    buildEvent(
      {
        action: 'token.issued',
        userId: undefined,
        workspaceId,
        client_id: 'shop',
        grant_type: 'client_credentials',
        scope: '',
        token_id: '',
      },
      withoutRequest({ kind: 'app', clientId: 'shop' }, systemClock),
    )
  /** The ids that are committed, and by how many transactions. */
  const readCommitted = async () => {
    const { rows } = await nodes.database.read({ kind: 'system', reason: 'doctor' }, scope =>
      scope.query('select id, xmin::text as transaction from latchkey.audit_events'),
    )
    return { ids: rows.map(({ id }) => String(id)), transactions: new Set(rows.map(({ transaction }) => transaction)).size }
  }

  it('are in the database when they are acknowledged, in far fewer transactions than events', async () => {
    const batcher = createEventBatcher(node.data)
    const events = Array.from({ length: 300 }, () => newEvent())
    await Promise.all(
      events.map(async (event, index) => {
        await batcher.append(event)
        if (index % 60 === 0) expect((await readCommitted()).ids).toContain(event.id)
      }),
    )
    const { ids, transactions } = await readCommitted()
    expect(ids.toSorted()).toEqual(events.map(({ id }) => id).toSorted())
    expect(transactions).toBeLessThan(30)
  })

  it('are refused together where the database refuses one, and leave nothing behind', async () => {
    const before = await readCommitted()
    const batcher = createEventBatcher(node.data)
    const nowhere = newEvent('0192d3c4-0000-7000-8000-000000000000')
    const outcomes = await Promise.allSettled([newEvent(), nowhere, newEvent()].map(event => batcher.append(event)))
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await readCommitted()).toEqual(before)
    await batcher.append(newEvent())
  })
})
