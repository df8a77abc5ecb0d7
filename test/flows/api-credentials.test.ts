/** What is no credential of the management API, or is one no more: each by itself, with everything else about it in order. */
import { randomUUID } from 'node:crypto'
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiResource } from '../../provider/apps/api-resource.ts'
import { linksIn, spacedCodeIn, visitAccount } from '../support/account.ts'
import { adminApp, callApi, newPerson, newWorkspace, operatorApp, operatorToken, startWithApi, tokenOf } from '../support/api.ts'
import { call, obtainCode, postAs, prove, redeem, tokensOf } from '../support/code-flow.ts'
import { changeRows } from '../support/durable-rows.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'
import { codeOf, keyIn } from '../support/second-steps.ts'
import { expectMails, newAddress, returned } from '../support/sign-in.ts'

/** A machine as operators' scripts are, but for the one thing: nobody has said that it looks after the installation. */
const machine = { ...serverApp, client_id: 'machine', client_name: 'Machine', resources: [{ identifier: '', scope: '' }] }

let latchkey: RunningLatchkey
beforeAll(async () => {
  latchkey = await startWithApi({ on: 'postgres' })
})
afterAll(() => latchkey?.stop())

const setStatus = (userId: string, status: string) =>
  changeRows(latchkey, 'users', 'update latchkey.users set status = $2 where id = $1', [userId, status])

describe('a token of a person', () => {
  it('that is bound to a key (RFC 9449) is none for whoever only has the token', async () => {
    const { agent } = await newPerson(latchkey)
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const tokenUrl = `${latchkey.issuer}/token`
    const proof = await new SignJWT({ htm: 'POST', htu: tokenUrl, jti: randomUUID(), iat: Math.floor(Date.now() / 1000) })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
      .sign(privateKey)
    const resource = apiResource(latchkey.issuer)
    const code = await obtainCode(latchkey, agent, adminApp, { resource, scope: 'openid' })
    const { accessToken } = tokensOf(await redeem(latchkey, adminApp, code, {}, { dpop: proof }))
    expect(decodeJwt(accessToken)).toMatchObject({ aud: expect.arrayContaining([resource]), cnf: { jkt: expect.any(String) } })
    for (const scheme of ['Bearer', 'DPoP']) {
      const answer = await call(`${resource}/users/me`, { headers: { authorization: `${scheme} ${accessToken}` } })
      expect(answer.status, scheme).toBe(401)
    }
    agent.close()
  })

  it('is for the workspace that it says: where what it belongs to has come to another one, it is for neither', async () => {
    const { id, path, member, close } = await newWorkspace(latchkey)
    const other = await newWorkspace(latchkey)
    expect((await callApi(latchkey, 'GET', path, { as: member.token })).status).toBe(200)
    const { sid } = decodeJwt(member.token)
    await changeRows(latchkey, 'memberships', 'insert into latchkey.memberships values ($1, $2, $3, now())', [
      other.id,
      member.userId,
      ['admin'],
    ])
    await changeRows(latchkey, 'grants', 'update latchkey.grants set workspace_id = $2 where id = $1', [sid, other.id])
    for (const asked of [path, other.path]) expect((await callApi(latchkey, 'GET', asked, { as: member.token })).status).toBe(401)
    await changeRows(latchkey, 'grants', 'update latchkey.grants set workspace_id = $2 where id = $1', [sid, id])
    expect((await callApi(latchkey, 'GET', path, { as: member.token })).status).toBe(200)
    other.close()
    close()
  })

  it('of an earlier sign-in is not fresh because its person has just signed in again: a token of that sign-in is', async () => {
    const person = await newPerson(latchkey)
    const early = await tokenOf(latchkey, person)
    const exportAs = async (token: string) => (await callApi(latchkey, 'GET', '/users/me/export', { as: token })).status
    expect(await exportAs(early)).toBe(200)
    latchkey.clock.advance(601)
    expect(await exportAs(early)).toBe(401)
    const parameters = { resource: apiResource(latchkey.issuer), scope: 'openid', prompt: 'login' }
    const started = await startRequest(latchkey.issuer, adminApp, parameters)
    const page = await person.agent.follow(await person.agent.get(started.url))
    const left = await prove(latchkey, person.agent, page, person.address)
    const code = { code: returned(left)?.get('code') ?? '', started }
    const { accessToken } = tokensOf(await redeem(latchkey, adminApp, code))
    expect(await exportAs(accessToken)).toBe(200)
    expect(await exportAs(early)).toBe(401)
    person.agent.close()
  })

  it('of a sign-in below the account’s highest level is not fresh: what was set up elsewhere meanwhile is asked for', async () => {
    const person = await newPerson(latchkey)
    const token = await tokenOf(latchkey, person)
    const elsewhere = await visitAccount(latchkey, person.address)
    const form = '/account/ways-in/add/totp'
    await elsewhere.submit(form, { code: codeOf(latchkey, keyIn(await elsewhere.open(form))) })
    const refused = await callApi(latchkey, 'GET', '/users/me/export', { as: token })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('acr_values="multi-factor"')
    expect((await callApi(latchkey, 'GET', '/users/me', { as: token })).status).toBe(200)
    for (const { agent } of [person, elsewhere]) agent.close()
  })

  it('of a sign-in that was made void elsewhere is not fresh', async () => {
    const person = await newPerson(latchkey)
    const token = await tokenOf(latchkey, person)
    latchkey.clock.advance(2)
    const elsewhere = await visitAccount(latchkey, person.address)
    const address = newAddress()
    const nextMail = expectMails(latchkey, address)
    await elsewhere.submit('/account/addresses/add', { address })
    await elsewhere.submit('/account/addresses/add/confirm', { code: spacedCodeIn((await nextMail()).text) })
    const exportAll = async () => (await callApi(latchkey, 'GET', '/users/me/export', { as: token })).status
    expect(await exportAll()).toBe(200)
    const [remove = ''] = linksIn(await elsewhere.open('/account/addresses'), '/remove')
    await elsewhere.submit(remove)
    expect(await exportAll()).toBe(401)
    for (const { agent } of [person, elsewhere]) agent.close()
  })

  it('is good for nothing in a workspace that is about to be deleted, but to look at it and to keep it', async () => {
    const { path, admin, member, close } = await newWorkspace(latchkey, { roles: ['manager'] })
    const ask = async (method: string, below: string, as = admin.token) =>
      (await callApi(latchkey, method, `${path}${below}`, { as, headers: { 'if-match': '*' } })).status
    expect(await ask('DELETE', '')).toBe(202)
    for (const below of ['/members', '/roles', '/invitations', '/events', '/api-keys']) expect(await ask('GET', below)).toBe(403)
    expect(await ask('DELETE', `/members/${member.userId}`)).toBe(403)
    expect(await ask('GET', '')).toBe(200)
    expect(await ask('POST', '/restore', member.token)).toBe(403)
    expect(await ask('POST', '/restore')).toBe(200)
    expect(await ask('GET', '/members')).toBe(200)
    close()
  })
})

