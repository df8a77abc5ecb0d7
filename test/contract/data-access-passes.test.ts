import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Data } from '../../provider/ports/data.ts'
import { databaseKinds, type DurableState, openDurableState } from '../support/durable-state.ts'
import { anAccessPass, anHourLater, asSystem, asUser, createUser, createWorkspace, noon } from '../support/records.ts'

describe.each(databaseKinds)('access passes on %s', kind => {
  let state: DurableState
  let data: Data
  beforeAll(async () => {
    state = await openDurableState(kind)
    data = state.data
  })
  afterAll(() => state?.close())

  it('lets one of twenty use a pass, in time, and with the membership the pass is gone', async () => {
    const { id: workspaceId } = await createWorkspace(data)
    const { id: userId } = await createUser(data, workspaceId)
    const [old, pass] = [anAccessPass(workspaceId, userId), anAccessPass(workspaceId, userId)]
    const use = (passHash: Buffer, moment = noon) =>
      data.scoped(asSystem, ({ accessPasses }) => accessPasses.use(userId, passHash, moment))
    const find = () => data.read(asUser(userId), ({ accessPasses }) => accessPasses.find(userId))
    for (const each of [old, pass]) await data.scoped(asSystem, ({ accessPasses }) => accessPasses.replace(each))
    expect([await use(old.passHash), await use(pass.passHash, anHourLater)]).toEqual([false, false])
    const uses = await Promise.all(Array.from({ length: 20 }, () => use(pass.passHash)))
    expect(uses.filter(Boolean)).toHaveLength(1)
    expect(await find()).toMatchObject({ workspaceId, usedAt: noon, expiresAt: anHourLater })
    expect(await data.read(asUser(userId), ({ accounts }) => accounts.findFactors(userId))).toMatchObject({ accessPass: true })
    await expect(
      data.scoped(asUser(userId), ({ accessPasses }) => accessPasses.replace(anAccessPass(workspaceId, userId))),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await data.scoped(asSystem, ({ members }) => members.remove(workspaceId, userId, noon))
    expect(await find()).toBeUndefined()
  })
})
