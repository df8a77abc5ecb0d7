import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Data } from '../../provider/ports/data.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { databaseKinds, type DurableState, openDurableState } from '../support/durable-state.ts'
import {
  anHourEarlier,
  anHourLater,
  anInvitation,
  aPasskey,
  aRole,
  asSystem,
  asUser,
  asWorkspace,
  createUser,
  createWorkspace,
  newHash,
  noon,
} from '../support/records.ts'

const minutesAfter = (minutes: number) => new Date(noon.getTime() + minutes * 60_000)

describe.each(databaseKinds)('workspaces, members, roles and invitations on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  it('changes a workspace for whoever has seen its newest version, and for nobody else', async () => {
    const { id, slug } = await createWorkspace(data)
    const mode = asWorkspace(id)
    const find = () => data.read(asSystem, ({ workspaces }) => workspaces.findBySlug(slug))
    expect(await find()).toMatchObject({
      version: 1,
      status: 'active',
      plan: 'free',
      requirement: { level: 'none', from: undefined, authenticators: undefined },
    })
    expect(await data.scoped(mode, ({ workspaces }) => workspaces.rename(id, 'Renamed', 1))).toBe(true)
    expect(await data.scoped(mode, ({ workspaces }) => workspaces.rename(id, 'Again', 1))).toBe(false)
    const requirement = { level: 'phishing-resistant' as const, from: anHourLater, authenticators: [newId()] }
    expect(await data.scoped(mode, ({ workspaces }) => workspaces.changeRequirement(id, requirement))).toBe(true)
    expect(await find()).toMatchObject({ name: 'Renamed', version: 3, requirement })
  })

  it('leaves its plan, and whether it is suspended, to the system', async () => {
    const { id } = await createWorkspace(data)
    const mode = asWorkspace(id)
    const forbidden = { code: 'forbidden' }
    await expect(data.scoped(mode, ({ workspaces }) => workspaces.changePlan(id, 'pro'))).rejects.toMatchObject(forbidden)
    await expect(data.scoped(mode, ({ workspaces }) => workspaces.changeStatus(id, 'active'))).rejects.toMatchObject(forbidden)
    const changed = await data.scoped(asSystem, async ({ workspaces }) => [
      await workspaces.changePlan(id, 'pro'),
      await workspaces.changeStatus(id, 'suspended'),
    ])
    expect(changed).toEqual([true, true])
    expect(await data.read(mode, ({ workspaces }) => workspaces.findById(id))).toMatchObject({ plan: 'pro', status: 'suspended' })
  })

  it('lists what is due to be deleted, and only that', async () => {
    const [due, later, never] = await Promise.all([1, 2, 3].map(() => createWorkspace(data)))
    await data.scoped(asSystem, async ({ workspaces }) => {
      await workspaces.scheduleDeletion(due?.id ?? '', noon)
      await workspaces.scheduleDeletion(later?.id ?? '', anHourLater)
      await workspaces.scheduleDeletion(never?.id ?? '', noon)
      await workspaces.scheduleDeletion(never?.id ?? '', undefined)
    })
    const listed = await data.read(asSystem, ({ workspaces }) => workspaces.listDueForDeletion(noon, 100))
    expect(listed).toEqual([due?.id])
  })

  it('gives a page of members where the one before ended, and finds one by any address exactly', async () => {
    const { id } = await createWorkspace(data)
    const people = await Promise.all([1, 2, 3, 4, 5].map(() => createUser(data, id)))
    await data.scoped(asSystem, ({ passkeys }) => passkeys.create(aPasskey(people[0]?.id ?? '')))
    const mode = asWorkspace(id)
    const all = await data.read(mode, ({ members }) => members.list(id, { after: undefined, limit: 100 }))
    expect(new Set(all.map(({ userId }) => userId))).toEqual(new Set(people.map(person => person.id)))
    expect(all.filter(({ hasFactors }) => hasFactors).map(({ userId }) => userId)).toEqual([people[0]?.id])
    const first = await data.read(mode, ({ members }) => members.list(id, { after: undefined, limit: 2 }))
    const last = first.at(-1)
    const rest = await data.read(mode, ({ members }) =>
      members.list(id, { after: last && { moment: last.joinedAt, id: last.userId }, limit: 100 }),
    )
    expect([...first, ...rest]).toEqual(all)
    const address = people[2]?.address ?? ''
    expect(await data.read(mode, ({ members }) => members.findByAddress(id, address))).toMatchObject({ address })
    expect(await data.read(mode, ({ members }) => members.findByAddress(id, address.slice(1)))).toBeUndefined()
    expect(await data.read(mode, ({ members }) => members.count(id))).toBe(5)
  })

  it('never lets a workspace add a member by itself, and lets it change and remove its own', async () => {
    const [{ id }, stranger] = await Promise.all([createWorkspace(data), createUser(data)])
    const mode = asWorkspace(id)
    const add = { workspaceId: id, userId: stranger.id, roles: ['viewer'], createdAt: noon }
    await expect(data.scoped(mode, ({ workspaces }) => workspaces.addMember(add))).rejects.toMatchObject({ code: 'forbidden' })
    await data.scoped(asSystem, ({ workspaces }) => workspaces.addMember(add))
    const change = (roles: string[], version?: number) =>
      data.scoped(mode, ({ members }) => members.changeRoles(id, stranger.id, roles, version))
    expect(await change(['operator', 'manager'], 1)).toBe(true)
    expect(await change(['admin'], 1)).toBe(false)
    expect(await data.read(mode, ({ members }) => members.countHolders(id, 'manager'))).toBe(1)
    expect(await data.read(mode, ({ members }) => members.countHolders(id, 'admin'))).toBe(0)
    const isHeld = (userId: string) => data.read(mode, ({ members }) => members.isHeldByAnother(id, 'manager', userId))
    expect([await isHeld(newId()), await isHeld(stranger.id)]).toEqual([true, false])
    await data.scoped(asSystem, ({ accounts }) => accounts.scheduleErasure(stranger.id, noon))
    expect(await isHeld(newId())).toBe(false)
    expect(await data.scoped(mode, ({ members }) => members.remove(id, stranger.id, noon))).toBe(true)
    expect(await data.scoped(mode, ({ members }) => members.remove(id, stranger.id, noon))).toBe(false)
    expect(await data.read(mode, ({ users }) => users.findById(stranger.id))).toBeUndefined()
  })

  it('tells all that decides about tokens of a member: roles, what those of the workspace permit, requirement, state', async () => {
    const { id, slug } = await createWorkspace(data)
    const user = await createUser(data)
    const [held, another] = [
      aRole(id, { permissions: ['members.read', 'invoices.approve'] }),
      aRole(id, { permissions: ['audit.read'] }),
    ]
    await data.scoped(asSystem, async ({ workspaces, roles }) => {
      for (const role of [held, another]) await roles.create(role)
      await workspaces.addMember({ workspaceId: id, userId: user.id, roles: ['viewer', held.key], createdAt: noon })
    })
    const [facts] = await data.read(asUser(user.id), ({ workspaces }) => workspaces.listMembershipFacts(user.id))
    expect(facts).toMatchObject({ workspaceId: id, slug, roles: ['viewer', held.key], open: true })
    expect(new Set(facts?.customPermissions)).toEqual(new Set(held.permissions))
    await data.scoped(asSystem, ({ workspaces }) => workspaces.scheduleDeletion(id, anHourLater))
    const [closed] = await data.read(asUser(user.id), ({ workspaces }) => workspaces.listMembershipFacts(user.id))
    expect(closed?.open).toBe(false)
  })

  it('keeps a role under its key, once, and changes it for whoever has seen its newest version', async () => {
    const { id } = await createWorkspace(data)
    const mode = asWorkspace(id)
    const role = aRole(id)
    await data.scoped(mode, ({ roles }) => roles.create(role))
    await expect(data.scoped(mode, ({ roles }) => roles.create(role))).rejects.toMatchObject({ code: 'conflict' })
    const changes = { name: 'Accountant', permissions: ['members.read'] }
    expect(await data.scoped(mode, ({ roles }) => roles.change(id, role.key, changes, 1))).toBe(true)
    expect(await data.scoped(mode, ({ roles }) => roles.change(id, role.key, changes, 1))).toBe(false)
    expect(await data.read(mode, ({ roles }) => roles.list(id))).toEqual([{ ...role, ...changes, version: 2 }])
    expect(await data.scoped(mode, ({ roles }) => roles.delete(id, role.key))).toBe(true)
    expect(await data.read(mode, ({ roles }) => roles.find(id, role.key))).toBeUndefined()
  })

  it('lets one of twenty accept an invitation, in time, and nobody what was revoked or replaced', async () => {
    const { id } = await createWorkspace(data)
    const user = await createUser(data)
    const accept = (invitationId: string, moment = noon) =>
      data.scoped(asSystem, ({ invitations }) => invitations.accept(id, invitationId, user.id, moment))
    const replace = async (changes: Parameters<typeof anInvitation>[1] = {}) => {
      const invitation = anInvitation(id, { address: user.address, ...changes })
      await data.scoped(asWorkspace(id), ({ invitations }) => invitations.replace(invitation))
      return invitation
    }
    const replaced = await replace()
    const revoked = await replace()
    expect(await accept(replaced.id)).toBe(false)
    const revoke = () => data.scoped(asWorkspace(id), ({ invitations }) => invitations.revoke(id, revoked.id, noon))
    expect([await revoke(), await revoke()]).toEqual([true, false])
    expect(await accept(revoked.id)).toBe(false)
    const expired = await replace({ expiresAt: minutesAfter(-1) })
    expect(await accept(expired.id)).toBe(false)
    const good = await replace()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => accept(good.id)))
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    const found = await data.read(asSystem, ({ invitations }) => invitations.findByTokenHash(good.tokenHash))
    expect(found).toEqual({ ...good, acceptedAt: noon, acceptedBy: user.id, revokedAt: undefined })
    expect(await data.read(asSystem, ({ invitations }) => invitations.findByTokenHash(newHash()))).toBeUndefined()
  })

  it('lists what can be accepted still: of a workspace, and by a person, whichever workspace it is for', async () => {
    const [one, other] = await Promise.all([createWorkspace(data), createWorkspace(data)])
    const user = await createUser(data)
    const mine = anInvitation(one.id, { address: user.address })
    const mineElsewhere = anInvitation(other.id, { address: user.address, createdAt: minutesAfter(1) })
    const expired = anInvitation(one.id, { expiresAt: anHourEarlier })
    await data.scoped(asSystem, async ({ invitations }) => {
      for (const each of [mine, mineElsewhere, expired]) await invitations.replace(each)
    })
    const open = { acceptedAt: undefined, acceptedBy: undefined, revokedAt: undefined }
    const page = { after: undefined, limit: 10 }
    expect(await data.read(asWorkspace(one.id), ({ invitations }) => invitations.listOpen(one.id, noon, page))).toEqual([
      { ...mine, ...open },
    ])
    expect(await data.read(asSystem, ({ invitations }) => invitations.listOpenForUser(user.id, noon))).toEqual([
      { ...mine, ...open },
      { ...mineElsewhere, ...open },
    ])
  })
})
