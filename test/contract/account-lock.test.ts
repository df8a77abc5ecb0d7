import { describe, expect, it, onTestFinished } from 'vitest'
import { newId } from '../../provider/kernel/ids.ts'
import { databaseKinds, openDurableState } from '../support/durable-state.ts'
import { asUser, createUser, newAddress, noon } from '../support/records.ts'

describe.each(databaseKinds)('an account on %s', kind => {
  it('is locked for a change that depends on the rest of it: who comes next sees what was done', async () => {
    const state = await openDurableState(kind)
    onTestFinished(() => state.close())
    const { data } = state
    const { id } = await createUser(data)
    const add = () =>
      data.scoped(asUser(id), async ({ accounts }) => {
        await accounts.lock(id)
        const seen = await accounts.listAddresses(id)
        await accounts.addAddress({ id: newId(), userId: id, address: newAddress(), verifiedAt: noon })
        return seen.length
      })
    expect((await Promise.all(Array.from({ length: 5 }, add))).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5])
  })
})
