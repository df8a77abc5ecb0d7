/** Who calls the management API, and what becomes of that the moment something changes: people, keys, and the operator's apps. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiResource } from '../../provider/apps/api-resource.ts'
import { adminApp, callApi, newPerson, newWorkspace, operatorToken, startWithApi, tokenOf } from '../support/api.ts'
import { obtainCode, postAs, redeem, tokensOf } from '../support/code-flow.ts'
import { changeRows } from '../support/durable-rows.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'

let latchkey: RunningLatchkey
beforeAll(async () => {
  latchkey = await startWithApi({ on: 'postgres' })
})
afterAll(() => latchkey?.stop())

const any = { 'if-match': '*' }

async function newKey(permissions: string[]) {
  const workspace = await newWorkspace(latchkey, { roles: ['admin'] })
  const { path, member } = workspace
  const body = { name: 'Nightly', permissions, expires_in_days: 1 }
  const made = await callApi(latchkey, 'POST', `${path}/api-keys`, { as: member.token, body })
  expect(made.status).toBe(201)
  return { ...workspace, id: String(made.body['id']), key: String(made.body['key']) }
}

describe('a person', () => {
  it('may do what their roles permit now, whatever the token says, and nothing once they are removed', async () => {
    const { path, admin, member, close } = await newWorkspace(latchkey)
    const members = (as: string) => callApi(latchkey, 'GET', `${path}/members`, { as })
    expect((await members(member.token)).status).toBe(403)
    const raise = { as: admin.token, body: { roles: ['manager'] }, headers: any }
    expect((await callApi(latchkey, 'PATCH', `${path}/members/${member.userId}`, raise)).status).toBe(200)
    expect((await members(member.token)).status).toBe(200)
    const lower = { as: admin.token, body: { roles: ['viewer'] }, headers: any }
    await callApi(latchkey, 'PATCH', `${path}/members/${member.userId}`, lower)
    expect((await members(member.token)).status).toBe(403)
    expect((await callApi(latchkey, 'DELETE', `${path}/members/${member.userId}`, { as: admin.token })).status).toBe(204)
    expect((await callApi(latchkey, 'GET', path, { as: member.token })).status).toBe(401)
    close()
  })

  it('who is suspended, or whose token was revoked, is nobody', async () => {
    const { path, admin, member, close } = await newWorkspace(latchkey)
    await changeRows(latchkey, 'users', `update latchkey.users set status = 'suspended' where id = $1`, [member.userId])
    expect((await callApi(latchkey, 'GET', path, { as: member.token })).status).toBe(401)
    expect((await callApi(latchkey, 'GET', path, { as: admin.token })).status).toBe(200)
    await postAs(adminApp, `${latchkey.issuer}/revoke`, { token: admin.token })
    expect((await callApi(latchkey, 'GET', path, { as: admin.token })).status).toBe(401)
    close()
  })

  it('needs a new token as soon as more is required than the one they have tells of', async () => {
    const { path, admin, member, close } = await newWorkspace(latchkey)
    const from = new Date(latchkey.clock.now().getTime() + 1000)
    const requirement = { level: 'any-second-factor', from: from.toISOString(), authenticators: null }
    const change = { as: admin.token, body: { requirement }, headers: any }
    expect((await callApi(latchkey, 'PATCH', path, change)).status).toBe(200)
    expect((await callApi(latchkey, 'GET', path, { as: member.token })).status).toBe(200)
    latchkey.clock.advance(1)
    for (const about of [path, '/users/me'])
      for (const { token } of [admin, member]) {
        const refused = await callApi(latchkey, 'GET', about, { as: token })
        expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
          401,
          'Bearer error="insufficient_user_authentication", acr_values="multi-factor"',
        ])
      }
    const takeBack = { ...change, body: { requirement: { ...requirement, level: 'none' } } }
    expect((await callApi(latchkey, 'PATCH', path, takeBack)).status).toBe(401)
    close()
  })

  it('needs a token that was made for the API', async () => {
    const person = await newPerson(latchkey)
    const code = await obtainCode(latchkey, person.agent, serverApp, { scope: 'openid' })
    const { accessToken } = tokensOf(await redeem(latchkey, serverApp, code))
    expect((await callApi(latchkey, 'GET', '/users/me', { as: accessToken })).status).toBe(401)
    const token = await tokenOf(latchkey, person)
    expect((await callApi(latchkey, 'GET', '/users/me', { as: token })).status).toBe(200)
    person.agent.close()
  })

  it('takes everything along, and has their account deleted', async () => {
    const person = await newPerson(latchkey)
    const token = await tokenOf(latchkey, person)
    const exported = await callApi(latchkey, 'GET', '/users/me/export', { as: token })
    expect(exported.body).toMatchObject({ format: 'latchkey-account/1', profile: { id: person.userId } })
    const newcomer = await newPerson(latchkey)
    const fresh = await tokenOf(latchkey, newcomer)
    const deleted = await callApi(latchkey, 'DELETE', '/users/me', { as: fresh })
    expect([deleted.status, Object.keys(deleted.body)]).toEqual([202, ['erasure_due_at']])
    expect((await callApi(latchkey, 'GET', '/users/me', { as: fresh })).status).toBe(401)
    for (const { agent } of [person, newcomer]) agent.close()
  })
})

describe('an API key', () => {
  it('does what it was made for in its workspace, and no more; its use shows, and it ends at once', async () => {
    const { path, admin, id, key, close } = await newKey(['members.read'])
    expect(key).toMatch(/^lk_[0-9a-f]{32}_[\w-]{43}$/)
    expect((await callApi(latchkey, 'GET', `${path}/members`, { as: key })).status).toBe(200)
    expect((await callApi(latchkey, 'GET', path, { as: key })).status).toBe(403)
    expect((await callApi(latchkey, 'GET', '/users/me', { as: key })).status).toBe(403)
    expect((await callApi(latchkey, 'GET', '/workspaces', { as: key })).status).toBe(403)
    const other = await newWorkspace(latchkey)
    expect((await callApi(latchkey, 'GET', `${other.path}/members`, { as: key })).status).toBe(404)
    const listed = await callApi(latchkey, 'GET', `${path}/api-keys`, { as: admin.token })
    expect(listed.body['items']).toMatchObject([{ id, name: 'Nightly', last_used_at: expect.any(String) }])
    expect(JSON.stringify(listed.body)).not.toContain(key.slice(36))
    const forged = key.replace(/.$/, last => (last === 'A' ? 'B' : 'A'))
    expect((await callApi(latchkey, 'GET', `${path}/members`, { as: forged })).status).toBe(401)
    expect((await callApi(latchkey, 'DELETE', `${path}/api-keys/${id}`, { as: admin.token })).status).toBe(204)
    expect((await callApi(latchkey, 'GET', `${path}/members`, { as: key })).status).toBe(401)
    other.close()
    close()
  })

  it('may never more than whoever made it may now, and is gone with them', async () => {
    const { path, admin, member, key, close } = await newKey(['members.read', 'audit.read'])
    const events = () => callApi(latchkey, 'GET', `${path}/events`, { as: key })
    expect((await events()).status).toBe(200)
    const lower = { as: admin.token, body: { roles: ['operator'] }, headers: any }
    expect((await callApi(latchkey, 'PATCH', `${path}/members/${member.userId}`, lower)).status).toBe(200)
    expect((await events()).status).toBe(403)
    expect((await callApi(latchkey, 'GET', `${path}/members`, { as: key })).status).toBe(200)
    await callApi(latchkey, 'DELETE', `${path}/members/${member.userId}`, { as: admin.token })
    expect((await callApi(latchkey, 'GET', `${path}/members`, { as: key })).status).toBe(401)
    close()
  })

  it('makes no other key, and is for plans that have keys', async () => {
    const { path, admin, key, close } = await newKey(['api-keys.manage', 'members.read'])
    const body = { name: 'Another', permissions: ['members.read'] }
    expect((await callApi(latchkey, 'POST', `${path}/api-keys`, { as: key, body })).status).toBe(403)
    const more = { name: 'More', permissions: ['nonsense.read'] }
    const unknown = await callApi(latchkey, 'POST', `${path}/api-keys`, { as: admin.token, body: more })
    expect([unknown.status, unknown.body['code']]).toEqual([400, 'permission-unknown'])
    await changeRows(latchkey, 'workspaces', `update latchkey.workspaces set plan = 'none' where id = $1`, [path.slice(12)])
    const lacking = await callApi(latchkey, 'GET', `${path}/members`, { as: key })
    expect(lacking.body).toMatchObject({ status: 403, code: 'entitlement-missing', detail: expect.stringContaining('api-keys') })
    close()
  })
})

describe('an app of the operator', () => {
  it('looks after workspaces, and its doings are in their log as its own', async () => {
    const operator = await operatorToken(latchkey)
    const { id, path, admin, close } = await newWorkspace(latchkey, { plan: 'pro' })
    const seen = await callApi(latchkey, 'GET', path, { as: operator })
    expect(seen.headers.get('etag')).toBe('"1"')
    const set = (tag: string, plan: string) =>
      callApi(latchkey, 'PUT', `${path}/plan`, { as: operator, body: { plan }, headers: { 'if-match': tag } })
    expect((await set('"1"', 'nonsense')).status).toBe(400)
    expect((await set('"1"', 'enterprise')).body).toMatchObject({ plan: 'enterprise', version: 2 })
    for (const stale of ['"1"', 'W/"2"', '"3"', '"x"', '"99999999999"'])
      expect((await set(stale, 'free')).body, stale).toMatchObject({ status: 412, code: 'version-stale' })
    const log = await callApi(latchkey, 'GET', `${path}/events?actor=app:operator`, { as: admin.token })
    expect(log.body['items']).toMatchObject([
      { action: 'workspace.changed', actor: 'app:operator', details: { before: { plan: 'pro' }, after: { plan: 'enterprise' } } },
    ])
    const suspend = { as: operator, body: { status: 'suspended' }, headers: any }
    expect((await callApi(latchkey, 'PUT', `${path}/status`, suspend)).status).toBe(200)
    expect((await callApi(latchkey, 'GET', path, { as: admin.token })).status).toBe(403)
    const listed = await callApi(latchkey, 'GET', '/workspaces?limit=100', { as: operator })
    expect(JSON.stringify(listed.body)).toContain(id)
    close()
  })

  it('cannot be registered, changed or removed from afar', async () => {
    const operator = await operatorToken(latchkey)
    const resources = [{ identifier: apiResource(latchkey.issuer), scope: '' }]
    const grants = { client_name: 'X', grant_types: ['client_credentials'], resources }
    const another = { client_id: 'another', system: true, ...grants }
    const refused = await callApi(latchkey, 'POST', '/apps', { as: operator, body: another })
    expect(refused.body).toMatchObject({ status: 400, detail: expect.stringContaining('system') })
    const itself = { client_id: 'operator', ...grants }
    expect((await callApi(latchkey, 'PUT', '/apps/operator', { as: operator, body: itself, headers: any })).status).toBe(403)
    expect((await callApi(latchkey, 'DELETE', '/apps/operator', { as: operator })).status).toBe(403)
    expect((await callApi(latchkey, 'DELETE', `/apps/${serverApp.client_id}`, { as: operator })).status).toBe(409)
  })
})

// Last, because the protocol's library goes by the machine's clock, and would make tokens that are over here.
it('a sign-in is fresh for ten minutes, a token is good for an hour, and a key for as long as it was made for', async () => {
  const { path, admin, key, close } = await newKey(['members.read'])
  const usesKey = async () => (await callApi(latchkey, 'GET', `${path}/members`, { as: key })).status
  const exportAll = () => callApi(latchkey, 'GET', '/users/me/export', { as: admin.token })
  expect([(await exportAll()).status, await usesKey()]).toEqual([200, 200])
  latchkey.clock.advance(601)
  for (const [method, place] of [
    ['GET', '/users/me/export'],
    ['DELETE', '/users/me'],
  ] as const) {
    const refused = await callApi(latchkey, method, place, { as: admin.token })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(/insufficient_user_authentication.*max_age="600"/)
  }
  expect((await callApi(latchkey, 'GET', path, { as: admin.token })).status).toBe(200)
  latchkey.clock.advance(3000)
  expect((await callApi(latchkey, 'GET', path, { as: admin.token })).status).toBe(401)
  expect(await usesKey()).toBe(200)
  latchkey.clock.advance(86_400)
  expect(await usesKey()).toBe(401)
  close()
})