describe('an API key', () => {
  async function newKey() {
    const found = await newWorkspace(latchkey, { roles: ['admin'] })
    const { path, member } = found
    const body = { name: 'Nightly', permissions: ['members.read'] }
    const made = await callApi(latchkey, 'POST', `${path}/api-keys`, { as: member.token, body })
    const use = async () => (await callApi(latchkey, 'GET', `${path}/members`, { as: String(made.body['key']) })).status
    expect(await use()).toBe(200)
    return { ...found, use }
  }

  it('of somebody who is suspended opens nothing, and is there again when they are', async () => {
    const { member, use, close } = await newKey()
    await setStatus(member.userId, 'suspended')
    expect(await use()).toBe(401)
    await setStatus(member.userId, 'active')
    expect(await use()).toBe(200)
    close()
  })

  it('of a workspace that is suspended opens nothing', async () => {
    const { path, use, close } = await newKey()
    const as = await operatorToken(latchkey)
    const suspend = { as, body: { status: 'suspended' }, headers: { 'if-match': '*' } }
    expect((await callApi(latchkey, 'PUT', `${path}/status`, suspend)).status).toBe(200)
    expect(await use()).toBe(403)
    close()
  })

  it('is made for no more than its maker may', async () => {
    const { path, admin, member, close } = await newWorkspace(latchkey, { roles: ['admin'] })
    const keeper = { key: 'keeper', name: 'Keeper', permissions: ['workspace.read', 'api-keys.manage'] }
    expect((await callApi(latchkey, 'POST', `${path}/roles`, { as: admin.token, body: keeper })).status).toBe(201)
    const lower = { as: admin.token, body: { roles: ['keeper'] }, headers: { 'if-match': '*' } }
    expect((await callApi(latchkey, 'PATCH', `${path}/members/${member.userId}`, lower)).status).toBe(200)
    const make = (permissions: string[]) =>
      callApi(latchkey, 'POST', `${path}/api-keys`, { as: member.token, body: { name: 'Key', permissions } })
    expect((await make(['workspace.read', 'members.read'])).body).toMatchObject({
      status: 403,
      code: 'more-than-own',
      detail: expect.stringContaining('members.read'),
    })
    expect((await make(['workspace.read'])).status).toBe(201)
    close()
  })
})

describe('a token of an app', () => {
  it('that is not one of the operator’s opens nothing, though it is for the API', async () => {
    const operator = await operatorToken(latchkey)
    const resource = apiResource(latchkey.issuer)
    const body = {
      ...machine,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      resources: [{ identifier: resource, scope: '' }],
    }
    const { client_secret: _made, ...metadata } = body
    const registered = await callApi(latchkey, 'POST', '/apps', { as: operator, body: metadata })
    expect(registered.status).toBe(201)
    const app = { ...machine, client_secret: String(registered.body['client_secret']) }
    const form = { grant_type: 'client_credentials', resource }
    const { accessToken } = tokensOf(await postAs(app, `${latchkey.issuer}/token`, form))
    expect(decodeJwt(accessToken)).toMatchObject({ aud: resource, client_id: 'machine' })
    for (const path of ['/workspaces', '/apps', '/users/me'])
      expect((await callApi(latchkey, 'GET', path, { as: accessToken })).status, path).toBe(401)
  })

  it('that was revoked opens nothing any more', async () => {
    const [gone, kept] = [await operatorToken(latchkey), await operatorToken(latchkey)]
    await postAs(operatorApp, `${latchkey.issuer}/revoke`, { token: gone })
    const list = async (as: string) => (await callApi(latchkey, 'GET', '/workspaces', { as })).status
    expect([await list(gone), await list(kept)]).toEqual([401, 200])
  })
})
