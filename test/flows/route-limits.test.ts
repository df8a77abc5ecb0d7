/** Every route has a limit, from its declaration; whoever has used it up is told when to come back, as a page and as JSON. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Route } from '../../provider/http/route.ts'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, serverApp } from '../support/relying-party.ts'
import { urlOf } from '../support/route-requests.ts'
import { headingOf } from '../support/sign-in.ts'

const { say } = speak('en')
const neighbour = { ...serverApp, client_id: 'archive', client_name: 'Archive' }
let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({
    apps: [browserApp, serverApp, neighbour],
    on: 'postgres',
    environment: { TRUSTED_PROXIES: '1', GOOGLE_CLIENT_ID: 'latchkey', GOOGLE_CLIENT_SECRET: 'secret' },
  })
})
afterAll(() => latchkey?.stop())

/** The addresses of this file: each is used for one route alone. */
let addresses = 0
const nextAddress = () => {
  addresses += 1
  return `203.0.113.${addresses}`
}

async function expectRefused(method: Route['method'], url: string, address: string, windowSeconds: number): Promise<void> {
  const isForPrograms = new URL(url).pathname.startsWith('/api/')
  for (const accept of ['text/html', 'application/json']) {
    const agent = new Agent(undefined, { 'x-forwarded-for': address, accept })
    const answer = await agent.send(url, { method, headers: { origin: latchkey.issuer } })
    expect(answer.status, `${method} ${url}`).toBe(429)
    const wait = Number(answer.headers['retry-after'])
    expect(wait > 0 && wait <= windowSeconds, `${method} ${url} in ${wait} s`).toBe(true)
    if (accept === 'text/html' && !isForPrograms) expect(headingOf(answer)).toBe(say('error.too-many-requests.title'))
    else expect(JSON.parse(answer.body)).toHaveProperty('error_description' in JSON.parse(answer.body) ? 'error' : 'code')
  }
}

it('each of ours, but for what load balancers ask and what never changes', () => {
  const unlimited = latchkey.routes.filter(({ limits }) => limits.length === 0).map(({ path }) => path)
  for (const path of unlimited) expect(path).toMatch(/^\/(?:health$|assets\/)/)
  expect(latchkey.routes.length - unlimited.length).toBeGreaterThan(15)
})

it('each of ours refuses when its limit is used up', async () => {
  const limited = latchkey.routes.flatMap(route => route.limits.map(limit => ({ ...route, limit })))
  // Routes that share a limit use it up together: once is enough for all of them.
  for (const sharing of Map.groupBy(limited, ({ limit }) => JSON.stringify(limit)).values()) {
    const address = nextAddress()
    const [limit] = sharing.map(each => each.limit)
    if (limit === undefined) continue
    const key = limit.by === 'address' ? address : 'installation'
    for (let count = 0; count < limit.points; count += 1) await latchkey.adapters.rateLimiter.consume(limit, key)
    for (const { method, path } of sharing) await expectRefused(method, urlOf(latchkey, path), address, limit.windowSeconds)
    const agent = new Agent(undefined, { 'x-forwarded-for': address })
    for (const { method, path } of sharing) {
      latchkey.clock.advance(limit.windowSeconds)
      const later = await agent.send(urlOf(latchkey, path), { method, headers: { origin: latchkey.issuer } })
      expect(later.status, `${method} ${path}`).not.toBe(429)
    }
  }
})

describe('each of the protocol', () => {
  it.each([
    ['GET', '/authorize'],
    ['GET', '/device'],
    ['POST', '/device'],
    ['POST', '/device_authorization'],
    ['GET', '/logout'],
    ['POST', '/logout/confirm'],
    ['POST', '/par'],
    ['POST', '/revoke'],
    ['POST', '/token'],
    ['POST', '/introspect'],
    ['GET', '/userinfo'],
  ] as const)('%s %s', async (method, path) => {
    const address = nextAddress()
    const agent = new Agent(undefined, { 'x-forwarded-for': address })
    const url = urlOf(latchkey, path)
    expect((await (method === 'GET' ? agent.get(url) : agent.post(url))).status).not.toBe(429)
    const name = (path.split('/')[1] ?? '').replaceAll('_', '-')
    // More than any of them allows in a minute.
    for (let count = 0; count < 10_000; count += 1) {
      await latchkey.adapters.rateLimiter.consume({ name, points: 10_000, windowSeconds: 60 }, address)
    }
    await expectRefused(method, url, address, 60)
  })
})

it('an app that asks for tokens without end is refused as OAuth has it, wherever it asks from, and no other app', async () => {
  const ask = async (app: typeof serverApp) => {
    const answer = await new Agent(undefined, { 'x-forwarded-for': nextAddress(), accept: 'application/json' }).send(
      `${latchkey.issuer}/token`,
      {
        method: 'POST',
        form: { grant_type: 'client_credentials' },
        headers: { authorization: `Basic ${btoa(`${app.client_id}:${app.client_secret}`)}` },
      },
    )
    return { status: answer.status, wait: Number(answer.headers['retry-after']), body: JSON.parse(answer.body) }
  }
  expect((await ask(serverApp)).status).toBe(200)
  const limit = { name: 'tokens-of-app', points: 60_000, windowSeconds: 60 }
  for (let count = 1; count < limit.points; count += 1) await latchkey.adapters.rateLimiter.consume(limit, serverApp.client_id)
  for (let time = 0; time < 2; time += 1) {
    const { status, wait, body } = await ask(serverApp)
    expect([status, body]).toEqual([429, { error: 'temporarily_unavailable', error_description: expect.any(String) }])
    expect(wait > 0 && wait <= 60).toBe(true)
    expect((await ask(neighbour)).status).toBe(200)
  }
  latchkey.clock.advance(60)
  expect((await ask(serverApp)).status).toBe(200)
})
