import * as oauth from 'oauth4webapi'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Agent } from '../support/agent.ts'
import { leave, post, postAs, prove, redeem, signIn, type TestApp, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, serverApp, startRequest } from '../support/relying-party.ts'

const app = { ...serverApp, client_id: 'pushing', require_pushed_authorization_requests: true }
const insecure = { [oauth.allowInsecureRequests]: true }

describe('a pushed authorization request (RFC 9126)', () => {
  let latchkey: RunningLatchkey
  const agent = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [app, serverApp, browserApp] })
    await signIn(latchkey, agent, serverApp, 'ada@example.com')
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  async function discover(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(latchkey.issuer)
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
  }

  async function push(
    by: TestApp = app,
    extra: Record<string, string> = {},
  ): Promise<{ url: string; uri: string; verifier: string }> {
    const started = await startRequest(latchkey.issuer, by, extra)
    const answer = await postAs(by, `${latchkey.issuer}/par`, Object.fromEntries(new URL(started.url).searchParams))
    expect(answer.status).toBe(201)
    const uri = String(answer.body['request_uri'])
    return { uri, verifier: started.verifier, url: urlFor(by.client_id, uri) }
  }

  function urlFor(clientId: string, uri: string, more: Record<string, string> = {}): string {
    return `${latchkey.issuer}/authorize?${new URLSearchParams({ client_id: clientId, request_uri: uri, ...more })}`
  }

  it('works with a standard client from discovery to tokens', async () => {
    const server = await discover()
    const client = { client_id: app.client_id }
    const authentication = oauth.ClientSecretBasic(app.client_secret)
    const verifier = oauth.generateRandomCodeVerifier()
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
    const parameters = {
      redirect_uri: app.redirect_uris[0] ?? '',
      response_type: 'code',
      scope: 'openid email',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    }
    const pushed = await oauth.processPushedAuthorizationResponse(
      server,
      client,
      await oauth.pushedAuthorizationRequest(server, client, authentication, parameters, insecure),
    )
    expect(pushed.expires_in).toBeLessThanOrEqual(60)
    const callback = await leave(agent, urlFor(app.client_id, pushed.request_uri))
    const checked = oauth.validateAuthResponse(server, client, callback, state)
    const tokens = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        checked,
        parameters.redirect_uri,
        verifier,
        insecure,
      ),
      { expectedNonce: nonce, requireIdToken: true },
    )
    expect(oauth.getValidatedIdTokenClaims(tokens)?.['email']).toBe('ada@example.com')
  })

  it('is good for one answer', async () => {
    const { url } = await push()
    expect((await leave(agent, url)).searchParams.has('code')).toBe(true)
    const again = await agent.get(url)
    expect(again.location).toBeUndefined()
    expect(again.status).toBe(400)
    expect(again.body).toContain('invalid_request_uri')
  })

  it('is good for one answer also when two ask at once', async () => {
    const { url } = await push()
    const pages = await Promise.all([agent.get(url), agent.get(url)])
    const codes = pages.filter(page => page.location?.includes('code=') === true)
    expect(codes).toHaveLength(1)
    const refused = pages.find(page => !codes.includes(page))
    expect(refused?.location ?? refused?.body).toContain('invalid_request_uri')
  })

  it('may be opened twice before it was answered: the first page was reloaded', async () => {
    const stranger = new Agent()
    const { url, verifier } = await push()
    expect((await stranger.follow(await stranger.get(url))).status).toBe(200)
    const page = await stranger.follow(await stranger.get(url))
    const left = await prove(latchkey, stranger, page, 'reloading@example.com')
    const code = new URL(left.location ?? '').searchParams.get('code') ?? ''
    const redeemed = await redeem(latchkey, app, { code, started: { url, verifier, state: '', nonce: '' } })
    expect(tokensOf(redeemed).idToken).not.toBe('')
    stranger.close()
  })

  it('expires after a minute', async () => {
    const { url } = await push()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    expect((await agent.get(url)).status).toBe(400)
  })

  it('of one app is nothing for another', async () => {
    const { uri } = await push()
    const answer = await agent.get(urlFor(serverApp.client_id, uri))
    expect([answer.status, answer.location]).toEqual([400, undefined])
  })

  it('counts alone: what the browser adds to it is ignored', async () => {
    const { uri } = await push(app, { state: 'pushed' })
    const more = { state: 'added', redirect_uri: 'https://evil.example/', scope: 'openid', response_mode: 'fragment' }
    const callback = await leave(agent, urlFor(app.client_id, uri, more))
    expect(callback.origin + callback.pathname).toBe(app.redirect_uris[0])
    expect(callback.searchParams.get('state')).toBe('pushed')
  })

  it('is needed where the app is registered so', async () => {
    const { url } = await startRequest(latchkey.issuer, app)
    const callback = await leave(agent, url)
    expect(callback.searchParams.get('error')).toBe('invalid_request')
    expect(callback.searchParams.has('code')).toBe(false)
  })

  it('may be started again from its page when the sign-in has expired', async () => {
    const stranger = new Agent()
    const { url } = await push()
    const first = await stranger.follow(await stranger.get(url))
    await stranger.follow(await stranger.post(`${first.url}/email`, { address: 'late@example.com' }))
    await latchkey.waitForMail('late@example.com')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 3600_000 })
    const expired = await stranger.get(first.url)
    expect(expired.status).toBe(410)
    expect(expired.body).toContain(`action="${new URL(first.url).pathname}/restart"`)
    const again = await stranger.follow(await stranger.post(`${first.url}/restart`))
    expect(again.status).toBe(200)
    expect(again.url).toMatch(/\/sign-in\/[^/]+$/)
    const left = await prove(latchkey, stranger, again, 'late@example.com')
    expect(new URL(left.location ?? '').searchParams.has('code')).toBe(true)
    stranger.close()
  })

  it('is refused to whoever isn’t the app', async () => {
    const { url } = await startRequest(latchkey.issuer, app)
    const form = Object.fromEntries(new URL(url).searchParams)
    const wrong = Buffer.from(`${app.client_id}:kept-as-a-hash`).toString('base64')
    for (const headers of [{}, { authorization: `Basic ${wrong}` }, { authorization: 'Basic !' }]) {
      const answer = await post(`${latchkey.issuer}/par`, form, headers)
      expect([400, 401]).toContain(answer.status)
      expect(answer.body['error']).toMatch(/^invalid_(client|request)$/)
    }
  })

  it.each([
    ['a foreign redirect URI', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a request_uri inside', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'request_uri_not_supported'],
    ['another app’s id', { client_id: serverApp.client_id }, 'invalid_request'],
    ['a foreign resource', { resource: 'https://evil.example/' }, 'invalid_target'],
  ])('with %s is refused when it is pushed', async (_what, changes: Record<string, string>, error) => {
    const { url } = await startRequest(latchkey.issuer, app)
    const answer = await postAs(app, `${latchkey.issuer}/par`, { ...Object.fromEntries(new URL(url).searchParams), ...changes })
    expect([answer.status, answer.body['error']]).toEqual([400, error])
  })

  describe('is kept for a while, so its parameters together', () => {
    const parts = (bytes: number) => ({ state: 'x'.repeat(bytes / 2), nonce: 'x'.repeat(bytes / 2) })

    async function pushLarge(by: TestApp, bytes: number) {
      const { url } = await startRequest(latchkey.issuer, by)
      const form = { ...Object.fromEntries(new URL(url).searchParams), ...parts(bytes) }
      const { status, body } = await postAs(by, `${latchkey.issuer}/par`, form)
      return [status, body['error'], body['error_description']]
    }

    it('are at most 8 KiB of an app that cannot prove who it is', async () => {
      expect((await pushLarge(browserApp, 7000))[0]).toBe(201)
      const refused = [400, 'invalid_request', 'the parameters together are longer than 8192 bytes']
      expect(await pushLarge(browserApp, 8200)).toEqual(refused)
    })

    it('are at most 16 KiB of one that has', async () => {
      expect((await pushLarge(app, 15_000))[0]).toBe(201)
      const [status, error] = await pushLarge(app, 16_384)
      expect([status, error]).toEqual([400, 'invalid_request'])
    })

    it('are at most 8 KiB where the browser brings them', async () => {
      const url = new URL((await startRequest(latchkey.issuer, serverApp)).url)
      for (const [name, value] of Object.entries(parts(8200))) url.searchParams.set(name, value)
      const answer = await agent.get(url.href)
      expect([answer.status, answer.location]).toEqual([400, undefined])
      expect(answer.body).toContain('the parameters together are longer than 8192 bytes')
    })
  })

  it('that was never pushed is refused', async () => {
    for (const uri of ['urn:ietf:params:oauth:request_uri:nothing', 'urn:ietf:params:oauth:request_uri:', 'urn:x']) {
      expect((await agent.get(urlFor(app.client_id, uri))).status).toBe(400)
    }
  })

  it('may come from a browser app, too', async () => {
    const { url } = await push(browserApp)
    expect((await leave(agent, url)).searchParams.has('code')).toBe(true)
  })
})
