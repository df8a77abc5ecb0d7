import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secondsAfter } from '../../provider/kernel/clock.ts'
import { newId } from '../../provider/kernel/ids.ts'
import type { AuditCursor, AuditSearch, FoundEvent } from '../../provider/ports/audit-events.ts'
import type { AuditEventRecord } from '../../provider/ports/records.ts'
import { databaseKinds, type DurableState, openDurableState } from '../support/durable-state.ts'
import { anEvent, asSystem, asUser, asWorkspace, createUser, createWorkspace, noon } from '../support/records.ts'

describe.each(databaseKinds)('what is looked for in the audit log on %s', kind => {
  let state: DurableState
  let workspaceId: string
  let userId: string
  let otherUserId: string
  let events: AuditEventRecord[]
  beforeAll(async () => {
    state = await openDurableState(kind)
    workspaceId = (await createWorkspace(state.data)).id
    userId = (await createUser(state.data, workspaceId)).id
    // Not a member any more: what the log says of them is the workspace's all the same.
    otherUserId = (await createUser(state.data, workspaceId)).id
    await state.data.scoped(asSystem, ({ members }) => members.remove(workspaceId, otherUserId, noon))
    events = Array.from({ length: 60 }, (_, index) =>
      anEvent({
        workspaceId,
        // Three at each moment.
        occurredAt: secondsAfter(noon, Math.floor(index / 3)),
        action: index % 2 ? 'membership.added' : 'grant.created',
        actor: `user:${index % 3 ? userId : otherUserId}`,
        target: `app:${index % 5}`,
        ...(index % 4 ? { userId: index % 4 === 1 ? userId : otherUserId } : {}),
      }),
    )
    const elsewhere = (await createWorkspace(state.data)).id
    const own = [
      anEvent({ userId, occurredAt: noon, action: 'user.changed' }),
      anEvent({ userId, occurredAt: secondsAfter(noon, 1), target: 'session:one' }),
    ]
    await state.data.scoped(asSystem, ({ auditEvents }) =>
      auditEvents.append([...events, ...own, anEvent({ workspaceId: elsewhere, userId })]),
    )
  })
  afterAll(() => state?.close())

  const newestFirst = (a: AuditEventRecord, b: AuditEventRecord) =>
    b.occurredAt.getTime() - a.occurredAt.getTime() || (a.id < b.id ? 1 : -1)
  const idsOf = (found: { id: string }[]) => found.map(({ id }) => id)
  const search = (given: AuditSearch, limit = 100, before?: AuditCursor) =>
    state.data.read(asWorkspace(workspaceId), ({ auditEvents }) => auditEvents.searchWorkspace(workspaceId, given, limit, before))

  it('is found newest first, by any filters together, and opened', async () => {
    const after = secondsAfter(noon, 4)
    const until = secondsAfter(noon, 12)
    const filters: [AuditSearch, (event: AuditEventRecord) => boolean][] = [
      [{}, () => true],
      [{ actor: `user:${userId}` }, ({ actor }) => actor === `user:${userId}`],
      [{ action: 'grant.created' }, ({ action }) => action === 'grant.created'],
      [{ target: 'app:2' }, ({ target }) => target === 'app:2'],
      [{ userId: otherUserId }, event => event.userId === otherUserId],
      [{ from: after, until }, ({ occurredAt }) => occurredAt >= after && occurredAt < until],
      [
        { action: 'membership.added', actor: `user:${userId}`, until },
        event => event.action === 'membership.added' && event.actor === `user:${userId}` && event.occurredAt < until,
      ],
      [{ action: 'no.such' }, () => false],
      [{ userId: 'no id' }, () => false],
      [{ target: 'a\0b' }, () => false],
    ]
    for (const [given, matches] of filters)
      expect(idsOf(await search(given))).toEqual(idsOf(events.filter(matches).toSorted(newestFirst)))
    for (const found of await search({})) {
      const event = events.find(({ id }) => id === found.id) ?? expect.fail('not among them')
      const { disclosures, ...rest } = event
      expect(found).toEqual({ ...rest, disclosure: { kind: 'open', disclosures } })
    }
  })

  it('comes page by page without a gap or a repetition, also at one moment and while others write', async () => {
    const found: FoundEvent[] = []
    let before: AuditCursor | undefined
    for (;;) {
      const page = await search({ until: secondsAfter(noon, 1_000) }, 7, before)
      found.push(...page)
      const last = page.at(-1)
      if (last === undefined) break
      before = { occurredAt: last.occurredAt, eventId: last.id }
      const newer = anEvent({ workspaceId, occurredAt: secondsAfter(noon, 2_000) })
      await state.data.scoped(asSystem, ({ auditEvents }) => auditEvents.append([newer]))
    }
    expect(idsOf(found)).toEqual(idsOf(events.toSorted(newestFirst)))
    expect(await search({}, 7, { occurredAt: noon, eventId: 'forged' })).toEqual([])
  })

  it("is a person's own where they look for themselves", async () => {
    const own = (given: AuditSearch) =>
      state.data.read(asUser(userId), ({ auditEvents }) => auditEvents.searchUser(userId, given, 100))
    expect((await own({})).map(({ action }) => action)).toEqual(['session.created', 'user.changed'])
    expect((await own({ target: 'session:one' })).map(({ action }) => action)).toEqual(['session.created'])
    expect(await own({ until: noon })).toEqual([])
  })

  it('is found by an index, whatever is asked', async () => {
    for (const [filter, index] of [
      ['', 'audit_events_workspace'],
      [`and actor = 'user:x'`, 'audit_events_actor'],
      [`and action = 'x'`, 'audit_events_action'],
      [`and target = 'app:x'`, 'audit_events_target'],
      [`and user_id = '${newId()}'`, 'audit_events_user'],
    ]) {
      const plan = await state.database.read(asWorkspace(workspaceId), async scope => {
        const { rows } = await scope.query(`explain select id from latchkey.audit_events where workspace_id = '${workspaceId}'
          ${filter} and occurred_at >= '-infinity' and (occurred_at, id) < ('infinity', '${newId()}') order by occurred_at desc, id desc limit 10`)
        return rows.map(row => String(row['QUERY PLAN'])).join('\n')
      })
      expect(plan).toMatch(new RegExp(`Index (Only )?Scan Backward using ${index} `))
      expect(plan).not.toContain('Sort')
    }
  })
})

