/** What changes is in the audit log, in the same transaction: the two are kept together, or neither is. */
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Response } from '../support/agent.ts'
import { exchangeCode, refresh } from '../support/code-exchange.ts'
import { changeRows, readRows } from '../support/durable-rows.ts'
import { allowEvents, forbidEvents } from '../support/forbidden-events.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, linkIn } from '../support/relying-party.ts'
import { type BegunSignIn, beginSignIn, newAgentBehindProxy, returned } from '../support/sign-in.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp], environment: { TRUSTED_PROXIES: '1' } })
})
afterAll(() => latchkey?.stop())
afterEach(() => allowEvents(latchkey))

const moments: Record<string, string> = { audit_events: 'occurred_at', user_addresses: 'verified_at' }

/** The transaction that wrote the newest row of a table. */
async function newest(table: string, condition = 'true'): Promise<string | undefined> {
  const client = new Client({ connectionString: latchkey.databaseUrl })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(`alter table latchkey.${table} no force row level security`)
    const { rows } = await client.query(
      `select xmin::text from latchkey.${table} where ${condition} order by ${moments[table] ?? 'created_at'} desc limit 1`,
    )
    return rows[0]?.xmin
  } finally {
    await client.end()
  }
}
const eventOf = (action: string) => newest('audit_events', `action = '${action}'`)

describe('in one transaction', () => {
  it('is an attempt given up, or begun anew, and the event that says so', async () => {
    const ended = (id: unknown) => newest('attempts', `state = 'ended' and id = '${String(id)}'`)
    const newestAttempt = async (home: string) => {
      const rows = await readRows(latchkey, 'attempts', `state = 'open'`)
      return rows.filter(row => home.endsWith(String(row['interaction_uid']))).at(0)?.['id']
    }
    const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const first = await newestAttempt(begun.home)
    await begun.agent.post(`${begun.home}/email`, { address: 'another@example.com' })
    expect(await ended(first)).toBeDefined()
    expect(await eventOf('attempt.ended')).toBe(await ended(first))
    const second = await newestAttempt(begun.home)
    await begun.agent.post(`${begun.home}/change`)
    expect(await ended(second)).toBeDefined()
    expect(await eventOf('attempt.ended')).toBe(await ended(second))
    const count = (await readRows(latchkey, 'audit_events', `action = 'attempt.ended'`)).length
    await begun.agent.post(`${begun.home}/change`)
    expect(await readRows(latchkey, 'audit_events', `action = 'attempt.ended'`)).toHaveLength(count)
  })

  it('are what is changed and the events that tell of it, step by step', async () => {
    const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const asked = await newest('attempts')
    expect(await eventOf('attempt.started')).toBe(asked)
    expect(await eventOf('email-challenge.sent')).toBe(asked)
    expect(await newest('email_challenges')).toBe(asked)

    await begun.agent.post(linkIn((await begun.nextMail()).text))
    const proved = await newest('users')
    for (const table of ['user_addresses', 'workspaces', 'memberships', 'attempts', 'email_challenges'])
      expect(await newest(table), table).toBe(proved)
    for (const action of ['user.created', 'workspace.created', 'membership.added', 'sign-in.proved'])
      expect(await eventOf(action), action).toBe(proved)

    const left = await begun.agent.follow(await begun.agent.get(begun.home))
    expect(await eventOf('sign-in.completed')).toBe(await newest('attempts'))
    expect(await eventOf('session.created')).toBeDefined()
    expect(await eventOf('grant.created')).toBe(await newest('grants'))

    const code = returned(left)?.get('code') ?? ''
    expect((await exchangeCode(begun.agent, latchkey.issuer, begun.started, code)).status).toBe(200)
    expect(await eventOf('token.issued')).toBe(await newest('refresh_families'))
    expect((await refresh(begun.agent, latchkey.issuer)).status).toBe(200)
    expect(await eventOf('refresh-token.rotated')).toBe(await newest('refresh_families'))
  })

  it('a refusal is told of as well', async () => {
    const { agent, home, nextMail } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const link = linkIn((await nextMail()).text)
    await agent.post(`${home}/verify`, { code: 'BBBBBBBB' })
    expect(await eventOf('email-challenge.code-refused')).toBe(await newest('email_challenges'))
    await changeRows(
      latchkey,
      'email_challenges',
      `update latchkey.email_challenges set expires_at = now() - interval '1 second'`,
    )
    expect((await agent.post(link)).status).toBe(410)
    expect(await eventOf('email-challenge.link-refused')).toBeDefined()
  })
})

