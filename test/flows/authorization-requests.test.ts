import { SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { call, leave, obtainCode, post, redeem, signIn, type TestApp } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'

const app = { ...serverApp, redirect_uris: ['https://app.example/callback', 'https://app.example/second?tenant=1'] }
const nativeApp = {
  client_id: 'desktop',
  client_name: 'Desktop',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback', 'com.example.desktop:/callback'],
  first_party: true,
}
const webOnLoopback = { ...serverApp, client_id: 'local-web', redirect_uris: ['http://127.0.0.1/callback'] }

describe('an authorization request', () => {
  let latchkey: RunningLatchkey
  const agent = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [app, nativeApp, webOnLoopback] })
    await signIn(latchkey, agent, app, 'ada@example.com')
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  /** The request of an ordinary app, with parameters replaced, or taken away where undefined. */
  async function requestWith(changes: Record<string, string | undefined>, by: TestApp = app): Promise<string> {
    const url = new URL((await startRequest(latchkey.issuer, by)).url)
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) url.searchParams.delete(name)
      else url.searchParams.set(name, value)
    }
    return url.href
  }

  describe('without a good proof key (RFC 7636) goes back with an error', () => {
    it.each([
      ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
      ['no method, which would be plain', { code_challenge_method: undefined }],
      ['plain', { code_challenge_method: 'plain' }],
      ['a method without a challenge', { code_challenge: undefined }],
      ['a challenge that is too short', { code_challenge: 'abc' }],
    ])('%s', async (_what, changes) => {
      const callback = await leave(agent, await requestWith({ ...changes, state: 'kept' }))
      expect(callback.origin + callback.pathname).toBe('https://app.example/callback')
      expect(Object.fromEntries(callback.searchParams)).toEqual({
        error: 'invalid_request',
        error_description: expect.any(String),
        state: 'kept',
        iss: latchkey.issuer,
      })
    })
  })

  it('is answered with the issuer’s name, so that apps of several issuers tell them apart (RFC 9207)', async () => {
    const { callback, started } = await obtainCode(latchkey, agent, app)
    expect(Object.fromEntries(callback.searchParams)).toEqual({
      code: expect.any(String),
      state: started.state,
      iss: latchkey.issuer,
    })
  })

  describe('goes back to exactly a registered URI, and nowhere else', () => {
    it.each([
      'https://app.example/callback/',
      'https://app.example/Callback',
      'https://app.example/callback?more=1',
      'https://app.example/callback#',
      'https://app.example/second',
      'https://app.example/second?tenant=2',
      'https://app.example/second?tenant=1&tenant=2',
      'https://app.example:443/callback',
      'https://app.example/other/../callback',
      'https://app.example/%63allback',
      'https://APP.example/callback',
      'http://app.example/callback',
      'https://app.example@evil.example/callback',
      'https://app.example.evil.example/callback',
      'https://evil.example/callback',
      '//app.example/callback',
      'https:/app.example/callback',
      'https://app.example\\@evil.example/callback',
      'javascript:alert(1)',
      'callback',
      ' https://app.example/callback',
      '',
    ])('%j', async redirectUri => {
      const answer = await agent.get(await requestWith({ redirect_uri: redirectUri }))
      expect(answer.status).toBe(400)
      expect(answer.location).toBeUndefined()
      expect(answer.body).toContain('<h1>')
      expect(answer.body).not.toContain('evil.example')
    })

    it('the one with a query keeps it', async () => {
      const callback = await leave(agent, await requestWith({ redirect_uri: 'https://app.example/second?tenant=1' }))
      expect(callback.searchParams.get('tenant')).toBe('1')
      expect(callback.searchParams.has('code')).toBe(true)
    })

    it('a missing one is not guessed, even where there is but one', async () => {
      for (const by of [app, webOnLoopback]) {
        const answer = await agent.get(await requestWith({ redirect_uri: undefined }, by))
        expect([answer.status, answer.location]).toEqual([400, undefined])
      }
    })

    it.each(['http://127.0.0.1:49152/callback', 'http://[::1]:50000/callback', 'com.example.desktop:/callback'])(
      'a native app on %s, whose port it cannot know beforehand (RFC 8252 §7.3)',
      async redirectUri => {
        const started = await startRequest(latchkey.issuer, nativeApp, { redirect_uri: redirectUri })
        const callback = await leave(agent, started.url)
        expect(callback.href.startsWith(redirectUri)).toBe(true)
        const obtained = { code: callback.searchParams.get('code') ?? '', started }
        const elsewhere = await redeem(latchkey, nativeApp, obtained, { redirect_uri: 'http://127.0.0.1:49153/callback' })
        expect(elsewhere.body['error']).toBe('invalid_grant')
        expect((await redeem(latchkey, nativeApp, obtained, { redirect_uri: redirectUri })).status).toBe(200)
      },
    )

    it.each([
      ['a native app on another path', nativeApp, 'http://127.0.0.1:49152/other'],
      ['a native app on another loopback name', nativeApp, 'http://localhost:49152/callback'],
      ['a native app on a network', nativeApp, 'http://192.0.2.1:49152/callback'],
      ['a web app on another port of loopback', webOnLoopback, 'http://127.0.0.1:49152/callback'],
    ])('not %s', async (_what, by, redirectUri) => {
      const answer = await agent.get(await requestWith({ redirect_uri: redirectUri }, by))
      expect([answer.status, answer.location]).toEqual([400, undefined])
    })
  })

  describe('that an app may not make is refused', () => {
    it.each([
      ['an implicit grant', { response_type: 'token' }, 'unsupported_response_type'],
      ['a hybrid flow', { response_type: 'code id_token' }, 'unsupported_response_type'],
      ['an unknown response mode', { response_mode: 'smoke' }, 'unsupported_response_mode'],
      ['an unknown prompt', { prompt: 'everything' }, 'invalid_request'],
      ['prompt none with another', { prompt: 'none login' }, 'invalid_request'],
      ['an impossible max_age', { max_age: '-1' }, 'invalid_request'],
      ['a max_age that is no number', { max_age: 'soon' }, 'invalid_request'],
      ['claims that are no JSON', { claims: '{' }, 'invalid_request'],
      ['claims that are no object', { claims: '[]' }, 'invalid_request'],
      ['claims of the wrong shape', { claims: '{"userinfo":[]}' }, 'invalid_request'],
      ['a hint that is no token', { id_token_hint: 'nonsense' }, 'invalid_request'],
      ['a scope with a quote in it', { scope: 'openid "' }, 'invalid_scope'],
      ['client metadata in the request', { registration: '{}' }, 'registration_not_supported'],
      ['a request object elsewhere', { request_uri: 'https://app.example/request.jwt' }, 'request_uri_not_supported'],
    ])('%s', async (_what, changes, error) => {
      const callback = await leave(agent, await requestWith(changes))
      const fromFragment = new URLSearchParams(callback.hash.slice(1))
      expect(callback.searchParams.get('error') ?? fromFragment.get('error')).toBe(error)
      expect(callback.searchParams.has('code')).toBe(false)
    })

    it('a request object, whatever it is signed with', async () => {
      const parameters = { ...Object.fromEntries(new URL(await requestWith({})).searchParams), iss: app.client_id }
      const unsigned = new UnsecuredJWT(parameters).setAudience(latchkey.issuer).encode()
      const secrets = [app.client_secret, 'kept-as-a-hash']
      const signed = await Promise.all(
        secrets.map(secret =>
          new SignJWT(parameters).setProtectedHeader({ alg: 'HS256' }).setAudience(latchkey.issuer).sign(Buffer.from(secret)),
        ),
      )
      for (const request of [unsigned, ...signed]) {
        const callback = await leave(agent, await requestWith({ request }))
        expect(callback.searchParams.get('error')).toBe('request_not_supported')
      }
    })
  })

  it('with a parameter twice is refused: nobody knows which one is meant (RFC 6749 §3.1)', async () => {
    const url = await requestWith({})
    for (const name of ['scope', 'state', 'code_challenge', 'nonce', 'prompt']) {
      const callback = await leave(agent, `${url}&${name}=x&${name}=y`)
      expect(callback.searchParams.get('error')).toBe('invalid_request')
      expect(callback.searchParams.has('code')).toBe(false)
    }
    for (const name of ['client_id', 'redirect_uri']) {
      const answer = await agent.get(`${url}&${name}=https://evil.example/`)
      expect([answer.status, answer.location]).toEqual([400, undefined])
    }
  })

  it('of an unknown app ends on a page of ours', async () => {
    for (const client_id of ['nobody', '', '\u0000', '__proto__', 'x'.repeat(1000), 'a b', 'ä']) {
      const answer = await agent.get(await requestWith({ client_id }))
      expect([answer.status, answer.location]).toEqual([400, undefined])
      expect(answer.body).toContain('<h1>')
    }
  })

  it('may come by POST, and is answered to whoever is signed in, although no cookie comes along from another site', async () => {
    const url = new URL(await requestWith({}))
    const form = new URLSearchParams([...url.searchParams, ['resource', latchkey.issuer], ['resource', latchkey.issuer]])
    const answer = await fetch(`${latchkey.issuer}/authorize`, { method: 'POST', body: form, redirect: 'manual' })
    expect(answer.status).toBe(303)
    const again = new URL(answer.headers.get('location') ?? '', latchkey.issuer)
    expect([again.origin, again.pathname, again.search]).toEqual([latchkey.issuer, '/authorize', `?${form}`])
    expect((await leave(agent, again.href)).searchParams.has('code')).toBe(true)
  })

  it('may have its answer posted', async () => {
    const answer = await agent.get(await requestWith({ response_mode: 'form_post' }))
    expect(answer.status).toBe(200)
    expect(answer.body).toContain('action="https://app.example/callback"')
    expect(answer.body).toContain(`name="iss" value="${latchkey.issuer}"`)
  })

  describe('that is far too large gets a clear answer', () => {
    const large = 'x'.repeat(9000)

    it.each(['state', 'nonce', 'login_hint', 'ui_locales', 'acr_values', 'claims', 'id_token_hint', 'resource', 'client_id'])(
      'in the query: %s',
      async name => {
        const answer = await agent.get(await requestWith({ [name]: large }))
        expect([answer.status, answer.location]).toEqual([400, undefined])
        expect(answer.body).toContain('<h1>')
        expect(answer.body).not.toContain(large)
      },
    )

    it('in the scope, which the app is told', async () => {
      const scope = `openid ${Array.from({ length: 1000 }, (_, index) => `s${index}`).join(' ')}`
      const callback = await leave(agent, await requestWith({ scope, state: 'kept' }))
      expect(callback.searchParams.get('error')).toBe('invalid_scope')
      expect(callback.searchParams.get('state')).toBe('kept')
    })

    it('in the number of resources', async () => {
      const many = `&resource=${latchkey.issuer}`.repeat(21)
      const answer = await agent.get(`${await requestWith({})}${many}`)
      expect([answer.status, answer.location]).toEqual([400, undefined])
    })

    it('in a form', async () => {
      const url = new URL(await requestWith({ state: 'x'.repeat(9000) }))
      const answer = await agent.post(`${latchkey.issuer}/authorize`, Object.fromEntries(url.searchParams))
      expect([answer.status, answer.location]).toEqual([413, undefined])
      expect(answer.body).toContain('<h1>')
    })

    it.each(['scope', 'state', 'client_assertion', 'code', 'refresh_token', 'token'])(
      'at the endpoints of apps: %s',
      async name => {
        for (const path of ['/token', '/par', '/introspect', '/revoke', '/device_authorization']) {
          const answer = await post(`${latchkey.issuer}${path}`, { client_id: 'desktop', [name]: 'x '.repeat(20_000) })
          expect(answer.status).toBeGreaterThanOrEqual(400)
          expect(answer.status).toBeLessThan(500)
          expect(answer.body['error']).toMatch(/^invalid_(request|scope|client)$/)
        }
        const body = await post(`${latchkey.issuer}/token`, { client_id: 'desktop', [name]: 'x'.repeat(70_000) })
        expect([body.status, body.body['error']]).toEqual([413, 'invalid_request'])
      },
    )

    it('a header of more than 16 KiB', async () => {
      expect((await agent.get(await requestWith({ state: 'x'.repeat(17_000) }))).status).toBe(431)
    })

    it('a body of more than 64 KiB', async () => {
      const url = new URL(await requestWith({ state: 'x'.repeat(70_000) }))
      const answer = await agent.post(`${latchkey.issuer}/authorize`, Object.fromEntries(url.searchParams))
      expect(answer.status).toBe(413)
      expect(answer.body).toContain('<h1>')
    })
  })

  it('in a body that is no form is refused', async () => {
    for (const [type, body] of [
      ['application/json', '{"client_id":"ledger"}'],
      ['text/plain', 'client_id=ledger'],
      ['multipart/form-data; boundary=x', '--x--'],
    ] as const) {
      for (const path of [
        '/authorize',
        '/token',
        '/par',
        '/introspect',
        '/revoke',
        '/device_authorization',
        '/userinfo',
        '/logout',
      ]) {
        const answer = await call(`${latchkey.issuer}${path}`, { method: 'POST', body, headers: { 'content-type': type } })
        expect([400, 401, 415], `${path} as ${type}`).toContain(answer.status)
      }
    }
    const strange = { 'content-type': 'application/x-www-form-urlencoded; charset=nonsense' }
    expect((await call(`${latchkey.issuer}/token`, { method: 'POST', body: 'x=y', headers: strange })).status).toBe(400)
    expect((await post(`${latchkey.issuer}/token`, {})).status).toBe(400)
  })
})
