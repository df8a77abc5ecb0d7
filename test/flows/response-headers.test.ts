/** The headers that every answer has, whatever the route and whatever went wrong. */
import { hash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, linkIn, serverApp } from '../support/relying-party.ts'
import { protocolGets, protocolPosts, urlOf } from '../support/route-requests.ts'
import { beginSignIn, newAddress, newAgentBehindProxy, signUp } from '../support/sign-in.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({
    apps: [browserApp, serverApp],
    environment: { TRUSTED_PROXIES: '1', GOOGLE_CLIENT_ID: 'latchkey', GOOGLE_CLIENT_SECRET: 'secret' },
  })
})
afterAll(() => latchkey?.stop())

/** Directive names to their values. */
function policyOf({ headers }: Response): Map<string, string> {
  const policy = String(headers['content-security-policy'])
  return new Map(
    policy
      .split(';')
      .map(each => each.trim())
      .map(each => [each.split(' ')[0] ?? '', each.split(' ').slice(1).join(' ')]),
  )
}

/** Cacheable by everybody: holds nothing of anybody. */
const isPublic = (path: string) =>
  path.startsWith('/assets/') ||
  path.startsWith('/.well-known/openid') ||
  path.startsWith('/.well-known/oauth') ||
  path === '/jwks' ||
  path.includes('logo')

function expectSafe(response: Response, what: string): void {
  const { headers } = response
  expect(headers['x-content-type-options'], what).toBe('nosniff')
  expect(headers['referrer-policy'], what).toBe('same-origin')
  expect(headers['cross-origin-opener-policy'], what).toBe('same-origin')
  expect(headers['permissions-policy'], what).toContain('camera=()')
  expect(headers['x-powered-by'], what).toBeUndefined()
  expect(headers['server'], what).toBeUndefined()
  const policy = policyOf(response)
  expect(policy.get('default-src'), what).toBe("'none'")
  expect(policy.get('frame-ancestors'), what).toMatch(/^'(none|self)'$/)
  const scripts = policy.get('script-src') ?? policy.get('default-src')
  expect(scripts, what).not.toMatch(/unsafe|\*|http|data:|blob:/)
  expect(policy.has('form-action'), `${what}: browsers hold a form's later redirects to it`).toBe(false)
  if (!isPublic(new URL(response.url).pathname)) expect(headers['cache-control'], what).toContain('no-store')
  // What a script could be smuggled into. The protocol library's form that sends itself is named by its hash, so nothing else runs.
  for (const [, inline = ''] of response.body.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^<]*)/g))
    expect(scripts, what).toContain(`'sha256-${hash('sha256', inline, 'base64')}'`)
  expect(response.body, what).not.toMatch(/\son(?:load|click|error|submit)=|javascript:/i)
}

describe('every route of ours', () => {
  it('whether it knows what is asked for or not', async () => {
    const begun = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const token =
      linkIn((await begun.nextMail()).text)
        .split('/')
        .pop() ?? ''
    const [mail] = (await latchkey.adapters.mailbox?.list()) ?? []
    for (const { path, method } of latchkey.routes) {
      for (const values of [{}, { uid: begun.home.split('/').pop() ?? '', token, id: mail?.id ?? '' }]) {
        const url = urlOf(latchkey, path, values)
        const answer = method === 'GET' ? await newAgentBehindProxy().get(url) : await newAgentBehindProxy().post(url)
        expectSafe(answer, `${method} ${path} ${answer.status}`)
      }
    }
  })

  it('in the browser that began, page by page', async () => {
    const { agent, home, started, waiting, nextMail } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const link = linkIn((await nextMail()).text)
    const pages = [waiting, await agent.get(link), await agent.post(`${home}/verify`, { code: 'B' }), await agent.post(link)]
    pages.push(await agent.get(`${home}/confirmed`), await agent.get(`${home}/state`))
    const resumed = await agent.get(home)
    const left = await agent.get(resumed.location ?? '')
    pages.push(resumed, left, await agent.get(home), await agent.get(started.url))
    for (const page of pages) expectSafe(page, `${page.status} ${page.url}`)
  })

  it('to somebody who is signed in, at their account', async () => {
    const agent = newAgentBehindProxy()
    await signUp(latchkey, newAddress(), agent)
    const pages = latchkey.routes.filter(({ path, method }) => method === 'GET' && /^\/account(?!\/back)/.test(path))
    const answers: Response[] = []
    for (const { path } of pages) answers.push(await agent.get(urlOf(latchkey, path)))
    for (const answer of answers) expectSafe(answer, `${answer.status} ${answer.url}`)
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(10)
  })
})

it('every endpoint of the protocol', async () => {
  for (const path of protocolGets) expectSafe(await newAgentBehindProxy().get(urlOf(latchkey, path)), `GET ${path}`)
  for (const path of protocolPosts) expectSafe(await newAgentBehindProxy().post(urlOf(latchkey, path)), `POST ${path}`)
  // Read once, the metadata come from memory.
  for (const path of protocolGets) expectSafe(await newAgentBehindProxy().get(urlOf(latchkey, path)), `GET ${path}, again`)
})

it('every error', async () => {
  const tooMuch = { address: 'a'.repeat(70_000) }
  const url = `${latchkey.issuer}/sign-in/nothing/email`
  const agent = newAgentBehindProxy()
  const limited = newAgentBehindProxy()
  for (let count = 0; count < 60; count += 1) await limited.get(`${latchkey.issuer}/link/nothing`)
  const answers: Record<number, Response> = {
    400: await agent.get(`${latchkey.issuer}/authorize?client_id=nobody`),
    403: await agent.send(url, { method: 'POST', form: {} }),
    404: await agent.get(`${latchkey.issuer}/nothing`),
    405: await agent.send(url, { method: 'DELETE' }),
    410: await agent.get(`${latchkey.issuer}/link/nothing`),
    413: await agent.post(url, tooMuch),
    415: await agent.post(url, {}, { 'content-type': 'text/plain', 'content-length': '0', accept: '*/*' }),
    421: await agent.get(latchkey.issuer, { host: 'evil.example' }),
    429: await limited.get(`${latchkey.issuer}/link/nothing`),
  }
  for (const [status, answer] of Object.entries(answers)) {
    if (Number(status) !== 415) expect(answer.status).toBe(Number(status))
    expectSafe(answer, status)
    expect(answer.headers['x-request-id'], status).toMatch(/^[0-9a-f-]{36}$/)
  }
})

it('a page of the app itself: what a redirect back to it says is kept by nobody', async () => {
  const { agent, home, nextMail } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
  await agent.post(linkIn((await nextMail()).text))
  const left = await agent.follow(await agent.get(home))
  expect(left.location).toContain('code=')
  expect(left.headers['cache-control']).toContain('no-store')
  expect(left.headers['referrer-policy']).toBe('same-origin')
})

it('over https, HSTS; over http, none, which browsers would ignore anyway', async () => {
  expect((await new Agent().get(latchkey.issuer)).headers['strict-transport-security']).toBeUndefined()
  const secure = await startLatchkey({
    apps: [],
    environment: { ISSUER: 'https://id.example.com', SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'no-reply@example.com' },
  })
  try {
    const answer = await new Agent().get(secure.issuer, { host: 'id.example.com' })
    expect(answer.status).toBe(200)
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d{8}/)
  } finally {
    await secure.stop()
  }
})
