import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../provider/kernel/ids.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import type { Data } from '../../provider/ports/data.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import {
  aFamily,
  aGrant,
  anHourEarlier,
  anHourLater,
  asSystem,
  asUser,
  asWorkspace,
  aSession,
  createUser,
  createWorkspace,
  newHash,
  noon,
} from '../support/records.ts'

describe.each(databaseKinds)('sessions, grants and refresh families on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  async function createSession(userId: string, changes: Parameters<typeof aSession>[1] = {}) {
    const session = aSession(userId, changes)
    await data.scoped(asSystem, ({ sessions }) => sessions.create(session))
    return session
  }

  async function createGrant(userId: string, changes: Parameters<typeof aGrant>[1] = {}) {
    const grant = aGrant(userId, changes)
    await data.scoped(asSystem, ({ grants }) => grants.upsert(grant))
    return grant
  }

  async function createFamily(grant: ReturnType<typeof aGrant>, changes: Parameters<typeof aFamily>[1] = {}) {
    const family = aFamily(grant, changes)
    await data.scoped(asSystem, ({ refreshFamilies }) => refreshFamilies.create(family))
    return family
  }

  const findFamily = (id: string) => data.read(asSystem, ({ refreshFamilies }) => refreshFamilies.find(id))
  const findFacts = (id: string, tokenId?: string) => data.read(asSystem, ({ grants }) => grants.findFacts(id, tokenId))

  it('keeps a session, found by the hash of its id and by its uid', async () => {
    const user = await createUser(data)
    const session = await createSession(user.id)
    await data.read(asSystem, async ({ sessions }) => {
      expect(await sessions.findByIdHash(session.idHash)).toEqual(session)
      expect(await sessions.findByUid(session.uid)).toEqual(session)
      expect(await sessions.findByIdHash(newHash())).toBeUndefined()
      expect(await sessions.findByUid('\0')).toBeUndefined()
    })
  })

  it('updates a session, and never makes one again that was ended', async () => {
    const [user, other] = [await createUser(data), await createUser(data)]
    const session = await createSession(user.id)
    const change = {
      uid: session.uid,
      userId: user.id,
      idHash: newHash(),
      payload: { acr: 'phr' },
      lastUsedAt: anHourLater,
      expiresAt: new Date('2031-01-01T00:00:00Z'),
    }
    const update = (changes: Partial<typeof change> = {}) =>
      data.scoped(asSystem, ({ sessions }) => sessions.update({ ...change, ...changes }))

    expect(await update()).toBe(true)
    expect(await data.read(asSystem, ({ sessions }) => sessions.findByIdHash(change.idHash))).toEqual({ ...session, ...change })
    expect(await data.read(asSystem, ({ sessions }) => sessions.findByIdHash(session.idHash))).toBeUndefined()
    // A session stays its person's.
    expect(await update({ userId: other.id })).toBe(false)

    await data.scoped(asSystem, ({ sessions }) => sessions.delete(session.uid))
    expect(await update()).toBe(false)
    expect(await data.read(asSystem, ({ sessions }) => sessions.findByUid(session.uid))).toBeUndefined()
  })

  it("lists a person's sessions, oldest first, and deletes the expired ones so many at a time", async () => {
    const user = await createUser(data)
    const later = await createSession(user.id, { createdAt: anHourLater })
    const expiresAt = new Date('2001-01-01T00:00:00Z')
    const expired = await createSession(user.id, { createdAt: anHourEarlier, expiresAt })
    await createSession(user.id, { expiresAt })
    const list = async () =>
      (await data.read(asUser(user.id), ({ sessions }) => sessions.listForUser(user.id))).map(({ uid }) => uid)
    expect(await list()).toHaveLength(3)
    expect((await list())[0]).toBe(expired.uid)
    const sweep = () => data.scoped(asSystem, ({ sessions }) => sessions.deleteExpired(new Date('2001-01-02T00:00:00Z'), 1))
    expect([await sweep(), await sweep(), await sweep()]).toEqual([1, 1, 0])
    expect(await list()).toEqual([later.uid])
  })

  it('finds with a grant its user and the membership that it names', async () => {
    const workspace = await createWorkspace(data)
    const user = await createUser(data, workspace.id)
    const grant = await createGrant(user.id, { workspaceId: workspace.id })
    const facts = await findFacts(grant.id)
    expect(facts?.grant).toEqual(grant)
    expect(facts?.user).toMatchObject({ id: user.id, address: user.address, status: 'active' })
    expect(facts?.membership).toEqual({
      workspaceId: workspace.id,
      slug: workspace.slug,
      roles: ['Admin'],
      customPermissions: [],
      requirement: { level: 'none', from: undefined, authenticators: undefined },
      open: true,
    })
    expect(await findFacts(newSecret())).toBeUndefined()
    expect(await findFacts('\0')).toBeUndefined()
  })

  it('names no membership where there is none any more, or none was named', async () => {
    const workspace = await createWorkspace(data)
    const user = await createUser(data)
    const outside = await createGrant(user.id, { workspaceId: workspace.id })
    const free = await createGrant(user.id)
    expect((await findFacts(outside.id))?.membership).toBeUndefined()
    expect((await findFacts(free.id))?.membership).toBeUndefined()
  })

  it('replaces a grant, but never gives it to another user or app', async () => {
    const workspace = await createWorkspace(data)
    const [user, other] = [await createUser(data, workspace.id), await createUser(data)]
    const grant = await createGrant(user.id)
    const changed = { ...grant, workspaceId: workspace.id, sessionUid: undefined, payload: { more: true }, expiresAt: noon }
    await data.scoped(asSystem, ({ grants }) => grants.upsert({ ...changed, createdAt: anHourLater }))
    expect((await findFacts(grant.id))?.grant).toEqual(changed)
    for (const stolen of [
      { ...changed, userId: other.id },
      { ...changed, clientId: 'another-app' },
    ]) {
      await expect(data.scoped(asSystem, ({ grants }) => grants.upsert(stolen))).rejects.toMatchObject({ code: 'conflict' })
    }
    expect((await findFacts(grant.id))?.grant).toEqual(changed)
  })

  it('finds no facts for a revoked access token, until it would have expired', async () => {
    const grant = await createGrant((await createUser(data)).id)
    const tokenId = newSecret()
    expect(await findFacts(grant.id, tokenId)).toBeDefined()
    const revoke = () => data.scoped(asSystem, ({ revokedAccessTokens }) => revokedAccessTokens.add(tokenId, noon))
    await revoke()
    await revoke()
    expect(await findFacts(grant.id, tokenId)).toBeUndefined()
    expect(await findFacts(grant.id, newSecret())).toBeDefined()
    expect(await findFacts(grant.id)).toBeDefined()

    await data.scoped(asSystem, async ({ revokedAccessTokens }) => {
      expect(await revokedAccessTokens.has(tokenId)).toBe(true)
      expect(await revokedAccessTokens.has('\0')).toBe(false)
      expect(await revokedAccessTokens.deleteExpired(noon, 10)).toBe(0)
      expect(await revokedAccessTokens.deleteExpired(anHourLater, 10)).toBe(1)
      expect(await revokedAccessTokens.has(tokenId)).toBe(false)
    })
  })

  it('ends the refresh families of a grant with it', async () => {
    const user = await createUser(data)
    const grant = await createGrant(user.id)
    const families = [await createFamily(grant), await createFamily(grant)]
    expect(await findFamily(families[0]?.id ?? '')).toBeDefined()
    await data.scoped(asSystem, ({ grants }) => grants.delete(grant.id))
    expect(await findFacts(grant.id)).toBeUndefined()
    for (const { id } of families) expect(await findFamily(id)).toBeUndefined()
  })

  it('deletes expired grants and families, so many at a time', async () => {
    const user = await createUser(data)
    const expiresAt = new Date('2001-01-01T12:00:00Z')
    const moment = new Date('2001-01-01T12:00:01Z')
    const lasting = await createGrant(user.id)
    for (let count = 0; count < 3; count += 1) {
      await createFamily(await createGrant(user.id, { expiresAt }), { expiresAt })
      await createFamily(lasting, { expiresAt })
    }
    // The same day, and not expired yet.
    const family = await createFamily(lasting, { expiresAt: moment })
    const sweepFamilies = () => data.scoped(asSystem, ({ refreshFamilies }) => refreshFamilies.deleteExpired(moment, 4))
    const sweepGrants = () => data.scoped(asSystem, ({ grants }) => grants.deleteExpired(moment, 2))
    expect([await sweepFamilies(), await sweepFamilies(), await sweepFamilies()]).toEqual([4, 2, 0])
    expect([await sweepGrants(), await sweepGrants(), await sweepGrants()]).toEqual([2, 1, 0])
    expect(await findFamily(family.id)).toBeDefined()
  })

  it('finds a refresh family with the facts of its grant', async () => {
    const workspace = await createWorkspace(data)
    const user = await createUser(data, workspace.id)
    const grant = await createGrant(user.id, { workspaceId: workspace.id })
    const fresh = await createFamily(grant)
    const rotated = await createFamily(grant, { previousHash: newHash(), successor: newHash(), rotatedAt: noon })
    for (const family of [fresh, rotated]) {
      const found = await findFamily(family.id)
      expect(found?.family).toEqual(family)
      expect(found?.facts).toEqual(await findFacts(grant.id))
    }
    for (const id of ['0'.repeat(32), '', 'G'.repeat(32), newId(), '\0']) expect(await findFamily(id)).toBeUndefined()
  })

  it("begins no family but for the grant's own user and app", async () => {
    const [user, other] = [await createUser(data), await createUser(data)]
    const grant = await createGrant(user.id)
    for (const changes of [{ userId: other.id }, { clientId: 'another-app' }, { grantId: newSecret() }]) {
      await expect(createFamily(grant, changes)).rejects.toMatchObject({ code: 'conflict' })
    }
  })

  it('lets one of fifty callers rotate a family', async () => {
    const family = await createFamily(await createGrant((await createUser(data)).id))
    const attempts = Array.from({ length: 50 }, () => ({
      currentHash: newHash(),
      successor: newHash(),
      rotatedAt: noon,
      payload: { rotations: 1 },
      expiresAt: anHourLater,
    }))
    const rotate = (next: (typeof attempts)[number]) =>
      data
        .scoped(asSystem, ({ refreshFamilies }) => refreshFamilies.rotate(family.id, family.currentHash, next))
        .then(
          () => true,
          (error: unknown) => !(error instanceof AppError && error.code === 'conflict'),
        )
    const rotated = await Promise.all(attempts.map(rotate))
    const winner = attempts[rotated.indexOf(true)]
    expect(rotated.filter(Boolean)).toHaveLength(1)
    expect((await findFamily(family.id))?.family).toEqual({ ...family, ...winner, previousHash: family.currentHash })
    await expect(
      data.scoped(asSystem, ({ refreshFamilies }) => refreshFamilies.rotate('not-hex', newHash(), attempts[0] as never)),
    ).rejects.toMatchObject({ code: 'conflict' })
  })

  it('rewrites a family in place: a chain of rotations writes to no index, so that the table can be pruned', async () => {
    const family = await createFamily(await createGrant((await createUser(data)).id))
    const measure = async () => {
      const { rows } = await state.execute(`select pg_indexes_size('latchkey.refresh_families') as bytes`)
      return Number(rows[0]?.['bytes'])
    }
    const before = await measure()
    let current = family.currentHash
    for (let count = 0; count < 500; count += 1) {
      const next = newHash()
      const expiresAt = new Date(anHourLater.getTime() + count)
      await data.scoped(asSystem, ({ refreshFamilies }) =>
        refreshFamilies.rotate(family.id, current, {
          currentHash: next,
          successor: newHash(),
          rotatedAt: noon,
          payload: { count },
          expiresAt,
        }),
      )
      current = next
    }
    expect(await measure()).toBe(before)
  })

  it('deletes a family', async () => {
    const family = await createFamily(await createGrant((await createUser(data)).id))
    await data.scoped(asSystem, ({ refreshFamilies }) => refreshFamilies.delete(family.id))
    expect(await findFamily(family.id)).toBeUndefined()
  })

  it('lets users and workspaces see and end what is theirs', async () => {
    const workspace = await createWorkspace(data)
    const user = await createUser(data, workspace.id)
    const [session, grant] = [await createSession(user.id), await createGrant(user.id, { workspaceId: workspace.id })]
    const family = await createFamily(grant)
    for (const mode of [asUser(user.id), asWorkspace(workspace.id)]) {
      expect(await data.read(mode, ({ grants }) => grants.findFacts(grant.id))).toEqual(await findFacts(grant.id))
      expect((await data.read(mode, ({ refreshFamilies }) => refreshFamilies.find(family.id)))?.family).toEqual(family)
    }
    await data.scoped(asWorkspace(workspace.id), ({ grants }) => grants.delete(grant.id))
    await data.scoped(asUser(user.id), ({ sessions }) => sessions.delete(session.uid))
    expect(await findFacts(grant.id)).toBeUndefined()
    expect(await findFamily(family.id)).toBeUndefined()
    expect(await data.read(asSystem, ({ sessions }) => sessions.findByUid(session.uid))).toBeUndefined()
  })
})
