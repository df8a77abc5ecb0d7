/** Too large, too slow, of the wrong kind, by the wrong method: the right status, in words, with the headers of every answer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linksIn } from '../support/account.ts'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { type RawResponse, sendRaw } from '../support/raw-request.ts'
import { browserApp, codeIn } from '../support/relying-party.ts'
import { listPosts, protocolPosts, urlOf } from '../support/route-requests.ts'
import { type BegunSignIn, beginSignIn, newAgentBehindProxy, returned } from '../support/sign-in.ts'

const form = 'application/x-www-form-urlencoded'
let latchkey: RunningLatchkey
let begun: BegunSignIn

beforeAll(async () => {
  latchkey = await startLatchkey({
    apps: [browserApp],
    environment: { TRUSTED_PROXIES: '1' },
    patience: { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 },
  })
  begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
})
afterAll(() => latchkey?.stop())

const uid = () => begun.home.split('/').pop() ?? ''
const ours = () => ({ origin: latchkey.issuer, 'sec-fetch-site': 'same-origin' })
const head = (...lines: string[]) =>
  `${[...lines, `Host: ${new URL(latchkey.issuer).host}`, `Origin: ${latchkey.issuer}`, 'Connection: close'].join('\r\n')}\r\n\r\n`

function expectOurHeaders({ headers }: Pick<RawResponse, 'headers'>): void {
  expect(headers).toMatchObject({
    'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
}

describe('a body of more than 64 KiB', () => {
  const tooMuch = `address=${'a'.repeat(70_000)}`

  it('is refused at every form of ours', async () => {
    for (const path of listPosts(latchkey)) {
      const answer = await new Agent().post(
        urlOf(latchkey, path, { uid: uid() }),
        { address: 'a'.repeat(70_000) },
        { cookie: begun.agent.cookies(begun.home) },
      )
      expect(answer.status, path).toBe(413)
    }
  })

  it('is refused at every endpoint of the protocol', async () => {
    for (const path of protocolPosts) {
      const answer = await newAgentBehindProxy().send(urlOf(latchkey, path), {
        method: 'POST',
        headers: { 'content-type': form, 'content-length': String(tooMuch.length), accept: 'application/json' },
        body: tooMuch,
      })
      expect(answer.status, path).toBe(413)
    }
  })

  it('is noticed without being told its length, and is not waited for', async () => {
    const chunk = `2000\r\n${'a'.repeat(0x2000)}\r\n`
    const answer = await sendRaw(latchkey.issuer, [
      head(
        `POST /sign-in/${uid()}/email HTTP/1.1`,
        `Content-Type: ${form}`,
        'Transfer-Encoding: chunked',
        `Cookie: ${begun.agent.cookies(begun.home)}`,
      ),
      ...Array<string>(20).fill(chunk),
    ])
    expect(answer.status).toBe(413)
    expectOurHeaders(answer)
  })

  it('of exactly 64 KiB is read', async () => {
    const body = 'address='.padEnd(64 * 1024, 'a')
    const answer = await begun.agent.send(`${begun.home}/email`, {
      method: 'POST',
      headers: { ...ours(), 'content-type': form, 'content-length': String(body.length) },
      body,
    })
    expect(answer.status).toBe(400)
  })
})

describe('headers of more than 16 KiB', () => {
  it('are refused', async () => {
    const answer = await sendRaw(latchkey.issuer, head('GET / HTTP/1.1', `X-Large: ${'a'.repeat(17_000)}`))
    expect(answer.status).toBe(431)
    expectOurHeaders(answer)
  })

  it('in many lines, or in the request line, as well', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `X-${index}: ${'a'.repeat(50)}`)
    expect((await sendRaw(latchkey.issuer, head('GET / HTTP/1.1', ...lines))).status).toBe(431)
    expect((await sendRaw(latchkey.issuer, head(`GET /?${'a'.repeat(17_000)} HTTP/1.1`))).status).toBe(431)
  })
})

describe('somebody slow', () => {
  it('with the headers is told so, and let go', async () => {
    const answer = await sendRaw(latchkey.issuer, ['GET / HTTP/1.1\r\nHo', ...Array<string>(30).fill('s')], 50)
    expect(answer.status).toBe(408)
    expectOurHeaders(answer)
  })

  it('with the body as well, and nobody else waits for it', async () => {
    const lines = [`POST /sign-in/${uid()}/email HTTP/1.1`, `Content-Type: ${form}`, 'Content-Length: 100']
    const slow = sendRaw(latchkey.issuer, [head(...lines), ...Array<string>(30).fill('a')], 50)
    expect((await new Agent().get(`${latchkey.issuer}/`)).status).toBe(200)
    expect([undefined, 400, 408]).toContain((await slow).status)
  })
})

describe('what is no HTTP', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a bare line feed in a header', 'GET / HTTP/1.1\r\nHost: localhost\r\nX: a\n b\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    const answer = await sendRaw(latchkey.issuer, bytes)
    expect(answer.status).toBe(400)
    expectOurHeaders(answer)
  })
})

describe('a body of another kind', () => {
  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'application/xml', 'nonsense'])(
    '%s is refused',
    async type => {
      for (const path of listPosts(latchkey)) {
        const answer = await begun.agent.send(urlOf(latchkey, path, { uid: uid() }), {
          method: 'POST',
          headers: { ...ours(), 'content-type': type, 'content-length': '2' },
          body: '{}',
        })
        expect(answer.status, path).toBe(415)
      }
      for (const path of protocolPosts) {
        const answer = await newAgentBehindProxy().send(urlOf(latchkey, path), {
          method: 'POST',
          headers: { 'content-type': type, 'content-length': '2', accept: 'application/json' },
          body: '{}',
        })
        expect([400, 401, 415], path).toContain(answer.status)
      }
    },
  )

  it('none, but a body: refused too', async () => {
    const lines = [`POST /sign-in/${uid()}/verify HTTP/1.1`, `Cookie: ${begun.agent.cookies(begun.home)}`, 'Content-Length: 8']
    expect((await sendRaw(latchkey.issuer, [head(...lines), 'code=BBB'])).status).toBe(415)
  })
})

it('an address that leads nowhere leads on', async () => {
  for (const path of ['/nothing', '/account/nothing']) {
    const page = await begun.agent.get(`${latchkey.issuer}${path}`)
    expect([page.status, linksIn(page, '/account')], path).toEqual([404, ['/account']])
  }
})

it('another method is refused, and the right ones are named', async () => {
  const methodsOf = Map.groupBy(latchkey.routes, ({ path }) => path)
  for (const [path, routes] of methodsOf) {
    const known = routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    for (const method of (['PUT', 'DELETE', 'POST'] as const).filter(each => !known.includes(each))) {
      const answer = await new Agent().send(urlOf(latchkey, path, { uid: uid() }), { method, headers: ours() })
      expect(answer.status, `${method} ${path}`).toBe(405)
      expect(answer.headers.allow?.split(', ').toSorted(), path).toEqual(known.toSorted())
    }
  }
})

it('what was refused has changed nothing', async () => {
  const code = codeIn((await begun.nextMail()).text)
  expect(returned(await begun.agent.follow(await begun.agent.post(`${begun.home}/verify`, { code })))?.has('code')).toBe(true)
})
