/** The database goes away in the middle of a sign-in: a clear 503, nothing done by half, and recovery by itself. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Response } from '../support/agent.ts'
import { type BreakableLink, startBreakableLink } from '../support/breakable-link.ts'
import { exchangeCode, refresh } from '../support/code-exchange.ts'
import { countEvents } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn, startRequest } from '../support/relying-party.ts'
import {
  type BegunSignIn,
  beginSignIn,
  headingOf,
  newAgentBehindProxy as agentOf,
  pressRestart,
  returned,
} from '../support/sign-in.ts'

const { say } = speak('en')
let latchkey: RunningLatchkey
let database: BreakableLink

beforeAll(async () => {
  latchkey = await startLatchkey({
    apps: [browserApp],
    environment: { TRUSTED_PROXIES: '1' },
    reroute: async ({ databaseUrl }) => {
      database = await startBreakableLink(databaseUrl)
      return { DATABASE_URL: database.url }
    },
  })
})
afterAll(async () => {
  await database?.mend()
  await latchkey?.stop()
  await database?.stop()
})

const health = async () => (await agentOf().get(`${latchkey.issuer}/health`)).status

async function recover(): Promise<void> {
  await database.mend()
  await expect.poll(health, { interval: 20, timeout: 10_000 }).toBe(200)
}

async function without<Result>(work: () => Promise<Result>): Promise<Result> {
  await database.cut()
  try {
    return await work()
  } finally {
    await recover()
  }
}

function expectUnavailable(page: Response): void {
  expect(page.status).toBe(503)
  expect(headingOf(page)).toBe(say('error.unavailable.title'))
  expect(returned(page)).toBeUndefined()
}

async function finish({ agent, home }: BegunSignIn): Promise<string> {
  const code = returned(await agent.follow(await agent.get(home)))?.get('code')
  expect(code).toBeDefined()
  return code ?? ''
}

describe('without PostgreSQL', () => {
  it('health says so, and the metadata are still served', async () => {
    await agentOf().get(`${latchkey.issuer}/jwks`)
    await without(async () => {
      expect(await health()).toBe(503)
      expect((await agentOf().get(`${latchkey.issuer}/jwks`)).status).toBe(200)
      expect((await agentOf().get(latchkey.issuer)).status).toBe(200)
    })
  })

  it.each<[string, (begun: BegunSignIn, text: string) => Promise<Response>]>([
    ['the waiting page', ({ agent, home }) => agent.get(home)],
    ['a code', ({ agent, home }, text) => agent.post(`${home}/verify`, { code: codeIn(text) })],
    ['a new mail', ({ agent, home }) => agent.post(`${home}/again`)],
    ['the link', ({ agent }, text) => agent.get(linkIn(text))],
    ['its button', ({ agent }, text) => agent.post(linkIn(text))],
  ])('%s has to wait; afterwards the same sign-in goes on', async (_what, act) => {
    const begun = await beginSignIn(latchkey, { agent: agentOf() })
    const { text } = await begun.nextMail()
    expectUnavailable(await without(() => act(begun, text)))
    expect((await begun.agent.post(linkIn(text))).status).toBe(303)
    await finish(begun)
  })

  it('nobody is told that a mail is on its way which is not', async () => {
    const agent = agentOf()
    const first = await agent.follow(await agent.get((await startRequest(latchkey.issuer, browserApp)).url))
    const home = `${latchkey.issuer}${new URL(first.url).pathname}`
    expectUnavailable(await without(() => agent.post(`${home}/email`, { address: 'ada@example.com' })))
    expect((await agent.post(`${home}/email`, { address: 'ada@example.com' })).status).toBe(303)
  })

  it('a code is not exchanged, a token not refreshed; both are good afterwards', async () => {
    const begun = await beginSignIn(latchkey, { agent: agentOf() })
    await begun.agent.post(linkIn((await begun.nextMail()).text))
    const code = await finish(begun)
    const refused = await without(() => exchangeCode(begun.agent, latchkey.issuer, begun.started, code))
    expect(refused.status).toBe(503)
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'temporarily_unavailable' })
    const exchanged = await exchangeCode(begun.agent, latchkey.issuer, begun.started, code)
    expect(exchanged.status).toBe(200)
    expect((await without(() => refresh(begun.agent, latchkey.issuer))).status).toBe(503)
    expect((await refresh(begun.agent, latchkey.issuer)).status).toBe(200)
  })

  it('a proved sign-in is not resumed by half: no session, no code, and it can be started again', async () => {
    const begun = await beginSignIn(latchkey, { agent: agentOf() })
    const { agent, home } = begun
    await agent.post(linkIn((await begun.nextMail()).text))
    const resumed = await agent.get(home)
    const sessions = await countEvents(latchkey, 'session.created')
    const page = await without(() => agent.get(resumed.location ?? ''))
    expectUnavailable(page)
    expect(await countEvents(latchkey, 'session.created')).toBe(sessions)
    const after = await agent.follow(await agent.get(resumed.location ?? ''))
    expect(returned(after)).toBeUndefined()
    const address = await pressRestart(agent, after)
    expect(headingOf(address)).toContain(browserApp.client_name)
  })
})

describe('cut off at any moment of a request', () => {
  const moments = Array.from({ length: 12 }, (_, index) => index * 1.5)

  it('the proof is kept with all that belongs to it, or not at all', async () => {
    for (const moment of moments) {
      const begun = await beginSignIn(latchkey, { agent: agentOf() })
      const link = linkIn((await begun.nextMail()).text)
      const [users, proofs] = [await countEvents(latchkey, 'user.created'), await countEvents(latchkey, 'sign-in.proved')]
      const pressed = begun.agent.post(link)
      await sleep(moment)
      await database.cut()
      const answer = await pressed
      await recover()
      expect([303, 503]).toContain(answer.status)
      const made = (await countEvents(latchkey, 'user.created')) - users
      expect((await countEvents(latchkey, 'sign-in.proved')) - proofs).toBe(made)
      if (answer.status === 303) expect(made).toBe(1)
      // Whether it was kept or not, the person goes on by pressing once more.
      expect((await begun.agent.post(link)).status).toBe(303)
      await finish(begun)
    }
  })
})
