import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { linksIn } from '../support/account.ts'
import { Agent, type Response } from '../support/agent.ts'
import {
  askUserinfo,
  obtainCode,
  post,
  redeem,
  refresh,
  signIn,
  type TestApp,
  type Tokens,
  tokensOf,
} from '../support/code-flow.ts'
import { xsrfIn } from '../support/device.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, serverApp, startRequest } from '../support/relying-party.ts'
import { answerSignOut } from '../support/sign-out.ts'

const secondApp = { ...serverApp, client_id: 'second', client_uri: 'https://second.example/' }
const thirdParty = { ...serverApp, client_id: 'third', client_name: 'Third', first_party: false }
const home = 'http://localhost:4001/'

describe('signing out (OpenID Connect RP-Initiated Logout)', () => {
  let latchkey: RunningLatchkey
  const agents: Agent[] = []
  let people = 0

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [serverApp, secondApp, thirdParty, browserApp] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(async () => {
    for (const agent of agents) agent.close()
    await latchkey.stop()
  })

  const logoutUrl = (parameters: Record<string, string> = {}) => `${latchkey.issuer}/logout?${new URLSearchParams(parameters)}`
  const idTokenHint = ({ idToken }: Tokens) => ({ id_token_hint: idToken })

  function newAgent(): Agent {
    const agent = new Agent()
    agents.push(agent)
    return agent
  }
  async function signedIn(): Promise<{ agent: Agent; tokens: Tokens }> {
    const agent = newAgent()
    const app = serverApp
    people += 1
    return {
      agent,
      tokens: tokensOf(await redeem(latchkey, app, await signIn(latchkey, agent, app, `person-${people}@example.com`))),
    }
  }
  async function tokensFor(agent: Agent, app: TestApp): Promise<Tokens> {
    return tokensOf(await redeem(latchkey, app, await obtainCode(latchkey, agent, app)))
  }
  const answer = (agent: Agent, page: Response, decision: 'yes' | 'no') => answerSignOut(latchkey, agent, page, decision)
  async function isSignedIn(agent: Agent): Promise<boolean> {
    const { url } = await startRequest(latchkey.issuer, serverApp, { prompt: 'none' })
    return (await agent.get(url)).location?.includes('code=') ?? false
  }
  const isAlive = async ({ accessToken }: Tokens) => (await askUserinfo(latchkey, accessToken)).status === 200

  const tokenUrl = () => `${latchkey.issuer}/token`

  /** Answers the ID token; the refresh token is in the agent's cookies. */
  async function signInToBrowserApp(agent: Agent): Promise<string> {
    people += 1
    const { code, started } = await signIn(latchkey, agent, browserApp, `person-${people}@example.com`)
    const form = {
      grant_type: 'authorization_code',
      client_id: browserApp.client_id,
      code,
      redirect_uri: browserApp.redirect_uris[0] ?? '',
      code_verifier: started.verifier,
    }
    const redeemed = await agent.post(tokenUrl(), form, { origin: 'http://localhost:4000', accept: 'application/json' })
    expect(agent.cookies(tokenUrl())).toContain('__Secure-refresh.fieldnotes.')
    return JSON.parse(redeemed.body).id_token
  }
  function expectNoCookie(agent: Agent, left: Response): void {
    const lines = (left.headers['set-cookie'] ?? []).filter(line => line.startsWith('__Secure-refresh.'))
    expect(lines).toEqual([
      expect.stringMatching(/^__Secure-refresh\.fieldnotes\.[0-9a-f-]{36}=;.*path=\/token;.*expires=Thu, 01 Jan 1970/i),
    ])
    expect(agent.cookies(tokenUrl())).not.toContain('__Secure-refresh')
  }

  it('by a standard client: ends session, grants and tokens, and goes back to the app', async () => {
    const { agent, tokens } = await signedIn()
    const second = await tokensFor(agent, secondApp)
    const authentication = client.ClientSecretBasic(serverApp.client_secret)
    const config = await client.discovery(new URL(latchkey.issuer), serverApp.client_id, {}, authentication, {
      execute: [client.allowInsecureRequests],
    })
    const url = client.buildEndSessionUrl(config, { ...idTokenHint(tokens), post_logout_redirect_uri: home, state: 'kept' })
    const left = await agent.get(url.href)
    expect(left.location).toBe(`${home}?state=kept`)
    expect(await isSignedIn(agent)).toBe(false)
    for (const each of [tokens, second]) expect(await isAlive(each)).toBe(false)
    expect((await refresh(latchkey, serverApp, tokens.refreshToken)).body['error']).toBe('invalid_grant')
    expect((await refresh(latchkey, secondApp, second.refreshToken)).body['error']).toBe('invalid_grant')
  })

  it('leaves other browsers of the same person alone', async () => {
    const { agent, tokens } = await signedIn()
    const elsewhere = newAgent()
    const { email } = decodeJwt<{ email: string }>(tokens.idToken)
    const others = tokensOf(await redeem(latchkey, serverApp, await signIn(latchkey, elsewhere, serverApp, email)))
    await answer(agent, await agent.get(logoutUrl()), 'yes')
    expect([await isAlive(tokens), await isAlive(others)]).toEqual([false, true])
    expect(await isSignedIn(elsewhere)).toBe(true)
  })

  it('without a hint asks, and ends on a page of ours', async () => {
    const { agent } = await signedIn()
    const left = await answer(agent, await agent.get(logoutUrl()), 'yes')
    const end = await agent.follow(left)
    expect(end.url).toBe(`${latchkey.issuer}/logout/success`)
    expect(linksIn(end, '/account')).toEqual(['/account'])
    expect(end.body).toContain('You are signed out')
    expect(await isSignedIn(agent)).toBe(false)
  })

  it('by naming the app alone goes back there, too', async () => {
    const { agent } = await signedIn()
    const page = await agent.get(logoutUrl({ client_id: serverApp.client_id, post_logout_redirect_uri: home }))
    expect((await answer(agent, page, 'yes')).location).toBe(home)
  })

  it('may come by POST', async () => {
    const { agent, tokens } = await signedIn()
    const turned = await post(`${latchkey.issuer}/logout`, { ...idTokenHint(tokens), post_logout_redirect_uri: home })
    expect(turned.status).toBe(303)
    const left = await agent.get(new URL(turned.headers.get('location') ?? '', latchkey.issuer).href)
    expect(left.location).toBe(home)
    expect(await isSignedIn(agent)).toBe(false)
  })

  it('is not done to whoever says no: the session stays', async () => {
    const { agent } = await signedIn()
    const stayed = await answer(agent, await agent.get(logoutUrl()), 'no')
    expect(stayed.location).toBe(`${latchkey.issuer}/`)
    expect(await isSignedIn(agent)).toBe(true)
    const tokens = await tokensFor(agent, serverApp)
    expect(await isAlive(tokens)).toBe(true)
    const asked = await agent.get(logoutUrl({ client_id: serverApp.client_id, post_logout_redirect_uri: home }))
    const back = await answer(agent, asked, 'no')
    expect(back.location).toBe(home)
    expect(await isSignedIn(agent)).toBe(true)
  })

  it('with somebody else’s hint asks like any other, and changes nothing by itself', async () => {
    const { agent, tokens } = await signedIn()
    const { tokens: foreign } = await signedIn()
    const page = await agent.get(logoutUrl(idTokenHint(foreign)))
    expect(page.body).toContain('Sign out?')
    for (const each of [tokens, foreign]) expect(await isAlive(each)).toBe(true)
    expect(await isSignedIn(agent)).toBe(true)
  })

  it('needs the browser’s own mark: no other site presses the button', async () => {
    const { agent, tokens } = await signedIn()
    await agent.get(logoutUrl())
    for (const form of [{ logout: 'yes' }, { logout: 'yes', xsrf: 'guessed' }] as const) {
      expect((await agent.post(`${latchkey.issuer}/logout/confirm`, form)).status).toBe(400)
    }
    const stranger = newAgent()
    const xsrf = xsrfIn(await agent.get(logoutUrl()))
    expect((await stranger.post(`${latchkey.issuer}/logout/confirm`, { logout: 'yes', xsrf })).status).toBe(400)
    expect(await isAlive(tokens)).toBe(true)
  })

  it('goes to no address that the app has not registered', async () => {
    const { agent, tokens } = await signedIn()
    for (const uri of ['https://evil.example/', `${home}x`, 'http://localhost:4001', 'javascript:alert(1)']) {
      const page = await agent.get(logoutUrl({ ...idTokenHint(tokens), post_logout_redirect_uri: uri }))
      expect([page.status, page.location]).toEqual([400, undefined])
      expect(page.body).not.toContain('evil.example')
    }
    // Nobody vouches for an address without an app.
    const page = await agent.get(logoutUrl({ post_logout_redirect_uri: 'https://evil.example/' }))
    expect((await answer(agent, page, 'yes')).location).toBe(`${latchkey.issuer}/logout/success`)
  })

  it('takes no hint that is forged, for somebody else, or no ID token', async () => {
    const { agent, tokens } = await signedIn()
    const claims = decodeJwt(tokens.idToken)
    const hints = [
      'nonsense',
      'a.b.c',
      tokens.accessToken,
      new UnsecuredJWT(claims).encode(),
      new UnsecuredJWT({}).encode(),
      new UnsecuredJWT({ aud: [serverApp.client_id, 'x'] }).encode(),
      new UnsecuredJWT({ aud: 'nobody' }).encode(),
      new UnsecuredJWT({ aud: 7 as unknown as string }).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from('kept-as-a-hash')),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(serverApp.client_secret)),
    ]
    for (const hint of hints) {
      const page = await agent.get(logoutUrl({ id_token_hint: hint }))
      expect([page.status, page.location]).toEqual([400, undefined])
    }
    const mismatch = await agent.get(logoutUrl({ ...idTokenHint(tokens), client_id: secondApp.client_id }))
    expect(mismatch.status).toBe(400)
    expect(await isAlive(tokens)).toBe(true)
  })

  it('takes the refresh cookie of a browser app away', async () => {
    const agent = newAgent()
    const idToken = await signInToBrowserApp(agent)
    const left = await agent.get(logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: 'http://localhost:4000/' }))
    expect(left.location).toBe('http://localhost:4000/')
    expectNoCookie(agent, left)
    const asked = newAgent()
    await signInToBrowserApp(asked)
    expectNoCookie(asked, await answer(asked, await asked.get(logoutUrl()), 'yes'))
  })

  it('lets live what a third-party app was allowed while the person is away, and that alone', async () => {
    const { agent } = await signedIn()
    const allow = async (scope: string, prompt?: string) => {
      const started = await startRequest(latchkey.issuer, thirdParty, { scope, ...(prompt === undefined ? {} : { prompt }) })
      const consent = await agent.follow(await agent.get(started.url))
      const left = await agent.follow(await agent.post(consent.url, { decision: 'allow' }))
      return tokensOf(
        await redeem(latchkey, thirdParty, { code: new URL(left.location ?? '').searchParams.get('code') ?? '', started }),
      )
    }
    const offline = await allow('openid offline_access', 'consent')
    const first = await tokensFor(agent, serverApp)
    await answer(agent, await agent.get(logoutUrl(idTokenHint(offline))), 'yes')
    expect(await isSignedIn(agent)).toBe(false)
    expect(await isAlive(first)).toBe(false)
    expect((await refresh(latchkey, thirdParty, offline.refreshToken)).status).toBe(200)

    const { agent: other } = await signedIn()
    const started = await startRequest(latchkey.issuer, thirdParty, { scope: 'openid' })
    const consent = await other.follow(await other.get(started.url))
    const left = await other.follow(await other.post(consent.url, { decision: 'allow' }))
    const code = new URL(left.location ?? '').searchParams.get('code') ?? ''
    const online = tokensOf(await redeem(latchkey, thirdParty, { code, started }))
    await answer(other, await other.get(logoutUrl()), 'yes')
    expect((await refresh(latchkey, thirdParty, online.refreshToken)).body['error']).toBe('invalid_grant')
  })

  describe('when the session has ended by itself', () => {
    const later = () => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 13 * 3600_000 })

    it('asks all the same, and ends what the app still has', async () => {
      const { agent, tokens } = await signedIn()
      later()
      expect(await isSignedIn(agent)).toBe(false)
      const next = tokensOf(await refresh(latchkey, serverApp, tokens.refreshToken))
      const page = await agent.get(logoutUrl({ ...idTokenHint(tokens), post_logout_redirect_uri: home, state: 'kept' }))
      expect(await isAlive(next)).toBe(true)
      expect((await answer(agent, page, 'yes')).location).toBe(`${home}?state=kept`)
      expect(await isAlive(next)).toBe(false)
      expect((await refresh(latchkey, serverApp, next.refreshToken)).body['error']).toBe('invalid_grant')
    })

    it('takes the refresh cookie away', async () => {
      const agent = newAgent()
      const idToken = await signInToBrowserApp(agent)
      later()
      expectNoCookie(agent, await answer(agent, await agent.get(logoutUrl({ id_token_hint: idToken })), 'yes'))
    })

    it('changes nothing where the person says no, and where the button is not pressed here', async () => {
      const { agent, tokens } = await signedIn()
      later()
      const next = tokensOf(await refresh(latchkey, serverApp, tokens.refreshToken))
      await answer(agent, await agent.get(logoutUrl(idTokenHint(tokens))), 'no')
      const forged = { logout: 'yes', xsrf: 'guessed', ...idTokenHint(tokens) }
      expect((await agent.post(`${latchkey.issuer}/logout/confirm`, forged)).status).toBe(400)
      expect(await isAlive(next)).toBe(true)
    })
  })

  it('of whoever is not signed in asks nothing: it goes on at once', async () => {
    const agent = newAgent()
    const { tokens, agent: other } = await signedIn()
    await answer(other, await other.get(logoutUrl()), 'yes')
    const parameters = { ...idTokenHint(tokens), post_logout_redirect_uri: home, state: 'a b' }
    const back = await agent.get(logoutUrl(parameters))
    expect([back.status, back.location]).toEqual([303, `${home}?state=a+b`])
    const end = await agent.follow(await agent.get(logoutUrl()))
    expect(end.body).toContain('You are signed out')
    expect((await agent.get(`${latchkey.issuer}/logout/success?client_id=nobody`)).status).toBe(400)
    const ofApp = await agent.get(`${latchkey.issuer}/logout/success?client_id=second`)
    expect([linksIn(ofApp, '.example/'), linksIn(ofApp, '/account')]).toEqual([['https://second.example/'], []])
  })
})
