/** Empty, partial, doubled and hostile forms at every route that takes one: refused in words, and nothing breaks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Agent, Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { sendRaw } from '../support/raw-request.ts'
import { browserApp, codeIn, linkIn, serverApp } from '../support/relying-party.ts'
import { listPosts, protocolPosts, urlOf } from '../support/route-requests.ts'
import { beginSignIn, newAddress, newAgentBehindProxy, returned, signUp } from '../support/sign-in.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp, serverApp], environment: { TRUSTED_PROXIES: '1' } })
})
afterAll(() => latchkey?.stop())

const form = 'application/x-www-form-urlencoded'
const bodies: Record<string, string> = {
  nothing: '',
  'a name without a value': 'address',
  'an empty value': 'address=&code=&decision=&probe=&grant_type=&client_id=',
  'a part of it': 'grant_type=authorization_code&code=BBBB',
  'a field twice':
    'address=a%40example.com&address=b%40example.com&code=B&code=C&decision=allow&decision=refuse&client_id=a&client_id=b',
  __proto__: '__proto__=1&__proto__[polluted]=1&constructor.prototype.polluted=1&constructor=x&toString=y&hasOwnProperty=z',
  'brackets, as if it were an object': 'address[]=a&address[x]=b&code[$ne]=&client_id[]=fieldnotes',
  'a hundred thousand separators': '&='.repeat(25_000),
  'two thousand fields': Array.from({ length: 2000 }, (_, index) => `f${index}=1`).join('&'),
  'half a percent sign': 'address=%&code=%4&client_id=%zz&decision=%u1234',
  'null bytes':
    'address=a%00%40example.com&code=%00&client_id=%00&token=%00&decision=%00&probe=%00&user_code=%00&client_secret=%00',
  'bytes that are no UTF-8': 'address=%ff%fe&code=%c3%28&client_id=%ed%a0%80&token=%f0%9f&user_code=%ff',
  'half a surrogate pair, and what turns text around': 'address=%ed%a0%bd&code=%e2%80%ae&client_id=%ef%bf%bf',
  'line breaks': 'address=a%0d%0aBcc%3a%20b&code=%0d%0a&client_id=%0d%0aX%3a1&state=%0d%0aSet-Cookie%3a%20a',
  'a novel': `address=${'a'.repeat(40_000)}`,
}

const contentOf = (answer: { body: string }) => answer.body.slice(0, 200)

async function post(agent: Agent, url: string, what: string): Promise<Response> {
  const body = bodies[what] ?? ''
  const headers = { origin: latchkey.issuer, 'sec-fetch-site': 'same-origin', 'content-type': form }
  const answer = await agent.send(url, {
    method: 'POST',
    headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    body,
  })
  expect(answer.status, `${url} ${contentOf(answer)}`).toBeLessThan(500)
  expect(answer.headers['x-1'] ?? answer.headers['x']).toBeUndefined()
  expect(returned(answer)?.has('code') ?? false, url).toBe(false)
  return answer
}

/** A sign-in in progress serves until a form was taken, and may have led it on; whoever refuses a form leaves it where it was. */
async function postDuringSignIn(what: string, paths: readonly string[]): Promise<void> {
  let values: Record<string, string> | undefined
  let agent = newAgentBehindProxy()
  for (const path of paths) {
    if (values === undefined) {
      agent = newAgentBehindProxy()
      const begun = await beginSignIn(latchkey, { agent })
      const link = linkIn((await begun.nextMail()).text)
      values = { uid: begun.home.split('/').pop() ?? '', token: link.split('/').pop() ?? '' }
    }
    const answer = await post(agent, urlOf(latchkey, path, values), what)
    if (answer.status < 400) values = undefined
  }
}

