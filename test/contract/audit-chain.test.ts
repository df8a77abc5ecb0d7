import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createTelemetry } from '../../adapters/telemetry/telemetry.ts'
import { firstHead, linkTo } from '../../provider/audit/link.ts'
import { sealEvents } from '../../provider/audit/seal.ts'
import { startSequencer } from '../../provider/audit/sequencer.ts'
import { type ChainEntry, installationChain } from '../../provider/ports/audit-chain.ts'
import type { Data } from '../../provider/ports/data.ts'
import type { AuditEventRecord } from '../../provider/ports/records.ts'
import { databaseKinds, type DurableState, openDurableState } from '../support/durable-state.ts'
import { anEvent, asSystem, asUser, asWorkspace, createUser, createWorkspace } from '../support/records.ts'

const telemetry = createTelemetry({ level: 'silent' })

describe.each(databaseKinds)('the chains of the audit log on %s', kind => {
  let state: DurableState
  let data: Data
  beforeEach(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterEach(() => state?.close())

  const append = (...events: AuditEventRecord[]) => data.scoped(asSystem, ({ auditEvents }) => auditEvents.append(events))
  const seal = (limit = 500) => data.scoped(asSystem, repositories => sealEvents(repositories, limit))
  const listChain = (chainId: string) => data.read(asSystem, ({ auditLog }) => auditLog.listEntries(chainId, 0, 10_000))
  const countUnsealed = (chainId: string) => data.read(asSystem, ({ auditChain }) => auditChain.countUnsealed(chainId))

  /** Sees that each link follows from the one before and its event, and that the head is the last of them. */
  async function expectWhole(chainId: string): Promise<ChainEntry[]> {
    const entries = await listChain(chainId)
    let head = firstHead(chainId)
    for (const { position, link, event } of entries) {
      expect(position).toBe(head.position + 1)
      expect(link).toEqual(linkTo(head, event ?? expect.fail('an event is gone')))
      head = { chainId, position, link }
    }
    expect(await data.read(asSystem, ({ auditLog }) => auditLog.findHead(chainId))).toEqual(
      entries.length === 0 ? undefined : head,
    )
    return entries
  }

  it('are one for each workspace and one for the installation, and hold every event once', async () => {
    const workspace = await createWorkspace(data)
    const user = await createUser(data, workspace.id)
    await append(anEvent(), anEvent({ userId: user.id }), anEvent({ workspaceId: workspace.id }))
    await data.scoped(asUser(user.id), ({ auditEvents }) => auditEvents.append([anEvent({ userId: user.id })]))
    await data.scoped(asWorkspace(workspace.id), ({ auditEvents }) =>
      auditEvents.append([anEvent({ workspaceId: workspace.id, userId: user.id })]),
    )
    expect(await Promise.all([installationChain, workspace.id].map(countUnsealed))).toEqual([3, 2])
    expect(await seal()).toBe(5)
    expect(await seal()).toBe(0)
    expect(await Promise.all([installationChain, workspace.id].map(countUnsealed))).toEqual([0, 0])
    expect(await expectWhole(installationChain)).toHaveLength(3)
    const own = await expectWhole(workspace.id)
    expect(own.map(({ event }) => event?.disclosure.kind)).toEqual(['open', 'open'])
    expect(own.map(({ event }) => event?.workspaceId)).toEqual([workspace.id, workspace.id])
  })

  it('grow in batches, and take what was committed late although it began early', async () => {
    const late = anEvent({ action: 'late' })
    const begun = Promise.withResolvers<void>()
    const mayEnd = Promise.withResolvers<void>()
    const early = Array.from({ length: 7 }, () => anEvent({ action: 'early' }))
    if (kind === 'embedded') {
      // One connection: nobody else can commit while a transaction is open, so there is no being late.
      await append(...early)
      expect(await seal()).toBe(7)
      await append(late)
    } else {
      const writer = data.scoped(asSystem, async ({ auditEvents, auditChain }) => {
        await auditEvents.append([late])
        await auditChain.hasUnsealed() // so that it was sent
        begun.resolve()
        await mayEnd.promise
      })
      await begun.promise
      await append(...early)
      expect([await seal(3), await seal(3), await seal(3), await seal(3)]).toEqual([3, 3, 1, 0])
      mayEnd.resolve()
      await writer
    }
    while ((await seal(3)) > 0);
    const entries = await expectWhole(installationChain)
    expect(entries.map(({ event }) => event?.action)).toEqual([...early.map(() => 'early'), 'late'])
  })

  it('leave out what was undone, and keep what a broken-off sealing had taken', async () => {
    await expect(
      data.scoped(asSystem, async ({ auditEvents }) => {
        await auditEvents.append([anEvent()])
        throw new Error('undone')
      }),
    ).rejects.toThrow('undone')
    await append(anEvent(), anEvent())
    await expect(
      data.scoped(asSystem, async repositories => {
        await sealEvents(repositories, 500)
        // The links are sent, and the process dies before they are committed.
        await repositories.auditChain.hasUnsealed()
        throw new Error('crashed')
      }),
    ).rejects.toThrow('crashed')
    expect(await listChain(installationChain)).toEqual([])
    expect(await seal()).toBe(2)
    expect(await expectWhole(installationChain)).toHaveLength(2)
  })

  it('never fork, whoever seals at once while others write', async () => {
    const workspace = await createWorkspace(data)
    const written = new AbortController()
    const writers = Array.from({ length: 4 }, async () => {
      for (let round = 0; round < 15; round += 1)
        await append(anEvent(), anEvent({ workspaceId: workspace.id }), anEvent({ workspaceId: workspace.id }))
    })
    const sealers = Array.from({ length: 4 }, async () => {
      while (!written.signal.aborted) {
        await seal(7)
        await nextTurn()
      }
    })
    await Promise.all(writers)
    written.abort()
    await Promise.all(sealers)
    while ((await seal(7)) > 0);
    expect(await expectWhole(installationChain)).toHaveLength(60)
    expect(await expectWhole(workspace.id)).toHaveLength(120)
  })

  it('have their events within a second, and all of them when the sequencer stops', async () => {
    const sequencers = [startSequencer({ data, telemetry }), startSequencer({ data, telemetry })]
    onTestFinished(async () => void (await Promise.all(sequencers.map(sequencer => sequencer.stop()))))
    await append(anEvent())
    const before = performance.now()
    await expect.poll(() => listChain(installationChain), { interval: 20, timeout: 5_000 }).toHaveLength(1)
    expect(performance.now() - before).toBeLessThan(1_000)
    await append(...Array.from({ length: 1_201 }, () => anEvent()))
    await Promise.all(sequencers.splice(0).map(sequencer => sequencer.stop()))
    expect(await expectWhole(installationChain)).toHaveLength(1_202)
  })
})
