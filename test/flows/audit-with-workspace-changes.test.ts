/** What is changed of a workspace is changed with its audit event, or not at all: at the API and on the admin pages. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { callApi, newWorkspace, operatorToken, startWithApi } from '../support/api.ts'
import type { Answer } from '../support/code-flow.ts'
import { readRows } from '../support/durable-rows.ts'
import { allowEvents, forbidEvents } from '../support/forbidden-events.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { foundWith, hiddenIn, visitAsColleague } from '../support/colleagues.ts'

let latchkey: RunningLatchkey
let operator: string
beforeAll(async () => {
  latchkey = await startWithApi({ on: 'postgres' })
  operator = await operatorToken(latchkey)
})
afterAll(() => latchkey?.stop())
afterEach(() => allowEvents(latchkey))

type Found = Awaited<ReturnType<typeof newWorkspace>>
type Step = (found: Found) => Promise<Answer>

const tables = [
  'workspaces',
  'memberships',
  'former_members',
  'roles',
  'invitations',
  'api_keys',
  'grants',
  'apps',
  'api_answers',
]

async function snapshot(): Promise<Record<string, string>> {
  const rows = await Promise.all(tables.map(async table => [table, JSON.stringify(await readRows(latchkey, table))]))
  return Object.fromEntries(rows)
}

const ask =
  (method: string, below: string | ((found: Found) => string), body?: unknown): Step =>
  found =>
    callApi(latchkey, method, `${found.path}${typeof below === 'string' ? below : below(found)}`, {
      as: found.admin.token,
      body,
      headers: { 'if-match': '*', ...(method === 'POST' ? { 'idempotency-key': `once-${found.id}` } : {}) },
    })

const asOperator =
  (method: string, path: (found: Found) => string, body: (found: Found) => unknown): Step =>
  found =>
    callApi(latchkey, method, path(found), { as: operator, body: body(found), headers: { 'if-match': '*' } })

const ofMember = ({ member }: Found) => `/members/${member.userId}`
const role = { key: 'auditor', name: 'Auditor', permissions: ['audit.read'] }
const withRole: Step = ask('POST', '/roles', role)

const steps: Array<[event: string, step: Step, before?: Step]> = [
  ['workspace.changed', ask('PATCH', '', { name: 'Another' })],
  ['workspace.changed', ask('PATCH', '', { requirement: { level: 'any-second-factor', from: null, authenticators: null } })],
  ['workspace.changed', ask('DELETE', '')],
  [
    'workspace.changed',
    asOperator(
      'PUT',
      ({ path }) => `${path}/plan`,
      () => ({ plan: 'free' }),
    ),
  ],
  [
    'workspace.changed',
    asOperator(
      'PUT',
      ({ path }) => `${path}/status`,
      () => ({ status: 'suspended' }),
    ),
  ],
  ['membership.changed', ask('PATCH', ofMember, { roles: ['manager'] })],
  ['membership.changed', found => ask('POST', '/transfer', { to: found.member.userId })(found)],
  ['membership.removed', ask('DELETE', ofMember)],
  ['grant.revoked', ask('DELETE', found => `${ofMember(found)}/sessions`)],
  ['role.created', withRole],
  ['role.changed', ask('PUT', '/roles/auditor', { name: 'Auditors', permissions: [] }), withRole],
  ['role.deleted', ask('DELETE', '/roles/auditor'), withRole],
  ['invitation.sent', ask('POST', '/invitations', { address: 'new@example.com', roles: ['viewer'] })],
  ['api-key.created', ask('POST', '/api-keys', { name: 'Nightly', permissions: ['members.read'] })],
  [
    'workspace.created',
    asOperator(
      'POST',
      () => '/workspaces',
      () => ({ name: 'Newest', admin_address: 'first@example.com' }),
    ),
  ],
  [
    'app.registered',
    asOperator(
      'POST',
      () => '/apps',
      ({ id }) => ({ client_id: `app-${id}`, client_name: 'An app', redirect_uris: ['https://app.example.com/'] }),
    ),
  ],
]

describe('where the event cannot be written', () => {
  it.each(steps)('%s: nothing is changed, no answer is kept, and it can be asked again', async (event, step, before) => {
    const found = await newWorkspace(latchkey)
    await before?.({ ...found, id: `before-${found.id}` })
    const mails = async () => (await latchkey.adapters.mailbox?.list())?.length
    const [was, mailed] = [await snapshot(), await mails()]
    await forbidEvents(latchkey, event)
    expect((await step(found)).status).toBe(500)
    expect(await snapshot()).toEqual(was)
    expect(await mails()).toBe(mailed)
    await allowEvents(latchkey)
    expect((await step(found)).status).toBeLessThan(300)
    expect(await snapshot()).not.toEqual(was)
    found.close()
  })

  it('the form of an admin page changes nothing either', async () => {
    const admin = await visitAsColleague(latchkey)
    const { path } = await foundWith(latchkey, [[admin, 'admin']])
    const form = { ...hiddenIn(await admin.open(path), path), name: 'Orchard' }
    const was = await snapshot()
    await forbidEvents(latchkey, 'workspace.changed')
    expect((await admin.send(path, form)).status).toBe(500)
    expect(await snapshot()).toEqual(was)
    await allowEvents(latchkey)
    expect((await admin.send(path, form)).status).toBe(303)
    admin.agent.close()
  })

  it('whoever looks at members, or at the log, sees nothing that is not on record', async () => {
    const { path, admin, close } = await newWorkspace(latchkey)
    for (const [event, below] of [
      ['members.viewed', '/members'],
      ['member.viewed', `/members/${admin.userId}`],
      ['audit-log.viewed', '/events'],
    ] as const) {
      await forbidEvents(latchkey, event)
      const answer = await callApi(latchkey, 'GET', `${path}${below}`, { as: admin.token })
      expect([answer.status, JSON.stringify(answer.body).includes(admin.userId)], below).toEqual([500, false])
      await allowEvents(latchkey)
      expect((await callApi(latchkey, 'GET', `${path}${below}`, { as: admin.token })).status, below).toBe(200)
    }
    close()
  })
})
