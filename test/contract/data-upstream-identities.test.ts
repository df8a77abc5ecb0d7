import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../provider/kernel/ids.ts'
import type { Data } from '../../provider/ports/data.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import {
  anHourEarlier,
  anHourLater,
  anUpstreamIdentity,
  asSystem,
  asUser,
  createUser,
  newHash,
  noon,
} from '../support/records.ts'

describe.each(databaseKinds)('accounts elsewhere and known browsers on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  async function createIdentity(userId: string, changes: Parameters<typeof anUpstreamIdentity>[1] = {}) {
    const identity = anUpstreamIdentity(userId, changes)
    await data.scoped(asUser(userId), ({ upstreamIdentities }) => upstreamIdentities.create(identity))
    return identity
  }

  const listIdentities = (userId: string) =>
    data.read(asUser(userId), ({ upstreamIdentities }) => upstreamIdentities.listForUser(userId))

  describe('accounts elsewhere', () => {
    const find = (connection: string, issuer: string, subject: string) =>
      data.read(asSystem, ({ upstreamIdentities }) => upstreamIdentities.find(connection, issuer, subject))

    it('are found by connection, issuer and subject together', async () => {
      const { id } = await createUser(data)
      const identity = await createIdentity(id)
      const { connection, issuer, subject } = identity
      expect(await find(connection, issuer, subject)).toEqual(identity)
      expect(await find('google', issuer, subject)).toBeUndefined()
      expect(await find(connection, 'https://evil.example.com', subject)).toBeUndefined()
      expect(await find(connection, issuer, `${subject}x`)).toBeUndefined()
      expect(await find(connection, `${issuer}","${subject}`, '')).toBeUndefined()
    })

    it('are one person’s each', async () => {
      const [user, other] = [await createUser(data), await createUser(data)]
      const { connection, issuer, subject } = await createIdentity(user.id)
      for (const { id } of [user, other]) {
        await expect(createIdentity(id, { connection, issuer, subject })).rejects.toMatchObject({ code: 'conflict' })
      }
      const outcomes = await Promise.allSettled(
        Array.from({ length: 10 }, async () => createIdentity(other.id, { subject: 'the same' })),
      )
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    })

    it('keep what the upstream said last, and what has to stay', async () => {
      const { id } = await createUser(data)
      const second = await createIdentity(id, { createdAt: anHourLater, address: undefined, pinned: {} })
      const first = await createIdentity(id)
      expect(await listIdentities(id)).toEqual([first, second])
      const record = (identityId: string, address: string | undefined) =>
        data.scoped(asSystem, ({ upstreamIdentities }) =>
          upstreamIdentities.recordUse(id, identityId, { address, usedAt: anHourLater }),
        )
      await record(first.id, undefined)
      await record(second.id, 'ada@new.example.com')
      await record(newId(), 'nobody@example.com')
      expect(await listIdentities(id)).toEqual([
        { ...first, address: undefined, lastUsedAt: anHourLater },
        { ...second, address: 'ada@new.example.com', lastUsedAt: anHourLater },
      ])
      const remove = () => data.scoped(asUser(id), ({ upstreamIdentities }) => upstreamIdentities.delete(id, first.id))
      expect([await remove(), await remove()]).toEqual([true, false])
      expect(await find(first.connection, first.issuer, first.subject)).toBeUndefined()
    })
  })

  it('knows the browsers in which somebody signed in, and forgets them so many at a time', async () => {
    const [{ id }, other] = [await createUser(data), await createUser(data)]
    const browserHash = newHash()
    const find = (userId = id) => data.read(asSystem, ({ knownBrowsers }) => knownBrowsers.find(userId, browserHash))
    const remember = (userId: string, method: string, moment: Date) =>
      data.scoped(asSystem, ({ knownBrowsers }) => knownBrowsers.remember({ userId, browserHash, method }, moment))
    const findLastMethod = () => data.read(asSystem, ({ knownBrowsers }) => knownBrowsers.findLastMethod(browserHash))

    expect([await find(), await findLastMethod()]).toEqual([undefined, undefined])
    const together = await Promise.all(Array.from({ length: 5 }, () => remember(id, 'email', noon)))
    expect(together.toSorted()).toEqual(['first', 'known', 'known', 'known', 'known'])
    const browser = { userId: id, browserHash, method: 'email', firstSeenAt: noon, lastSeenAt: noon, passkeyOfferedAt: undefined }
    expect(await find()).toEqual(browser)
    expect(await find(other.id)).toBeUndefined()
    await data.scoped(asSystem, ({ knownBrowsers }) => knownBrowsers.recordPasskeyOffer(id, browserHash, noon))
    expect(await remember(id, 'passkey', anHourLater)).toBe('known')
    expect(await find()).toEqual({ ...browser, method: 'passkey', lastSeenAt: anHourLater, passkeyOfferedAt: noon })
    expect(await remember(other.id, 'email', noon)).toBe('first')
    expect(await findLastMethod()).toBe('passkey')
    expect(await data.read(asUser(other.id), ({ knownBrowsers }) => knownBrowsers.findLastMethod(browserHash))).toBe('email')

    const old = new Date('2001-01-01T00:00:00Z')
    for (const user of [id, other.id]) {
      const elsewhere = { userId: user, browserHash: newHash(), method: 'email' }
      expect(await data.scoped(asSystem, ({ knownBrowsers }) => knownBrowsers.remember(elsewhere, old))).toBe('new')
    }
    const sweep = () => data.scoped(asSystem, ({ knownBrowsers }) => knownBrowsers.deleteOlderThan(anHourEarlier, 1))
    expect([await sweep(), await sweep(), await sweep()]).toEqual([1, 1, 0])
    expect(await find()).toBeDefined()
  })

  it('forgets all browsers of a person but one, and nobody else’s', async () => {
    const [{ id }, other] = [await createUser(data), await createUser(data)]
    const [here, there] = [newHash(), newHash()]
    await data.scoped(asSystem, async ({ knownBrowsers }) => {
      for (const userId of [id, other.id])
        for (const browserHash of [here, there]) await knownBrowsers.remember({ userId, browserHash, method: 'email' }, noon)
      await knownBrowsers.forgetOthers(id, here)
    })
    const isKnown = (userId: string, browserHash: Buffer) =>
      data.read(asSystem, async ({ knownBrowsers }) => (await knownBrowsers.find(userId, browserHash)) !== undefined)
    expect([await isKnown(id, here), await isKnown(id, there)]).toEqual([true, false])
    expect([await isKnown(other.id, here), await isKnown(other.id, there)]).toEqual([true, true])
  })
})
