import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSqlData } from '../../adapters/sql/data.ts'
import { createTelemetry } from '../../adapters/telemetry/telemetry.ts'
import { buildEvent, withoutRequest } from '../../provider/audit/record.ts'
import type { Retention } from '../../provider/audit/retention.ts'
import { sealEvents } from '../../provider/audit/seal.ts'
import { verifyChain } from '../../provider/audit/verify.ts'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import { secondsAfter } from '../../provider/kernel/clock.ts'
import { installationChain } from '../../provider/ports/audit-chain.ts'
import type { Data } from '../../provider/ports/data.ts'
import { startSweeping } from '../../provider/sweeping.ts'
import { deleteBatch } from '../support/deletion.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import { anEvent, asJob, asSystem, asWorkspace, createUser, createWorkspace, noon } from '../support/records.ts'

const telemetry = createTelemetry({ level: 'silent' })
const forDeleted = { kind: 'system', reason: 'deleted-workspace' } as const satisfies AccessMode
const day = 86_400
/** When the day of noon was over. */
const midnight = new Date('2030-01-03T00:00:00Z')

describe.each(['embedded', 'postgres'] as const)('what audit events say on %s', kind => {
  let state: DurableState
  let data: Data
  beforeEach(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterEach(() => state?.close())

  /** A whole round of the sweep. */
  async function sweepAt(moment: Date, changes: Partial<Retention> = {}): Promise<void> {
    let sweeps = 0
    const counted: Data = { ...data, scoped: (...work) => data.scoped(...work).finally(() => (sweeps += 1)) }
    const retention = { days: {}, daysAfterDeletion: 3653, ...changes }
    const sweeping = startSweeping({ data: counted, clock: () => moment, telemetry, retention, intervalMilliseconds: 5 })
    await expect.poll(() => sweeps, { interval: 5, timeout: 20_000 }).toBeGreaterThanOrEqual(15)
    await sweeping.stop()
  }

  const listEmpty = async () => {
    const text = 'select action from latchkey.audit_events where length(disclosures_sealed) = 0 order by occurred_at, id'
    const { rows } = await state.database.read(asSystem, scope => scope.query(text))
    return rows.map(({ action }) => action)
  }

  async function verify(chainId: string, mode: AccessMode = asSystem) {
    while ((await data.scoped(asJob, repositories => sealEvents(repositories, 500))) > 0);
    const options = { readCheckpoint: async () => undefined, outside: [], onProgress: () => undefined }
    return verifyChain(data, mode, chainId, options)
  }

  /** What the installation's log says of retention, oldest first. */
  async function listSaid(): Promise<Array<Record<string, string>>> {
    await verify(installationChain)
    const entries = await data.read(asSystem, ({ auditLog }) => auditLog.listEntries(installationChain, 0, 1000))
    return entries.flatMap(({ event }) => {
      if (event?.disclosure.kind !== 'open' || !/^retention\.|key-destroyed/.test(event.action)) return []
      const { disclosures } = event.disclosure
      const said = Object.entries(disclosures).filter(([name]) => name !== 'actor')
      return [{ action: event.action, ...Object.fromEntries(said.map(([name, { value }]) => [name, value])) }]
    })
  }

  it('is emptied when the day is over on which their class was kept long enough, and nothing of the others', async () => {
    const events = ['session.created', 'user.changed'].map(action => anEvent({ action, occurredAt: noon }))
    await data.scoped(asSystem, ({ auditEvents }) => auditEvents.append(events))
    const days = { 'sign-ins': 30 }
    await sweepAt(secondsAfter(midnight, 30 * day - 1), { days })
    expect(await listEmpty()).toEqual([])
    await sweepAt(secondsAfter(midnight, 30 * day), { days })
    expect(await listEmpty()).toEqual(['session.created'])
  })

  it('is emptied with a word in the chain, which is never emptied itself, and never leads to another', async () => {
    const event = { action: 'session.ended', userId: '', session_uid: 's', reason: 'r' } as const
    const user = await createUser(data)
    const circumstances = withoutRequest(asJob, () => noon)
    const events = [1, 2, 3].map(() => buildEvent({ ...event, userId: user.id }, circumstances))
    await data.scoped(asSystem, ({ auditEvents }) => auditEvents.append(events))
    const days = { 'sign-ins': 30, installation: 30, workspaces: 30, accounts: 30, tokens: 30 }
    const word = { action: 'retention.class-emptied', class: 'sign-ins', until: midnight.toISOString(), events: '3' }
    for (const later of [30, 61, 92, 400]) {
      await sweepAt(secondsAfter(midnight, later * day), { days })
      expect(await listSaid()).toEqual([word])
    }
    expect(await verify(installationChain)).toMatchObject({ problems: 0, events: 4, emptied: 3, readable: 1 })
  })

  describe('of a workspace that was deleted', () => {
    let workspaceId: string
    beforeEach(async () => {
      workspaceId = (await createWorkspace(data)).id
      const user = await createUser(data, workspaceId)
      const circumstances = withoutRequest(asJob, () => noon)
      const events = [
        buildEvent(
          { action: 'workspace.changed', workspaceId, before: { name: 'Before' }, after: { name: 'After' } },
          circumstances,
        ),
        buildEvent({ action: 'member.viewed', workspaceId, userId: user.id }, circumstances),
      ]
      await data.scoped(asSystem, ({ auditEvents }) => auditEvents.append(events))
      await data.scoped(asJob, ({ workspaces }) => workspaces.scheduleDeletion(workspaceId, noon))
      while (await deleteBatch(data));
    })

    it('opens for the system where it says that this is the reason, and for nobody else', async () => {
      expect(await verify(workspaceId, forDeleted)).toMatchObject({ problems: 0, events: 2, readable: 2 })
      // In a process that has nothing in memory.
      const modes = [asJob, { kind: 'system', reason: 'system-api' }, asWorkspace(workspaceId)] as const
      for (const mode of modes) {
        const elsewhere = createSqlData(state.database, await state.openCipher())
        const found = await elsewhere.read(mode, ({ auditEvents }) => auditEvents.searchWorkspace(workspaceId, {}, 10))
        const kinds = found.filter(({ userId }) => userId === undefined).map(({ disclosure }) => disclosure.kind)
        expect([mode.kind, kinds]).toEqual([mode.kind, ['erased']])
      }
    })

    const nothingSays = async () => (await verify(workspaceId, forDeleted)).readable

    it('is kept for ten years, then the key is destroyed, and what stood under the keys of persons emptied', async () => {
      await sweepAt(secondsAfter(noon, 3653 * day))
      expect(await nothingSays()).toBe(2)
      await sweepAt(secondsAfter(noon, 3653 * day + 1))
      expect(await nothingSays()).toBe(0)
      const { rows } = await state.database.read(asJob, scope => scope.query('select id from latchkey.deleted_workspaces'))
      expect(rows).toEqual([])
      const said = { deleted_workspace_id: workspaceId }
      expect(await listSaid()).toEqual([
        { action: 'retention.log-emptied', ...said, events: '2' },
        { action: 'workspace.key-destroyed', ...said },
      ])
      expect(await verify(workspaceId, forDeleted)).toMatchObject({ problems: 0, events: 2, emptied: 2 })
      expect(await verify(installationChain)).toMatchObject({ problems: 0 })
    })

    it('goes in steps, of which each is one transaction, and none is lost', async () => {
      const empty = () => data.scoped(asJob, ({ deletedWorkspaces }) => deletedWorkspaces.emptyEvents(workspaceId, 1))
      expect([await empty(), await empty(), await empty()]).toEqual([
        { passed: 1, emptied: 1 },
        { passed: 1, emptied: 1 },
        { passed: 0, emptied: 0 },
      ])
      expect(await nothingSays()).toBe(0)
    })

    it.each<[string, Partial<Retention>, number]>([
      ['fewer days, where the file says so', { daysAfterDeletion: 5 }, 5],
      ['as long as the class that is kept longest', { daysAfterDeletion: 5, days: { workspaces: 9, tokens: 7 } }, 9],
      [
        'shorter where no class is kept for the default',
        { days: { accounts: 3, installation: 3, 'sign-ins': 3, tokens: 4, workspaces: 3 } },
        4,
      ],
    ])('has a key that is kept %s', async (_, retention, days) => {
      const hasKey = async () =>
        (await data.read(asJob, ({ dataKeys }) => dataKeys.listWorkspaceKeys(undefined, 9, 'deleted'))).length
      await sweepAt(secondsAfter(noon, days * day), retention)
      expect(await hasKey()).toBe(1)
      await sweepAt(secondsAfter(noon, days * day + 1), retention)
      expect(await hasKey()).toBe(0)
    })
  })
})
