/** What two do at the very same moment, on a real PostgreSQL, again and again: it comes out as if one had been first. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { visitAccount } from '../support/account.ts'
import { callApi, newPerson, newWorkspace, startWithApi } from '../support/api.ts'
import { readRows } from '../support/durable-rows.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { asSystem } from '../support/records.ts'
import { expectMails } from '../support/sign-in.ts'
import { invite, openWorkspace } from '../support/workspaces.ts'

const rounds = 20

let latchkey: RunningLatchkey
beforeAll(async () => {
  latchkey = await startWithApi({ on: 'postgres' })
})
afterAll(() => latchkey?.stop())

it('of two Admins who demote each other one stays, whoever steps down besides', async () => {
  const { path, id, admin, member, close } = await newWorkspace(latchkey, { roles: ['admin'] })
  const pair = [admin, member] as const
  const give = (by: typeof admin, userId: string, roles: string[]) =>
    callApi(latchkey, 'PATCH', `${path}/members/${userId}`, { as: by.token, body: { roles }, headers: { 'if-match': '*' } })
  const listAdmins = async () =>
    (
      await latchkey.adapters.data.read(asSystem, ({ members }) =>
        Promise.all(pair.map(({ userId }) => members.find(id, userId))),
      )
    ).flatMap(found => (found?.roles.includes('admin') === true ? [found.userId] : []))

  for (let round = 0; round < rounds; round += 1) {
    const answers = await Promise.all([
      give(admin, member.userId, ['viewer']),
      give(member, admin.userId, ['viewer']),
      // And who steps down by themselves meanwhile.
      give(admin, admin.userId, ['manager']),
    ])
    const left = await listAdmins()
    expect(left, `round ${round}: ${answers.map(({ status }) => status).join()}`).toHaveLength(1)
    for (const { status } of answers) expect([200, 403, 409]).toContain(status)
    const [last, other] = left[0] === admin.userId ? [admin, member] : [member, admin]
    expect((await give(last, other.userId, ['admin'])).status).toBe(200)
  }
  close()
}, 120_000)

it('an invitation that is accepted in two browsers is accepted once', async () => {
  const { address, userId, agent } = await newPerson(latchkey)
  const { agent: other } = await visitAccount(latchkey, address)
  for (let round = 0; round < rounds; round += 1) {
    const { id } = await openWorkspace(latchkey, `Northwind ${round}`)
    const nextMail = expectMails(latchkey, address)
    await invite(latchkey, id, address)
    const [path] = /\/invitation\/[\w-]+/.exec((await nextMail()).text) ?? []
    const url = `${latchkey.issuer}${path}`
    const answers = await Promise.all([agent, other].map(each => each.post(`${url}/accept`)))
    expect(answers.map(({ status }) => status)).toContain(303)
    const told = await readRows(
      latchkey,
      'audit_events',
      `workspace_id = '${id}' and action in ('invitation.accepted', 'membership.added')`,
    )
    expect(
      told.map(({ action }) => String(action)).toSorted((one, other) => one.localeCompare(other)),
      `round ${round}`,
    ).toEqual(['invitation.accepted', 'membership.added'])
    expect(await latchkey.adapters.data.read(asSystem, ({ members }) => members.find(id, userId))).toMatchObject({
      roles: ['viewer'],
    })
  }
  for (const each of [agent, other]) each.close()
}, 180_000)
