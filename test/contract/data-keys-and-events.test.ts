import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Data } from '../../provider/ports/data.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import { anEvent, asSystem, aSigningKey, asWorkspace, createUser, createWorkspace, noon } from '../support/records.ts'

describe.each(databaseKinds)('signing keys and audit events on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  it('keeps signing keys, and makes them under a lock', async () => {
    const key = aSigningKey()
    await data.scoped(asSystem, ({ signingKeys }) => signingKeys.insert(key))
    expect(await data.read(asSystem, ({ signingKeys }) => signingKeys.list())).toEqual([key])
    await data.scoped(asSystem, ({ signingKeys }) => signingKeys.update(key.kid, { retiresAt: noon }))
    await data.scoped(asSystem, ({ signingKeys }) => signingKeys.update(key.kid, { signsFrom: new Date(0) }))
    expect(await data.read(asSystem, ({ signingKeys }) => signingKeys.list())).toEqual([
      { ...key, retiresAt: noon, signsFrom: new Date(0) },
    ])
    await data.scoped(asSystem, ({ signingKeys }) => signingKeys.update(key.kid, { retiresAt: undefined }))
    expect((await data.read(asSystem, ({ signingKeys }) => signingKeys.list()))[0]?.retiresAt).toBeUndefined()
    await data.scoped(asSystem, ({ signingKeys }) => signingKeys.delete(key.kid))

    let inside = 0
    const together = vi.fn<(count: number) => void>()
    await Promise.all(
      Array.from({ length: 8 }, () =>
        data.scoped(asSystem, async ({ signingKeys }) => {
          await signingKeys.lock()
          inside += 1
          together(inside)
          if ((await signingKeys.list()).length === 0) await signingKeys.insert(aSigningKey())
          inside -= 1
        }),
      ),
    )
    expect(Math.max(...together.mock.calls.map(([count]) => count))).toBe(1)
    expect(await data.read(asSystem, ({ signingKeys }) => signingKeys.list())).toHaveLength(1)
  })

  it('appends any number of audit events, in the order and with the bytes given', async () => {
    const workspace = await createWorkspace(data)
    const user = await createUser(data)
    const events = Array.from({ length: 77 }, (_, index) =>
      anEvent({ action: `n-${index}`, workspaceId: workspace.id, ...(index % 3 ? { userId: user.id } : {}) }),
    )
    await data.scoped(asSystem, ({ auditEvents }) => auditEvents.append(events))
    await data.scoped(asSystem, ({ auditEvents }) => auditEvents.append([]))
    const rows = await state.database.read(asWorkspace(workspace.id), async scope => {
      return (await scope.query('select * from latchkey.audit_events order by id')).rows
    })
    const key = (userId: string | undefined) =>
      state.cipher.keyFor(userId ? { kind: 'user', userId } : { kind: 'workspace', workspaceId: workspace.id }, () =>
        Promise.resolve(undefined),
      )
    const opened = await Promise.all(
      rows.map(async row => {
        const userId = (row['user_id'] as string | null) ?? undefined
        const id = row['id'] as string
        const place = { table: 'audit_events', column: 'disclosures', row: id }
        return {
          id,
          workspaceId: row['workspace_id'],
          userId,
          action: row['action'],
          occurredAt: row['occurred_at'],
          actor: row['actor'],
          target: row['target'] ?? undefined,
          commitments: row['commitments'],
          disclosures: JSON.parse((await key(userId)).open(place, row['disclosures_sealed'] as Buffer)),
        }
      }),
    )
    expect(opened).toEqual(events.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
  })
})