describe('where the event cannot be written', () => {
  const tables = [
    'attempts',
    'email_challenges',
    'users',
    'user_addresses',
    'workspaces',
    'memberships',
    'sessions',
    'grants',
    'refresh_families',
    'audit_events',
    'code_failures',
  ]
  /** That a mail was delivered is written down when it was, whatever happens meanwhile. */
  const conditions: Record<string, string> = { audit_events: `action <> 'mail.delivered'` }
  const snapshot = async () =>
    Object.fromEntries(
      await Promise.all(tables.map(async table => [table, JSON.stringify(await readRows(latchkey, table, conditions[table]))])),
    )

  /** Runs a step with the event forbidden, sees that it failed and left no trace, and allows the event again. */
  async function expectUndone(action: string, step: () => Promise<Response>): Promise<void> {
    await forbidEvents(latchkey, action)
    const before = await snapshot()
    const answer = await step()
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(await snapshot()).toEqual(before)
    await allowEvents(latchkey)
  }

  it.each(['attempt.started', 'email-challenge.sent'])('%s: no sign-in begins, and no mail is sent', async action => {
    const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    await begun.nextMail()
    const mails = async () => (await latchkey.adapters.mailbox?.list())?.length
    const count = await mails()
    await begun.agent.post(`${begun.home}/change`)
    await expectUndone(action, () => begun.agent.post(`${begun.home}/email`, { address: begun.address }))
    expect(await mails()).toBe(count)
    expect((await begun.agent.post(`${begun.home}/email`, { address: begun.address })).status).toBe(303)
    expect(linkIn((await begun.nextMail()).text)).toBeDefined()
  })

  it.each(['sign-in.proved', 'user.created', 'workspace.created', 'membership.added'])(
    '%s: nobody is signed in, and the link is not used up',
    async action => {
      const { agent, home, nextMail } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
      const link = linkIn((await nextMail()).text)
      await expectUndone(action, () => agent.post(link))
      expect((await agent.post(link)).status).toBe(303)
      expect(returned(await agent.follow(await agent.get(home)))?.has('code')).toBe(true)
    },
  )

  it('email-challenge.code-refused: the code is not compared for nothing', async () => {
    const { agent, home } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    await expectUndone('email-challenge.code-refused', () => agent.post(`${home}/verify`, { code: 'BBBBBBBB' }))
  })

  it.each(['session.created', 'grant.created'])('%s: nobody is signed in, and it can be started again', async action => {
    const { agent, home, nextMail, started } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    await agent.post(linkIn((await nextMail()).text))
    const resume = await agent.get(home)
    await forbidEvents(latchkey, action)
    const answer = await agent.follow(resume)
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(returned(answer)).toBeUndefined()
    await allowEvents(latchkey)
    // Signed in or not, the app's own way leads on.
    const page = await agent.follow(await agent.get(started.url))
    expect(page.status).toBeLessThan(500)
  })

  it('token.issued: no token, and no refresh token either', async () => {
    const { begun, code } = await signIn()
    await expectUndone('token.issued', () => exchangeCode(begun.agent, latchkey.issuer, begun.started, code))
    expect(begun.agent.cookies(`${latchkey.issuer}/token`)).not.toContain('__Secure-refresh')
  })

  it('refresh-token.rotated: the token from before stays good', async () => {
    const { begun, code } = await signIn()
    await exchangeCode(begun.agent, latchkey.issuer, begun.started, code)
    const before = begun.agent.cookies(`${latchkey.issuer}/token`)
    await expectUndone('refresh-token.rotated', () => refresh(begun.agent, latchkey.issuer))
    expect(begun.agent.cookies(`${latchkey.issuer}/token`)).toBe(before)
    expect((await refresh(begun.agent, latchkey.issuer)).status).toBe(200)
  })
})

async function signIn(): Promise<{ begun: BegunSignIn; code: string }> {
  const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
  await begun.agent.post(linkIn((await begun.nextMail()).text))
  const left = await begun.agent.follow(await begun.agent.get(begun.home))
  return { begun, code: returned(left)?.get('code') ?? '' }
}
