/** What two do at the very same moment, on a real PostgreSQL, again and again: it comes out as if one had been first. */
import { Client } from 'pg'
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

/** How many of Latchkey's transactions wait for another one to end. */
async function countWaiting(): Promise<number> {
  const client = new Client({ connectionString: latchkey.databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query(
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rows[0].waiting
  } finally {
    await client.end()
  }
}

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

it('whoever is demoted while what they asked for waits is refused it', async () => {
  const { path, id, admin, member, close } = await newWorkspace(latchkey, { roles: ['manager'] })
  const [held, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holder = latchkey.adapters.data.scoped(asSystem, async ({ workspaces }) => {
    await workspaces.lock(id)
    held.resolve()
    await mayEnd.promise
  })
  await held.promise
  const lower = { as: admin.token, body: { roles: ['viewer'] }, headers: { 'if-match': '*' } }
  const demotion = callApi(latchkey, 'PATCH', `${path}/members/${member.userId}`, lower)
  await expect.poll(countWaiting).toBe(1)
  const body = { address: 'late@example.com', roles: ['viewer'] }
  const invitation = callApi(latchkey, 'POST', `${path}/invitations`, { as: member.token, body })
  await expect.poll(countWaiting).toBe(2)
  mayEnd.resolve()
  await holder
  expect([(await demotion).status, (await invitation).status]).toEqual([200, 403])
  close()
})

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
    for (const { status } of answers) expect(status).toBeLessThan(500)
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
