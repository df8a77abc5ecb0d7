import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../../provider/kernel/ids.ts'
import type { Data } from '../../provider/ports/data.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import { asSystem, createUser, newAddress, noon } from '../support/records.ts'

describe.each(databaseKinds)('addresses that a connection vouched for on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  const find = (address: string) => data.read(asSystem, ({ users }) => users.findByAddress(address))
  const confirm = (userId: string, address: string) => data.scoped(asSystem, ({ users }) => users.confirmAddress(userId, address))

  async function createVouched() {
    const user = { id: newId(), address: newAddress(), locale: 'en', createdAt: noon, vouchedBy: 'google' }
    await data.scoped(asSystem, ({ users }) => users.create(user))
    return user
  }

  it('say whose word they rest on, until they are confirmed, which one caller is the first to do', async () => {
    const { id, address } = await createVouched()
    expect((await find(address))?.vouchedBy).toBe('google')
    const confirmed = await Promise.all([confirm(id, address), confirm(id, address), confirm(id, address)])
    expect(confirmed.filter(Boolean)).toHaveLength(1)
    expect((await find(address))?.vouchedBy).toBeUndefined()
  })

  it('are confirmed for the person who has them', async () => {
    const { address } = await createVouched()
    const other = await createUser(data)
    expect(await confirm(other.id, address)).toBe(false)
    expect((await find(address))?.vouchedBy).toBe('google')
  })

  it('are not those that our own mail proved', async () => {
    const { id, address } = await createUser(data)
    expect((await find(address))?.vouchedBy).toBeUndefined()
    expect(await confirm(id, address)).toBe(false)
  })
})
