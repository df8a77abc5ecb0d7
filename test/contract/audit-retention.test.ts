import { describe, expect, it, onTestFinished } from 'vitest'
import { createTelemetry } from '../../adapters/telemetry/telemetry.ts'
import { secondsAfter } from '../../provider/kernel/clock.ts'
import type { Data } from '../../provider/ports/data.ts'
import { startSweeping } from '../../provider/sweeping.ts'
import { openDurableState } from '../support/durable-state.ts'
import { anEvent, asSystem, noon } from '../support/records.ts'

const telemetry = createTelemetry({ level: 'silent' })

describe.each(['embedded', 'postgres'] as const)('what audit events say on %s', kind => {
  it('is emptied by the sweep where its class is kept for so many days, and nothing of the others', async () => {
    const state = await openDurableState(kind)
    onTestFinished(() => state.close())
    const events = ['session.created', 'user.changed'].map(action => anEvent({ action, occurredAt: noon }))
    await state.data.scoped(asSystem, ({ auditEvents }) => auditEvents.append(events))
    const emptiedAt = async (moment: Date) => {
      let sweeps = 0
      const data: Data = { ...state.data, scoped: (...work) => state.data.scoped(...work).finally(() => (sweeps += 1)) }
      const auditRetentionDays = { 'sign-ins': 30 }
      const sweeping = startSweeping({ data, clock: () => moment, telemetry, auditRetentionDays, intervalMilliseconds: 5 })
      await expect.poll(() => sweeps, { interval: 5 }).toBeGreaterThanOrEqual(24)
      await sweeping.stop()
      const text = 'select action from latchkey.audit_events where length(disclosures_sealed) = 0'
      return (await state.database.read(asSystem, scope => scope.query(text))).rows
    }
    expect(await emptiedAt(secondsAfter(noon, 30 * 86_400))).toEqual([])
    expect(await emptiedAt(secondsAfter(noon, 30 * 86_400 + 1))).toEqual([{ action: 'session.created' }])
  })
})
