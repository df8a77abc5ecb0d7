/** Redis goes away in the middle of a sign-in: a clear 503, nobody half signed in, and it works again when Redis is back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Response } from '../support/agent.ts'
import { type BreakableLink, startBreakableLink } from '../support/breakable-link.ts'
import { exchangeCode, refresh } from '../support/code-exchange.ts'
import { countEvents } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn, startRequest } from '../support/relying-party.ts'
import { type BegunSignIn, beginSignIn, headingOf, newAgentBehindProxy, returned } from '../support/sign-in.ts'

const { say } = speak('en')
let latchkey: RunningLatchkey
let redis: BreakableLink

beforeAll(async () => {
  latchkey = await startLatchkey({
    apps: [browserApp],
    environment: { TRUSTED_PROXIES: '1' },
    reroute: async ({ redisUrl }) => {
      redis = await startBreakableLink(redisUrl)
      return { REDIS_URL: redis.url }
    },
  })
})
afterAll(async () => {
  await redis?.mend()
  await latchkey?.stop()
  await redis?.stop()
})

const agentOf = newAgentBehindProxy
const health = async () => (await agentOf().get(`${latchkey.issuer}/health`)).status

async function without<Result>(work: () => Promise<Result>): Promise<Result> {
  await redis.cut()
  try {
    return await work()
  } finally {
    await redis.mend()
    await expect.poll(health, { interval: 20, timeout: 10_000 }).toBe(200)
  }
}

function expectUnavailable(page: Response): void {
  expect(page.status).toBe(503)
  expect(headingOf(page)).toBe(say('error.unavailable.title'))
  expect(page.headers['set-cookie']?.join() ?? '').not.toContain('__Host-session')
}

async function finish(begun: BegunSignIn): Promise<string> {
  const left = await begun.agent.follow(await begun.agent.get(begun.home))
  const code = returned(left)?.get('code')
  expect(code).toBeDefined()
  return code ?? ''
}

describe('without Redis', () => {
  it('health says so, within a second, and so does every page that needs it', async () => {
    await without(async () => {
      expect(await health()).toBe(503)
      expectUnavailable(await agentOf().get((await startRequest(latchkey.issuer, browserApp)).url))
    })
  })

  it.each<[string, (begun: BegunSignIn, text: string) => Promise<Response>]>([
    ['the waiting page', ({ agent, home }) => agent.get(home)],
    ['a code', ({ agent, home }, text) => agent.post(`${home}/verify`, { code: codeIn(text) })],
    ['a new mail', ({ agent, home }) => agent.post(`${home}/again`)],
    ['another address', ({ agent, home, address }) => agent.post(`${home}/email`, { address })],
    ['the way back to the app', ({ agent, home }) => agent.post(`${home}/cancel`)],
  ])('%s has to wait; afterwards the same sign-in goes on', async (_what, act) => {
    const begun = await beginSignIn(latchkey, { agent: agentOf() })
    const { text } = await begun.nextMail()
    expectUnavailable(await without(() => act(begun, text)))
    expect((await begun.agent.post(`${begun.home}/verify`, { code: codeIn(text) })).status).toBe(303)
    await finish(begun)
  })

  it('the link still proves the address, since that is durable; the sign-in goes on afterwards', async () => {
    const begun = await beginSignIn(latchkey, { agent: agentOf() })
    const link = linkIn((await begun.nextMail()).text)
    await without(async () => {
      expect((await begun.agent.get(link)).status).toBe(200)
      expect((await begun.agent.post(link)).status).toBe(303)
      expectUnavailable(await begun.agent.get(begun.home))
    })
    await finish(begun)
  })

  it('a proved sign-in is not resumed by half: no session, no code, and later both', async () => {
    const begun = await beginSignIn(latchkey, { agent: agentOf() })
    await begun.agent.post(linkIn((await begun.nextMail()).text))
    const resumed = await begun.agent.get(begun.home)
    const sessions = await countEvents(latchkey, 'session.created')
    const page = await without(() => begun.agent.get(resumed.location ?? ''))
    expectUnavailable(page)
    expect(returned(page)).toBeUndefined()
    expect(await countEvents(latchkey, 'session.created')).toBe(sessions)
    expect(returned(await begun.agent.follow(await begun.agent.get(resumed.location ?? '')))?.has('code')).toBe(true)
  })

  it('a code is not exchanged, and is good afterwards', async () => {
    const begun = await beginSignIn(latchkey, { agent: agentOf() })
    await begun.agent.post(linkIn((await begun.nextMail()).text))
    const code = await finish(begun)
    const answer = await without(() => exchangeCode(begun.agent, latchkey.issuer, begun.started, code))
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'temporarily_unavailable' })
    expect((await exchangeCode(begun.agent, latchkey.issuer, begun.started, code)).status).toBe(200)
  })

  it('tokens are refreshed: that is durable, and limits count in memory meanwhile', async () => {
    const begun = await beginSignIn(latchkey, { agent: agentOf() })
    await begun.agent.post(linkIn((await begun.nextMail()).text))
    await exchangeCode(begun.agent, latchkey.issuer, begun.started, await finish(begun))
    const answer = await without(() => refresh(begun.agent, latchkey.issuer))
    expect(answer.status).toBe(200)
    expect((await refresh(begun.agent, latchkey.issuer)).status).toBe(200)
  })

  it('limits are half as wide, and still there', async () => {
    const agent = agentOf()
    const statuses = await without(async () => {
      const seen: number[] = []
      for (let count = 0; count < 40; count += 1) seen.push((await agent.get(`${latchkey.issuer}/link/nothing`)).status)
      return seen
    })
    expect(statuses.filter(status => status === 410)).toHaveLength(30)
    expect(statuses.filter(status => status === 429)).toHaveLength(10)
  })
})

it('a Redis that hangs is an outage too, noticed within seconds', async () => {
  const begun = await beginSignIn(latchkey, { agent: agentOf() })
  const { text } = await begun.nextMail()
  redis.stall()
  const begunAt = Date.now()
  expectUnavailable(await begun.agent.get(begun.home))
  expect(Date.now() - begunAt).toBeLessThan(5000)
  await redis.mend()
  await expect.poll(health, { interval: 50, timeout: 10_000 }).toBe(200)
  expect((await begun.agent.post(`${begun.home}/verify`, { code: codeIn(text) })).status).toBe(303)
  await finish(begun)
})
