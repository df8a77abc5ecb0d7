import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { obtainCode, redeem, signIn, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, serverApp } from '../support/relying-party.ts'

/** Keeps its refresh token itself: no cookie, and so no credentials. */
const pageApp = {
  ...browserApp,
  client_id: 'page',
  origins: ['http://localhost:4003'],
  redirect_uris: ['http://localhost:4003/callback'],
  refresh_token_delivery: 'body',
}
const cookieOrigin = 'http://localhost:4000'
const pageOrigin = 'http://localhost:4003'
const foreign = 'https://evil.example'

/** The endpoints that a page of an app may call, each with a request that gets as far as the app's name. */
const endpoints = ['/token', '/userinfo', '/par', '/revoke', '/introspect', '/device_authorization'] as const
const published = ['/jwks', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'] as const

describe('calls from pages of other origins (Fetch Standard, CORS)', () => {
  let latchkey: RunningLatchkey
  const agent = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp, pageApp, serverApp] })
    await signIn(latchkey, agent, serverApp, 'ada@example.com')
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  const allowOrigin = ({ headers }: Response) => headers['access-control-allow-origin']
  const allowCredentials = ({ headers }: Response) => headers['access-control-allow-credentials']

  async function preflight(path: string, origin: string, method = 'POST'): Promise<Response> {
    const headers = {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'content-type, dpop',
    }
    return agent.send(latchkey.issuer + path, { method: 'OPTIONS', headers })
  }
  async function callAs(app: { client_id: string }, path: string, origin: string): Promise<Response> {
    const headers = { origin, 'sec-fetch-site': 'cross-site', accept: 'application/json' }
    if (path !== '/userinfo') return agent.post(latchkey.issuer + path, { client_id: app.client_id, token: 'x' }, headers)
    const { accessToken } = tokensOf(await redeem(latchkey, pageApp, await obtainCode(latchkey, agent, pageApp)))
    return agent.get(latchkey.issuer + path, { ...headers, authorization: `Bearer ${accessToken}` })
  }

  describe.each(endpoints)('%s', path => {
    it('lets a page of the app read the answer, errors included', async () => {
      const answer = await callAs(pageApp, path, pageOrigin)
      expect(allowOrigin(answer)).toBe(pageOrigin)
      expect(answer.headers.vary).toMatch(/origin/i)
      expect(allowCredentials(answer)).toBeUndefined()
    })

    it.each([foreign, cookieOrigin, 'http://localhost:40031', 'http://localhost', 'https://localhost:4003', 'null'])(
      'keeps it from a page of %s',
      async origin => {
        const answer = await callAs(pageApp, path, origin)
        expect(allowOrigin(answer)).toBeUndefined()
        expect(allowCredentials(answer)).toBeUndefined()
        expect(answer.body).not.toContain('ada@example.com')
      },
    )

    it('lets the preflights of apps through, and nobody else’s', async () => {
      for (const origin of [cookieOrigin, pageOrigin]) {
        const answer = await preflight(path, origin, path === '/userinfo' ? 'GET' : 'POST')
        expect([answer.status, allowOrigin(answer)]).toEqual([204, origin])
        expect(answer.headers['access-control-allow-methods']).toContain('POST')
        expect(answer.headers['access-control-allow-headers']).toContain('dpop')
      }
      for (const origin of [foreign, 'null', 'http://localhost']) {
        expect(allowOrigin(await preflight(path, origin))).toBeUndefined()
      }
    })

    it('lets credentials come along to /token alone, and only from apps with the cookie', async () => {
      expect(allowCredentials(await preflight(path, cookieOrigin))).toBe(path === '/token' ? 'true' : undefined)
      for (const origin of [pageOrigin, foreign, 'null']) expect(allowCredentials(await preflight(path, origin))).toBeUndefined()
      if (path === '/userinfo') return
      expect(allowCredentials(await callAs(browserApp, path, cookieOrigin))).toBe(path === '/token' ? 'true' : undefined)
      expect(allowCredentials(await callAs(browserApp, path, foreign))).toBeUndefined()
    })
  })

  it.each(published)('%s is for everybody', async path => {
    for (const origin of [foreign, 'null', cookieOrigin]) {
      const answer = await agent.get(latchkey.issuer + path, { origin })
      expect([answer.status, allowOrigin(answer), allowCredentials(answer)]).toEqual([200, '*', undefined])
      const asked = await preflight(path, origin, 'GET')
      expect([asked.status, allowOrigin(asked), allowCredentials(asked)]).toEqual([204, origin, undefined])
    }
  })

  it.each(['/authorize', '/logout', '/device', '/', '/sign-in/x', '/consent/x', '/link/x', '/health'])(
    '%s is nothing for scripts of other origins',
    async path => {
      for (const origin of [foreign, cookieOrigin]) {
        for (const answer of [await agent.get(latchkey.issuer + path, { origin }), await preflight(path, origin, 'GET')]) {
          expect(allowOrigin(answer)).toBeUndefined()
          expect(allowCredentials(answer)).toBeUndefined()
        }
      }
    },
  )

  it('a page of an app is told how long to wait, and nobody else’s', async () => {
    const limited = await startLatchkey({ apps: [browserApp, pageApp], on: 'postgres' })
    try {
      const ask = (origin: string) =>
        agent.post(`${limited.issuer}/device_authorization`, { client_id: 'page' }, { origin, accept: 'application/json' })
      await Promise.all(Array.from({ length: 120 }, () => ask(pageOrigin)))
      const answer = await ask(pageOrigin)
      expect([answer.status, allowOrigin(answer), allowCredentials(answer)]).toEqual([429, pageOrigin, undefined])
      expect(answer.headers['access-control-expose-headers']).toContain('Retry-After')
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      expect(allowOrigin(await ask(foreign))).toBeUndefined()
    } finally {
      await limited.stop()
    }
  })

  it('an app without pages is called from none', async () => {
    const answer = await callAs(serverApp, '/token', cookieOrigin)
    expect(allowOrigin(answer)).toBeUndefined()
  })
})
