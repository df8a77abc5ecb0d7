import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../provider/kernel/ids.ts'
import type { Data } from '../../provider/ports/data.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import {
  anApp,
  anHourLater,
  asSystem,
  asUser,
  asWorkspace,
  createUser,
  createWorkspace,
  newAddress,
  newHash,
  noon,
} from '../support/records.ts'

/** What a new workspace has beside its name. */
const asMade = {
  personal: false,
  createdAt: noon,
  status: 'active',
  plan: 'free',
  requirement: { level: 'none', from: undefined, authenticators: undefined },
  deletionDueAt: undefined,
  version: 1,
}

describe.each(databaseKinds)('users, workspaces and apps on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  it('knows from when on what a user proved counts, and in which browser what was proved before, too', async () => {
    const { id } = await createUser(data)
    const findUser = (userId: string) => data.read(asSystem, ({ users }) => users.findById(userId))
    expect(await findUser(id)).toMatchObject({ proofsFrom: undefined })
    const voidAt = (moment: Date, browser: Buffer | undefined) =>
      data.scoped(asUser(id), ({ accounts }) => accounts.voidProofs(id, moment, browser))
    const browser = newHash()
    await voidAt(noon, browser)
    expect(await findUser(id)).toMatchObject({ proofsFrom: { moment: noon, exceptBrowser: browser, momentThere: undefined } })
    await voidAt(anHourLater, browser)
    const again = { moment: anHourLater, exceptBrowser: browser, momentThere: undefined }
    expect(await findUser(id)).toMatchObject({ proofsFrom: again })
    const another = newHash()
    const twoHoursLater = new Date(anHourLater.getTime() + 3_600_000)
    await voidAt(twoHoursLater, another)
    const elsewhere = { moment: twoHoursLater, exceptBrowser: another, momentThere: anHourLater }
    expect(await findUser(id)).toMatchObject({ proofsFrom: elsewhere })
    await voidAt(twoHoursLater, undefined)
    expect(await findUser(id)).toMatchObject({ proofsFrom: { moment: twoHoursLater, exceptBrowser: undefined } })
  })

  it('finds a user by id and by address, whoever asks among those who may', async () => {
    const workspace = await createWorkspace(data)
    const id = newId()
    const address = newAddress()
    await data.scoped(asSystem, async ({ users, workspaces }) => {
      await users.create({ id, address, locale: 'fr', createdAt: noon })
      await workspaces.addMember({
        workspaceId: workspace.id,
        userId: id,
        roles: ['Admin', 'a "quoted\\, {role}'],
        createdAt: noon,
      })
    })
    const expected = {
      id,
      address,
      addressVerifiedAt: noon,
      createdAt: noon,
      locale: 'fr',
      name: undefined,
      status: 'active',
    }
    for (const mode of [asSystem, asUser(id), asWorkspace(workspace.id)]) {
      expect(await data.read(mode, ({ users }) => users.findById(id))).toEqual(expected)
      expect(await data.read(mode, ({ users }) => users.findByAddress(address))).toEqual(expected)
      expect(await data.scoped(mode, ({ users }) => users.findById(id))).toEqual(expected)
      expect(await data.read(mode, ({ workspaces }) => workspaces.listForUser(id))).toEqual([
        { ...workspace, ...asMade, roles: ['Admin', 'a "quoted\\, {role}'] },
      ])
    }
  })

  it('finds nobody by an unknown, malformed or empty id or address', async () => {
    await data.read(asSystem, async ({ users, workspaces }) => {
      for (const id of [newId(), '', 'not-an-id', "' or true --", '\0']) {
        expect(await users.findById(id)).toBeUndefined()
        expect(await workspaces.findById(id)).toBeUndefined()
        expect(await workspaces.listForUser(id)).toEqual([])
      }
      expect(await users.findByAddress('')).toBeUndefined()
      expect(await users.findByAddress('nobody\0@example.com')).toBeUndefined()
    })
  })

  it('gives an address to one user alone, however many ask for it at once', async () => {
    const address = newAddress()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        data.scoped(asSystem, ({ users }) => users.create({ id: newId(), address, locale: 'en', createdAt: noon })),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'AppError', code: 'conflict' })
    }
  })

  it('reads what the same transaction has just written, its new key included', async () => {
    const id = newId()
    const address = newAddress()
    const found = await data.scoped(asSystem, async ({ users }) => {
      await users.create({ id, address, locale: 'en', createdAt: noon })
      return users.findByAddress(address)
    })
    expect(found).toMatchObject({ id, address })
  })

  it('keeps a workspace, refuses its slug to another one, and a membership twice', async () => {
    const workspace = await createWorkspace(data)
    const user = await createUser(data, workspace.id)
    expect(await data.read(asSystem, ({ workspaces }) => workspaces.findById(workspace.id))).toEqual({ ...workspace, ...asMade })
    const sameSlug = { ...workspace, id: newId(), personal: true, createdAt: noon }
    const sameMember = { workspaceId: workspace.id, userId: user.id, roles: [], createdAt: noon }
    await expect(data.scoped(asSystem, ({ workspaces }) => workspaces.create(sameSlug))).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(data.scoped(asSystem, ({ workspaces }) => workspaces.addMember(sameMember))).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it("lists a user's workspaces by how long they have been a member", async () => {
    const [first, second, third] = [await createWorkspace(data), await createWorkspace(data), await createWorkspace(data)]
    const user = await createUser(data, second.id)
    await data.scoped(asSystem, async ({ workspaces }) => {
      await workspaces.addMember({ workspaceId: third.id, userId: user.id, roles: [], createdAt: anHourLater })
      await workspaces.addMember({ workspaceId: first.id, userId: user.id, roles: ['Viewer'], createdAt: new Date(0) })
    })
    const listed = await data.read(asUser(user.id), ({ workspaces }) => workspaces.listForUser(user.id))
    expect(listed.map(({ id, roles }) => ({ id, roles }))).toEqual([
      { id: first.id, roles: ['Viewer'] },
      { id: second.id, roles: ['Admin'] },
      { id: third.id, roles: [] },
    ])
  })

  it('inserts, replaces, lists and deletes apps', async () => {
    const app = anApp({ metadata: { name: 'Ünïcode "quotes" \\ \u2028', nested: { list: [1, null, true] } } })
    await data.scoped(asSystem, ({ apps }) => apps.insert(app))
    expect(await data.read(asSystem, ({ apps }) => apps.find(app.clientId))).toEqual(app)

    // There is one already: of two who register the same one, one does.
    await expect(data.scoped(asSystem, ({ apps }) => apps.insert({ ...app, metadata: {} }))).rejects.toMatchObject({
      code: 'conflict',
    })
    expect(await data.read(asSystem, ({ apps }) => apps.find(app.clientId))).toEqual(app)

    const replaced = { ...app, secretHash: undefined, metadata: { name: 'Another' } }
    await data.scoped(asSystem, ({ apps }) => apps.replace(replaced))
    expect(await data.read(asSystem, ({ apps }) => apps.find(app.clientId))).toEqual(replaced)
    expect(await data.read(asSystem, ({ apps }) => apps.list())).toContainEqual(replaced)

    await data.scoped(asSystem, ({ apps }) => apps.delete(app.clientId))
    expect(await data.read(asSystem, ({ apps }) => apps.find(app.clientId))).toBeUndefined()
    expect(await data.read(asSystem, ({ apps }) => apps.find('\0'))).toBeUndefined()
  })

  it('answers hashes as the very bytes', async () => {
    const app = anApp({ secretHash: Buffer.concat([Buffer.from([0, 255, 92, 39]), newHash()]) })
    await data.scoped(asSystem, ({ apps }) => apps.insert(app))
    const found = await data.read(asSystem, ({ apps }) => apps.find(app.clientId))
    expect(Buffer.isBuffer(found?.secretHash)).toBe(true)
    expect(found?.secretHash).toEqual(app.secretHash)
  })
})
