/** What somebody may do is read anew each time that something is issued: a token lives an hour, and so does a mistake at most. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { type Answer, obtainCode, postAs, redeem, signIn } from '../support/code-flow.ts'
import { changeRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'
import { newAddress } from '../support/sign-in.ts'

const app = serverApp
let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [app] })
})
afterAll(() => latchkey?.stop())

async function arrive() {
  const agent = new Agent()
  const obtained = await signIn(latchkey, agent, app, newAddress())
  const tokens = await redeem(latchkey, app, obtained)
  return { agent, subject: String(decodeJwt(String(tokens.body['id_token'])).sub), tokens }
}

const refresh = ({ body }: Answer) =>
  postAs(app, `${latchkey.issuer}/token`, { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) })

const claimsOf = ({ body }: Answer) => decodeJwt(String(body['access_token']))

it('a lowered role is in the next token, with what it still permits', async () => {
  const { subject, tokens } = await arrive()
  expect(claimsOf(tokens)).toMatchObject({ roles: ['admin'] })
  expect(claimsOf(tokens)['permissions']).toContain('members.manage')
  await changeRows(latchkey, 'memberships', `update latchkey.memberships set roles = '{viewer}' where user_id = $1`, [subject])
  const later = await refresh(tokens)
  expect(claimsOf(later)).toMatchObject({ roles: ['viewer'], permissions: ['workspace.read'] })
})

describe.each<[string, (subject: string) => Promise<unknown>]>([
  [
    'somebody who was removed from the workspace',
    subject => changeRows(latchkey, 'memberships', 'delete from latchkey.memberships where user_id = $1', [subject]),
  ],
  [
    'a suspended account',
    subject => changeRows(latchkey, 'users', `update latchkey.users set status = 'suspended' where id = $1`, [subject]),
  ],
  ['a deleted account', subject => changeRows(latchkey, 'users', 'delete from latchkey.users where id = $1', [subject])],
])('%s', (_who, change) => {
  it('gets no further token', async () => {
    const { subject, tokens } = await arrive()
    await change(subject)
    const later = await refresh(tokens)
    expect([later.status, later.body['error']]).toEqual([400, 'invalid_grant'])
  })

  it('gets none for a code from before either', async () => {
    const { agent, subject } = await arrive()
    const obtained = await obtainCode(latchkey, agent, app)
    await change(subject)
    const answer = await redeem(latchkey, app, obtained)
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_grant'])
  })
})
