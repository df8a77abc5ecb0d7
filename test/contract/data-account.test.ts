import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listForUser } from '../../adapters/sql/repositories/audit-events.ts'
import { encodeValue } from '../../adapters/sql/values.ts'
import { newId } from '../../provider/kernel/ids.ts'
import type { Data } from '../../provider/ports/data.ts'
import type { SessionRepository } from '../../provider/ports/repositories.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import { createRendezvous } from '../support/rendezvous.ts'
import {
  aConsent,
  aFamily,
  aGrant,
  anAddressClaim,
  anApp,
  anEvent,
  anHourEarlier,
  anHourLater,
  aSession,
  asSystem,
  asUser,
  asWorkspace,
  createUser,
  createWorkspace,
  newAddress,
  noon,
} from '../support/records.ts'

describe.each(databaseKinds)('what a person manages of their own on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  const findUser = (userId: string) => data.read(asSystem, ({ users }) => users.findById(userId))
  const listAddresses = (userId: string) => data.read(asUser(userId), ({ accounts }) => accounts.listAddresses(userId))

  async function addAddress(userId: string, verifiedAt = noon) {
    const address = { id: newId(), userId, address: newAddress(), verifiedAt }
    await data.scoped(asUser(userId), ({ accounts }) => accounts.addAddress(address))
    return { ...address, primary: false }
  }

  it('is their name, their language, and when their account ends', async () => {
    const { id } = await createUser(data)
    await data.scoped(asUser(id), async ({ accounts }) => {
      await accounts.changeName(id, 'Ada “Ünïcode” Lovelace')
      await accounts.changeLocale(id, 'de-CH')
      await accounts.scheduleErasure(id, anHourLater)
    })
    expect(await findUser(id)).toMatchObject({
      name: 'Ada “Ünïcode” Lovelace',
      locale: 'de-CH',
      erasureDueAt: anHourLater,
      status: 'active',
    })
    await data.scoped(asUser(id), async ({ accounts }) => {
      await accounts.changeName(id, undefined)
      await accounts.scheduleErasure(id, undefined)
    })
    expect(await findUser(id)).toMatchObject({ name: undefined, locale: 'de-CH', erasureDueAt: undefined })
    await expect(data.scoped(asSystem, ({ accounts }) => accounts.changeName(newId(), 'Nobody'))).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('is not whether they are suspended, nor who they are', async () => {
    const { id } = await createUser(data)
    for (const change of [`status = 'active'`, `id = id`, `created_at = now()`]) {
      await expect(
        state.database.transaction(asUser(id), scope => scope.query(`update latchkey.users set ${change}`)),
      ).rejects.toMatchObject({ code: 'forbidden' })
    }
    await expect(
      state.database.transaction(asUser(id), scope => scope.query('delete from latchkey.users')),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is the addresses they have, of which one is the primary one', async () => {
    const user = await createUser(data)
    const later = await addAddress(user.id, anHourLater)
    const earlier = await addAddress(user.id, anHourEarlier)
    const [first, ...others] = await listAddresses(user.id)
    expect(first).toMatchObject({ userId: user.id, address: user.address, primary: true, verifiedAt: noon })
    expect(others).toEqual([earlier, later])
    expect((await data.read(asSystem, ({ users }) => users.findByAddress(later.address)))?.address).toBe(user.address)

    const makePrimary = (id: string) => data.scoped(asUser(user.id), ({ accounts }) => accounts.makePrimary(user.id, id))
    const remove = (id: string) => data.scoped(asUser(user.id), ({ accounts }) => accounts.removeAddress(user.id, id))
    expect(await makePrimary(later.id)).toBe(true)
    expect(await makePrimary(later.id)).toBe(true)
    expect(await listAddresses(user.id)).toEqual([{ ...later, primary: true }, earlier, { ...first, primary: false }])
    expect((await findUser(user.id))?.address).toBe(later.address)

    expect(await makePrimary(newId())).toBe(false)
    expect(await makePrimary('not-an-id')).toBe(false)
    expect(await remove(later.id)).toBe(false)
    expect([await remove(earlier.id), await remove(earlier.id)]).toEqual([true, false])
    expect((await listAddresses(user.id)).map(({ id }) => id)).toEqual([later.id, first?.id])
    expect(await data.read(asSystem, ({ users }) => users.findByAddress(earlier.address))).toBeUndefined()
    expect(await listAddresses((await createUser(data)).id)).toHaveLength(1)
  })

  it("is nobody else's address", async () => {
    const [user, other] = [await createUser(data), await createUser(data)]
    const taken = { id: newId(), userId: user.id, address: other.address, verifiedAt: noon }
    await expect(data.scoped(asUser(user.id), ({ accounts }) => accounts.addAddress(taken))).rejects.toMatchObject({
      code: 'conflict',
    })
    const theirs = await addAddress(other.id)
    await data.scoped(asSystem, async ({ accounts }) => {
      expect(await accounts.makePrimary(user.id, theirs.id)).toBe(false)
      expect(await accounts.removeAddress(user.id, theirs.id)).toBe(false)
    })
    expect((await findUser(user.id))?.address).toBe(user.address)
  })

  it('is one primary address at every moment, whatever is asked for at once', async () => {
    const { id } = await createUser(data)
    const added = [await addAddress(id), await addAddress(id), await addAddress(id), await addAddress(id)]
    const meet = createRendezvous(kind, added.length * 2)
    const change = (method: 'makePrimary' | 'removeAddress', addressId: string) =>
      data.scoped(asUser(id), async ({ accounts }) => {
        await accounts.listAddresses(id)
        await meet()
        return accounts[method](id, addressId)
      })
    const outcomes = await Promise.all(
      added.flatMap(address => [change('makePrimary', address.id), change('removeAddress', address.id)]),
    )
    expect(outcomes).toContain(true)
    expect((await listAddresses(id)).filter(({ primary }) => primary)).toHaveLength(1)
    expect(await findUser(id)).toBeDefined()
  })

  it('is one address at a time that they claim, with every try counted', async () => {
    const { id } = await createUser(data)
    const first = anAddressClaim(id)
    const second = anAddressClaim(id, { tries: 2, expiresAt: noon })
    const find = () => data.read(asUser(id), ({ accounts }) => accounts.findAddressClaim(id))
    const count = () => data.scoped(asUser(id), ({ accounts }) => accounts.countAddressClaimTry(id))
    expect(await find()).toBeUndefined()
    expect(await count()).toBe(0)
    for (const claim of [first, second]) {
      await data.scoped(asUser(id), ({ accounts }) => accounts.replaceAddressClaim(claim))
      expect(await find()).toEqual(claim)
    }
    const counts = await Promise.all(Array.from({ length: 10 }, count))
    expect(counts.toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    await data.scoped(asUser(id), ({ accounts }) => accounts.deleteAddressClaim(id))
    expect(await find()).toBeUndefined()
  })

  it('is one passkey handle, however often it is asked for first', async () => {
    const { id } = await createUser(data)
    const handles = await Promise.all(
      Array.from({ length: 12 }, () => data.scoped(asUser(id), ({ accounts }) => accounts.findOrCreatePasskeyHandle(id))),
    )
    expect(handles[0]).toHaveLength(64)
    expect(new Set(handles.map(handle => handle.toString('hex'))).size).toBe(1)
    for (const userId of [newId(), 'not-an-id']) {
      await expect(data.scoped(asSystem, ({ accounts }) => accounts.findOrCreatePasskeyHandle(userId))).rejects.toMatchObject({
        code: 'not-found',
      })
    }
  })

  it('is the sessions they have elsewhere, ended at once', async () => {
    const [user, other] = [await createUser(data), await createUser(data)]
    const own = [aSession(user.id), aSession(user.id, { place: undefined }), aSession(user.id)]
    const theirs = aSession(other.id)
    await data.scoped(asSystem, async ({ sessions }) => {
      for (const session of [...own, theirs]) await sessions.create(session)
    })
    const list = (userId: string) => data.read(asUser(userId), ({ sessions }) => sessions.listForUser(userId))
    expect(new Set(await list(user.id))).toEqual(new Set(own))
    const [here, second, third] = own.map(({ uid }) => uid)
    const end = async (which: Parameters<SessionRepository['deleteForUser']>[1]) =>
      new Set(await data.scoped(asUser(user.id), ({ sessions }) => sessions.deleteForUser(user.id, which)))
    const named = (...uids: (string | undefined)[]) =>
      new Set(own.filter(({ uid }) => uids.includes(uid)).map(({ uid, idHash }) => ({ uid, idHash })))
    expect(await end({ uid: theirs.uid })).toEqual(new Set())
    expect(await end({ uid: third })).toEqual(named(third))
    expect(await end({ exceptUid: here })).toEqual(named(second))
    expect(await list(user.id)).toEqual([own[0]])
    expect(await end({})).toEqual(named(here))
    expect(await list(other.id)).toEqual([theirs])
  })

  it('is what they gave to apps: grants of a session, of an app, or all', async () => {
    const user = await createUser(data)
    const grants = [
      aGrant(user.id, { clientId: 'one', sessionUid: 'laptop', createdAt: anHourLater }),
      aGrant(user.id, { clientId: 'two', sessionUid: 'laptop' }),
      aGrant(user.id, { clientId: 'one', sessionUid: undefined, createdAt: anHourEarlier }),
      aGrant(user.id, { clientId: 'two', sessionUid: 'phone', createdAt: new Date(0) }),
    ] as const
    const others = aGrant((await createUser(data)).id, { clientId: 'one', sessionUid: 'laptop' })
    const family = aFamily(grants[0])
    await data.scoped(asSystem, async repositories => {
      for (const grant of [...grants, others]) await repositories.grants.upsert(grant)
      await repositories.refreshFamilies.create(family)
    })
    const list = () => data.read(asUser(user.id), repositories => repositories.grants.listForUser(user.id))
    const remove = (which: { sessionUid?: string; clientId?: string }) =>
      data.scoped(asUser(user.id), repositories => repositories.grants.deleteForUser(user.id, which))
    expect(await list()).toEqual(grants)
    expect(await remove({ sessionUid: 'laptop', clientId: 'one' })).toEqual([grants[0]])
    // By its foreign key, under a scope that could not have named it.
    expect(await data.read(asSystem, ({ refreshFamilies }) => refreshFamilies.find(family.id))).toBeUndefined()
    expect(await remove({ sessionUid: 'laptop' })).toEqual([grants[1]])
    expect(await remove({ clientId: 'two' })).toEqual([grants[3]])
    expect(await remove({ clientId: '\0' })).toEqual([])
    expect(await list()).toEqual([grants[2]])
    expect(await remove({})).toEqual([grants[2]])
    expect(await data.read(asSystem, repositories => repositories.grants.findFacts(others.id))).toBeDefined()
  })

  it('is what they allowed an app, until they take it back', async () => {
    const { id } = await createUser(data)
    const [app, another] = [anApp(), anApp()]
    const consents = [{ ...aConsent(id, app.clientId), givenAt: anHourLater }, aConsent(id, another.clientId)]
    await data.scoped(asSystem, async repositories => {
      for (const each of [app, another]) await repositories.apps.insert(each)
      for (const consent of consents) await repositories.consents.upsert(consent)
    })
    const list = () => data.read(asUser(id), repositories => repositories.consents.listForUser(id))
    const remove = (clientId: string) => data.scoped(asUser(id), repositories => repositories.consents.delete(id, clientId))
    expect(await list()).toEqual(consents)
    expect([await remove(app.clientId), await remove(app.clientId), await remove('\0')]).toEqual([true, false, false])
    expect(await list()).toEqual([consents[1]])
  })

  describe('their activity', () => {
    const list = (userId: string, actions: string[], limit = 10, before?: Date) =>
      data.read(asUser(userId), ({ auditEvents }) => auditEvents.listForUser(userId, actions, limit, before))

    it('is the newest events of theirs, opened', async () => {
      const workspace = await createWorkspace(data)
      const [user, other] = [await createUser(data, workspace.id), await createUser(data)]
      const at = (minutes: number) => new Date(noon.getTime() + minutes * 60_000)
      const events = Array.from({ length: 6 }, (_, index) =>
        anEvent({ userId: user.id, occurredAt: at(index), action: index % 2 ? 'session.ended' : 'session.created' }),
      )
      const frequent = anEvent({ userId: user.id, action: 'token.issued', occurredAt: at(9) })
      const companys = anEvent({ userId: user.id, workspaceId: workspace.id, occurredAt: at(8) })
      await data.scoped(asSystem, ({ auditEvents }) =>
        auditEvents.append([...events, frequent, companys, anEvent({ userId: other.id }), anEvent()]),
      )
      const newestFirst = events.toReversed()
      const both = ['session.created', 'session.ended']
      expect(await list(user.id, both)).toEqual(newestFirst)
      expect(await list(user.id, ['session.ended'])).toEqual(newestFirst.filter(({ action }) => action === 'session.ended'))
      expect(await list(user.id, both, 2)).toEqual(newestFirst.slice(0, 2))
      expect(await list(user.id, both, 2, events[4]?.occurredAt)).toEqual(newestFirst.slice(2, 4))
      expect(await list(user.id, [])).toEqual([])
      expect(await list(user.id, ['token.issued'])).toEqual([])
      // What is in a workspace's log is read under the workspace, or by the system.
      const all = await data.read(asSystem, ({ auditEvents }) => auditEvents.listForUser(user.id, both, 10))
      expect(all).toEqual([companys, ...newestFirst])
      const seen = await data.read(asWorkspace(workspace.id), ({ auditEvents }) => auditEvents.listForUser(user.id, both, 10))
      expect(seen).toEqual([companys])
    })

    it('is read by the index that leaves out what is most frequent', async () => {
      const parameters = { userId: newId(), actions: ['session.created'], limit: 10, before: 'infinity' as const }
      // The plan for all values, as a connection keeps it: for some values there may be other ways to see that the index serves.
      const plan = await state.database.transaction(asSystem, async scope => {
        await scope.query('set local plan_cache_mode = force_generic_plan')
        await scope.query('set local enable_seqscan = off')
        await scope.query(`prepare activity as ${listForUser.text}`)
        const values = listForUser.values(parameters).map(value => `'${String(encodeValue(value))}'`)
        const { rows } = await scope.query(`explain execute activity (${values.join()})`)
        await scope.query('deallocate activity')
        return rows.map(row => Object.values(row).join()).join('\n')
      })
      expect(plan).toContain('audit_events_activity')
      expect(plan).toMatch(/Index Cond: \(\(user_id = \$1\) AND \(occurred_at < /)
    })
  })

  it('lists whose erasure is due, the longest due first, so many at a time', async () => {
    const long = new Date('2001-01-01T00:00:00Z')
    const [first, second, third] = [await createUser(data), await createUser(data), await createUser(data)]
    await data.scoped(asSystem, async ({ accounts }) => {
      await accounts.scheduleErasure(second.id, new Date(long.getTime() + 1000))
      await accounts.scheduleErasure(first.id, long)
      await accounts.scheduleErasure(third.id, anHourLater)
    })
    const list = (moment: Date, limit: number) => data.read(asSystem, ({ accounts }) => accounts.listDueForErasure(moment, limit))
    expect(await list(long, 10)).toEqual([first.id])
    expect(await list(noon, 10)).toEqual([first.id, second.id])
    expect(await list(noon, 1)).toEqual([first.id])
    expect(await list(anHourEarlier, 10)).not.toContain(third.id)
  })
})
