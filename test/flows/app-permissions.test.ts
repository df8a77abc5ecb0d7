/** What an app has registered as its own permissions: in its own tokens alone, as roles give it and take it away. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callApi, newWorkspace, startWithApi } from '../support/api.ts'
import { askUserinfo, obtainCode, postAs, redeem, refresh, type Tokens, tokensOf } from '../support/code-flow.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'
import { suspend, workspaceClaims } from '../support/workspaces.ts'

const ledger = { ...serverApp, permissions: ['invoices.approve', 'invoices.read'] }
const payroll = { ...serverApp, client_id: 'payroll', client_name: 'Payroll', permissions: ['salaries.read'] }
const any = { 'if-match': '*' }

let latchkey: RunningLatchkey
beforeAll(async () => {
  latchkey = await startWithApi({ apps: [ledger, payroll], on: 'postgres' })
})
afterAll(() => latchkey?.stop())

type Found = Awaited<ReturnType<typeof newWorkspace>>

async function tokensFor({ agent }: Pick<Found['member'], 'agent'>, app = ledger): Promise<Tokens> {
  return tokensOf(await redeem(latchkey, app, await obtainCode(latchkey, agent, app)))
}

async function renew({ refreshToken }: Tokens, app = ledger): Promise<Tokens> {
  return tokensOf(await refresh(latchkey, app, refreshToken))
}

const introspect = async ({ accessToken }: Tokens, app = ledger) =>
  (await postAs(app, `${latchkey.issuer}/introspect`, { token: accessToken })).body

/** A role that may approve invoices and read salaries, and a member who has it besides being a Viewer. */
async function withApprovers() {
  const found = await newWorkspace(latchkey)
  const { path, admin, member } = found
  const change = (method: string, below: string, body: unknown) =>
    callApi(latchkey, method, `${path}${below}`, { as: admin.token, headers: any, body })
  const give = (roles: string[]) => change('PATCH', `/members/${member.userId}`, { roles })
  const role = { name: 'Approver', permissions: ['invoices.approve', 'salaries.read'] }
  expect((await change('POST', '/roles', { key: 'approver', ...role })).status).toBe(201)
  expect((await give(['approver', 'viewer'])).status).toBe(200)
  return { ...found, change, give }
}

describe('a permission that an app has registered', () => {
  it('is in the tokens of that app, as introspection says them too, and of no other app', async () => {
    const { member, close } = await withApprovers()
    const [ofLedger, ofPayroll] = [await tokensFor(member), await tokensFor(member, payroll)]
    expect(workspaceClaims(ofLedger.accessToken)).toMatchObject({
      roles: ['approver', 'viewer'],
      permissions: ['workspace.read', 'invoices.approve'],
    })
    expect(workspaceClaims(ofPayroll.accessToken).permissions).toEqual(['workspace.read', 'salaries.read'])
    expect((await introspect(ofLedger))['permissions']).toEqual(['workspace.read', 'invoices.approve'])
    expect((await introspect(ofPayroll, payroll))['permissions']).toEqual(['workspace.read', 'salaries.read'])
    // The management API has permissions of its own; nobody there approves invoices.
    expect(decodeJwt(member.token)['permissions']).toEqual(['workspace.read'])
    // Userinfo tells who somebody is, and nothing of what they may do.
    const { body } = await askUserinfo(latchkey, ofLedger.accessToken)
    expect(Object.keys(body).toSorted()).toEqual(['email', 'email_verified', 'locale', 'sub'])
    close()
  })

  it('is an Admin’s without asking, each app’s in its own tokens', async () => {
    const { admin, close } = await newWorkspace(latchkey)
    const [ofLedger, ofPayroll] = [await tokensFor(admin), await tokensFor(admin, payroll)]
    const own = (tokens: Tokens) =>
      workspaceClaims(tokens.accessToken).permissions?.filter(each => /^(?:invoices|salaries)\./.test(each))
    expect([own(ofLedger), own(ofPayroll)]).toEqual([['invoices.approve', 'invoices.read'], ['salaries.read']])
    close()
  })

  it('comes with a change of the role at the next refresh, and goes with the one after it', async () => {
    const { member, change, close } = await withApprovers()
    const first = await tokensFor(member)
    const put = (permissions: string[]) => change('PUT', '/roles/approver', { name: 'Approver', permissions })
    expect((await put(['invoices.approve', 'invoices.read'])).status).toBe(200)
    const more = await renew(first)
    expect(workspaceClaims(more.accessToken).permissions).toEqual(['workspace.read', 'invoices.approve', 'invoices.read'])
    expect((await introspect(more))['permissions']).toContain('invoices.read')
    expect((await put([])).status).toBe(200)
    const none = await renew(more)
    expect(workspaceClaims(none.accessToken)).toMatchObject({ roles: ['approver', 'viewer'], permissions: ['workspace.read'] })
    expect((await introspect(none))['permissions']).toEqual(['workspace.read'])
    close()
  })

  it('goes at the next refresh of whoever the role is taken from', async () => {
    const { member, give, close } = await withApprovers()
    const first = await tokensFor(member)
    expect((await give(['viewer'])).status).toBe(200)
    const later = await renew(first)
    expect(workspaceClaims(later.accessToken)).toMatchObject({ roles: ['viewer'], permissions: ['workspace.read'] })
    close()
  })
})

describe('what apps hold for a member', () => {
  it('is over at once when they are removed: the refresh, introspection and userinfo', async () => {
    const { path, admin, member, close } = await withApprovers()
    const tokens = await tokensFor(member)
    expect((await introspect(tokens))['active']).toBe(true)
    expect((await callApi(latchkey, 'DELETE', `${path}/members/${member.userId}`, { as: admin.token })).status).toBe(204)
    const refused = await refresh(latchkey, ledger, tokens.refreshToken)
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_grant'])
    expect(await introspect(tokens)).toEqual({ active: false })
    expect((await askUserinfo(latchkey, tokens.accessToken)).status).toBe(401)
    close()
  })

  it('is over at once when the workspace is suspended', async () => {
    const { id, member, close } = await withApprovers()
    const tokens = await tokensFor(member)
    await suspend(latchkey, id)
    const refused = await refresh(latchkey, ledger, tokens.refreshToken)
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_grant'])
    close()
  })
})
