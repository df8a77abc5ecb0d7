/** A member who has lost what they sign in with, reset through the API: by a person who has just signed in, and may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { expectNotices } from '../support/account.ts'
import { callApi, newWorkspace, startWithApi } from '../support/api.ts'
import { dumpPostgres } from '../support/dumps.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { asSystem } from '../support/records.ts'
import { browserApp, serverApp } from '../support/relying-party.ts'
import { signInByMail, signUpWithTotp } from '../support/second-steps.ts'
import { headingOf, readNotices } from '../support/sign-in.ts'

const { say } = speak('en')
const passPattern = /^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}$/

describe.each(['embedded', 'postgres'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startWithApi({ on, apps: [serverApp, browserApp] })
  })
  afterAll(() => latchkey?.stop())

  /** A workspace with an Admin, a Manager and somebody who has an authenticator app. */
  async function plant({ roles = ['viewer'] }: { roles?: string[] } = {}) {
    const workspace = await newWorkspace(latchkey, { roles: ['manager'] })
    const { address } = await signUpWithTotp(latchkey)
    const holder = await latchkey.adapters.data.scoped(asSystem, async ({ users, workspaces }) => {
      const user = await users.findByAddress(address)
      if (user === undefined) throw new Error('nobody has the address')
      await workspaces.addMember({ workspaceId: workspace.id, userId: user.id, roles, createdAt: latchkey.clock.now() })
      return user
    })
    const reset = (as: string | undefined, headers: Record<string, string> = {}, userId = holder.id) =>
      callApi(latchkey, 'POST', `${workspace.path}/members/${userId}/reset`, { as, headers })
    return { ...workspace, holder, reset }
  }
  const countApps = async ({ id }: { id: string }) =>
    (await latchkey.adapters.data.read(asSystem, ({ totpDevices }) => totpDevices.listForUser(id))).length
  const eventsIn = (id: string) =>
    latchkey.adapters.data.read(asSystem, ({ auditEvents }) => auditEvents.searchWorkspace(id, {}, 100))

  it('answers a pass that gets them in; both are told, and the log says who did it', async () => {
    const { id, admin, holder, reset, close } = await plant()
    const answer = await reset(admin.token)
    expect([answer.status, Object.keys(answer.body).toSorted()]).toEqual([200, ['expires_at', 'pass']])
    expect(answer.headers.get('cache-control')).toContain('no-store')
    const pass = String(answer.body['pass'])
    expect(pass).toMatch(passPattern)
    expect(await countApps(holder)).toBe(0)
    await expectNotices(latchkey, holder.address, say('mail.notice.factors-reset'))
    await expectNotices(latchkey, admin.address, say('mail.notice.access-pass-made'))
    for (const { text } of await readNotices(latchkey, admin.address)) expect(text).not.toContain(pass)
    const told = (await eventsIn(id)).filter(({ action }) => ['factors.reset', 'access-pass.made'].includes(action))
    expect(told.map(({ actor, userId }) => [actor, userId])).toEqual(
      ['a reset', 'a pass'].map(() => [`user:${admin.userId}`, holder.id]),
    )

    const parameters = { workspace: id }
    const { agent, home, next } = await signInByMail(latchkey, { address: holder.address, parameters })
    expect(headingOf(next)).toBe(say('access-pass-step.heading'))
    const used = await agent.follow(await agent.post(`${home}/verify`, { method: 'access-pass', code: pass }))
    expect(headingOf(used)).toBe(say('access-pass-used.heading'))
    close()
  })

  it('with an idempotency key is done once, and answers the same pass to whoever did not get it', async () => {
    const { id, admin, member, reset, close } = await plant()
    const once = { 'idempotency-key': '"lost-telephone"' }
    const [first, again] = [await reset(admin.token, once), await reset(admin.token, once)]
    expect([first.status, again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 200, 'true'])
    expect(again.body).toEqual(first.body)
    expect((await eventsIn(id)).filter(({ action }) => action === 'factors.reset')).toHaveLength(1)
    expect((await reset(member.token, once)).body['pass']).not.toBe(first.body['pass'])
    close()
  })

  it('is refused to a key, whatever it was made for', async () => {
    const { path, admin, holder, reset, close } = await plant()
    const body = { name: 'Everything', permissions: ['members.read', 'members.manage', 'sessions.manage'] }
    const made = await callApi(latchkey, 'POST', `${path}/api-keys`, { as: admin.token, body })
    const refused = await reset(String(made.body['key']))
    expect(refused.body).toMatchObject({ status: 403, code: 'forbidden' })
    expect(await countApps(holder)).toBe(1)
    close()
  })

  it('is refused to who may not manage members, who has less, whoever asks for themselves, and for who is elsewhere', async () => {
    const planted = await plant({ roles: ['admin'] })
    const { admin, member, holder, reset, path } = planted
    expect((await reset(undefined)).status).toBe(401)
    expect((await reset(member.token)).body).toMatchObject({ status: 403, code: 'more-than-own' })
    expect((await reset(admin.token, {}, admin.userId)).body).toMatchObject({ status: 403, code: 'forbidden' })
    for (const nobody of [crypto.randomUUID(), 'nobody'])
      expect((await reset(admin.token, {}, nobody)).body, nobody).toMatchObject({ status: 404 })
    const lower = { as: admin.token, body: { roles: ['operator'] }, headers: { 'if-match': '*' } }
    expect((await callApi(latchkey, 'PATCH', `${path}/members/${member.userId}`, lower)).status).toBe(200)
    expect((await reset(member.token)).body).toMatchObject({ status: 403, code: 'forbidden' })

    const other = await newWorkspace(latchkey)
    const foreign = `${path}/members/${other.member.userId}/reset`
    expect((await callApi(latchkey, 'POST', foreign, { as: admin.token })).status).toBe(404)
    expect((await callApi(latchkey, 'POST', foreign, { as: other.admin.token })).status).toBe(404)
    const createdAt = latchkey.clock.now()
    await latchkey.adapters.data.scoped(asSystem, ({ workspaces }) =>
      workspaces.addMember({ workspaceId: other.id, userId: holder.id, roles: ['viewer'], createdAt }),
    )
    expect((await reset(admin.token)).body).toMatchObject({ status: 409, code: 'member-elsewhere' })
    expect(await countApps(holder)).toBe(1)
    other.close()
    planted.close()
  })

  it.for(on === 'postgres' ? ['the database'] : [])('the pass is in no row of %s, nor is the answer that is kept', async () => {
    const { admin, reset, close } = await plant()
    const answer = await reset(admin.token, { 'idempotency-key': '"kept"' })
    const pass = String(answer.body['pass'])
    expect(pass).toMatch(passPattern)
    const dump = await dumpPostgres(latchkey.databaseUrl ?? '')
    for (const text of [pass, pass.replaceAll('-', '')]) expect(dump).not.toContain(text)
    close()
  })

  // Last, because the protocol's library goes by the machine's clock.
  it('needs a sign-in of ten minutes ago at most', async () => {
    const { admin, holder, reset, close } = await plant()
    latchkey.clock.advance(601)
    const refused = await reset(admin.token)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(/insufficient_user_authentication.*max_age="600"/)
    expect(await countApps(holder)).toBe(1)
    close()
  })
})