async function postToAccount(what: string, paths: readonly string[]): Promise<void> {
  let agent = newAgentBehindProxy()
  for (const path of paths) {
    // Not yet signed in, or no longer.
    if ((await agent.get(`${latchkey.issuer}/account`)).status !== 200) {
      agent = newAgentBehindProxy()
      await signUp(latchkey, newAddress(), agent)
    }
    await post(agent, urlOf(latchkey, path), what)
  }
}

describe('at every form of ours', () => {
  it.each(Object.keys(bodies))('%s', async what => {
    const { account = [], others = [] } = Object.groupBy(listPosts(latchkey), path =>
      path.startsWith('/account/') ? 'account' : 'others',
    )
    expect([account.length > 15, others.length > 8]).toEqual([true, true])
    await postDuringSignIn(what, others)
    await postToAccount(what, account)
    expect(Object.prototype).not.toHaveProperty('polluted')
  })
})

describe('at every endpoint of the protocol', () => {
  it.each(Object.keys(bodies))('%s', async what => {
    const agent = newAgentBehindProxy()
    const basic = `Basic ${Buffer.from(`${serverApp.client_id}:${serverApp.client_secret}`).toString('base64')}`
    for (const path of protocolPosts) {
      for (const headers of [{}, { authorization: basic }, { authorization: 'Bearer %00' }, { authorization: 'Basic AAAA' }]) {
        const body = bodies[what] ?? ''
        const answer = await agent.send(urlOf(latchkey, path), {
          method: 'POST',
          headers: {
            'content-type': form,
            'content-length': String(Buffer.byteLength(body)),
            accept: 'application/json',
            ...headers,
          },
          body,
        })
        expect(answer.status, `${path} ${contentOf(answer)}`).toBeLessThan(500)
        expect(answer.body).not.toMatch(/ at .*\.(js|ts):\d/)
      }
    }
    expect(Object.prototype).not.toHaveProperty('polluted')
  })
})

describe('in a query', () => {
  it.each(['/authorize', '/logout', '/device', '/', '/sign-in/nothing', '/link/nothing'])('%s', async path => {
    for (const body of Object.values(bodies)) {
      const answer = await newAgentBehindProxy().get(`${urlOf(latchkey, path)}?${body.slice(0, 8000)}`)
      expect(answer.status, contentOf(answer)).toBeLessThan(500)
      expect(answer.headers['x']).toBeUndefined()
    }
  })
})

describe('in a path', () => {
  it.each([
    '%',
    '%E0%A4%A',
    '%00',
    '%2e%2e%2f',
    '..%2f..%2fetc',
    '%0d%0aX:1',
    '\u00ff',
    '%ff',
    '__proto__',
    'constructor',
    'a'.repeat(5000),
    ';',
    '%3B',
  ])('%j', async part => {
    const templates = [
      ...latchkey.routes.map(({ path }) => path),
      '/authorize/:uid',
      '/device/:uid',
      '/:uid',
      '/mailbox/:uid/html',
    ]
    for (const template of new Set(templates.filter(path => path.includes(':')))) {
      const path = template.replaceAll(/:[a-zA-Z]+/g, part)
      for (const method of ['GET', 'POST']) {
        const headers = [`Host: ${new URL(latchkey.issuer).host}`, `X-Forwarded-For: 10.9.0.${path.length % 250}`]
        const origin = [`Origin: ${latchkey.issuer}`, 'Content-Length: 0', 'Connection: close']
        const answer = await sendRaw(
          latchkey.issuer,
          `${[`${method} ${path} HTTP/1.1`, ...headers, ...origin].join('\r\n')}\r\n\r\n`,
        )
        expect(answer.status, `${method} ${template} ${answer.body.slice(0, 300)}`).toBeLessThan(500)
        expect(answer.headers['x']).toBeUndefined()
      }
    }
  })
})

it('and after all that a sign-in still works', async () => {
  const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
  const code = codeIn((await begun.nextMail()).text)
  expect(returned(await begun.agent.follow(await begun.agent.post(`${begun.home}/verify`, { code })))?.has('code')).toBe(true)
})