describe.each(databaseKinds)('what was kept long enough on %s', kind => {
  it('is emptied class by class in small steps, and nothing else is touched', async () => {
    const state = await openDurableState(kind)
    try {
      // What was written later has a later id.
      const ids = Array.from({ length: 5 }, newId).toSorted()
      const events = ['a', 'b', 'a', 'b', 'a'].map((action, index) =>
        anEvent({ id: ids[index] ?? '', action, occurredAt: secondsAfter(noon, index) }),
      )
      await state.data.scoped(asSystem, ({ auditEvents }) => auditEvents.append(events))
      const empty = (seconds: number, limit: number) =>
        state.data.scoped(asSystem, ({ auditEvents }) =>
          auditEvents.emptyBefore({ class: 'a', actions: ['a'], moment: secondsAfter(noon, seconds), limit }),
        )
      const emptied = async () => {
        const text = 'select occurred_at, length(disclosures_sealed) = 0 as empty from latchkey.audit_events order by occurred_at'
        const { rows } = await state.database.read(asSystem, scope => scope.query(text))
        return rows.map(({ empty: isEmpty }) => isEmpty)
      }
      expect(await empty(0, 10)).toEqual({ passed: 0, emptied: 0 })
      expect(await empty(3, 2)).toEqual({ passed: 2, emptied: 1 })
      expect(await empty(3, 2)).toEqual({ passed: 1, emptied: 1 })
      expect(await empty(3, 2)).toEqual({ passed: 0, emptied: 0 })
      expect(await emptied()).toEqual([true, false, true, false, false])
      expect(await empty(10, 10)).toEqual({ passed: 2, emptied: 1 })
      expect(await emptied()).toEqual([true, false, true, false, true])
    } finally {
      await state.close()
    }
  })
})
