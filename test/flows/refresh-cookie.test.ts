import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { exchangeCode } from '../support/code-exchange.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, signInByLink, startRequest } from '../support/relying-party.ts'

const app = browserApp
const origin = 'http://localhost:4000'

describe('the refresh token of a browser app lives in a cookie', () => {
  let latchkey: RunningLatchkey

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [app] })
  })
  afterAll(() => latchkey.stop())

  const tokenUrl = () => `${latchkey.issuer}/token`

  /** Signs in and exchanges the code, as the app's page would: cross-origin, with credentials. */
  async function signIn(agent: Agent, address: string): Promise<Response> {
    const started = await startRequest(latchkey.issuer, app)
    const callback = await signInByLink(latchkey, agent, started.url, address)
    return agent.post(
      tokenUrl(),
      {
        grant_type: 'authorization_code',
        client_id: app.client_id,
        code: callback.searchParams.get('code') ?? '',
        redirect_uri: app.redirect_uris[0] ?? '',
        code_verifier: started.verifier,
      },
      { origin, 'sec-fetch-site': 'same-site', accept: 'application/json' },
    )
  }

  const refresh = (agent: Agent, form: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    agent.post(
      tokenUrl(),
      { grant_type: 'refresh_token', client_id: app.client_id, ...form },
      { origin, 'sec-fetch-site': 'same-site', accept: 'application/json', ...headers },
    )

  it('never shows it to the page, and sets it HttpOnly, Secure, SameSite=Strict, for the token endpoint alone', async () => {
    const agent = new Agent()
    const response = await signIn(agent, 'cookie@example.com')
    expect(response.status).toBe(200)
    const tokens = JSON.parse(response.body)
    expect(tokens).not.toHaveProperty('refresh_token')
    const { workspace } = decodeJwt<{ workspace: { id: string } }>(tokens.access_token)
    const [cookie = ''] = (response.headers['set-cookie'] ?? []).filter(line => line.startsWith('__Secure-refresh.'))
    expect(cookie).toMatch(
      new RegExp(`^__Secure-refresh\\.${app.client_id}\\.${workspace.id}=[A-Za-z0-9_-]{64}\\.[A-Za-z0-9_-]{43};`),
    )
    expect(cookie.toLowerCase().split('; ')).toEqual(
      expect.arrayContaining(['path=/token', 'httponly', 'secure', 'samesite=strict']),
    )
    // Thirty days, so that whoever closes the browser is still signed in tomorrow.
    const expires = Date.parse(/expires=([^;]+)/i.exec(cookie)?.[1] ?? '')
    expect(Math.round((expires - Date.now()) / 86_400_000)).toBe(30)
    expect(response.headers).toMatchObject({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' })
  })

  it('refreshes with no token in the request, and replaces the cookie', async () => {
    const agent = new Agent()
    const first = JSON.parse((await signIn(agent, 'refresh@example.com')).body)
    const before = agent.cookies(tokenUrl())
    const response = await refresh(agent)
    expect(response.status).toBe(200)
    const tokens = JSON.parse(response.body)
    expect(tokens).not.toHaveProperty('refresh_token')
    expect(decodeJwt(tokens.access_token).sub).toBe(decodeJwt(first.access_token).sub)
    expect(agent.cookies(tokenUrl())).not.toBe(before)
  })

  it.each([
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['a neighbour on the same site', { origin: 'http://localhost:4001' }],
    ['the origin of a sandboxed frame', { origin: 'null' }],
    ['no origin', { origin: '' }],
    ['an origin with a path behind it', { origin: `${origin}/` }],
  ])('refuses %s, and leaves the family alone', async (_what, headers) => {
    const agent = new Agent()
    await signIn(agent, `${crypto.randomUUID()}@example.com`)
    const refused = await refresh(agent, {}, headers)
    expect(refused.status).toBe(400)
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'invalid_request' })
    expect(refused.headers['access-control-allow-credentials']).toBeUndefined()
    expect((await refresh(agent)).status).toBe(200)
  })

  it('refuses a token in the request of a cookie app, wherever it comes from', async () => {
    const agent = new Agent()
    await signIn(agent, 'body@example.com')
    const token = /=([A-Za-z0-9_-]{64})/.exec(agent.cookies(tokenUrl()))?.[1] ?? ''
    const refused = await refresh(new Agent(), { refresh_token: token })
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'invalid_request' })
    expect((await refresh(agent)).status).toBe(200)
  })

  it('refuses a body that is no form: text/plain is what a cross-site page could send unasked', async () => {
    const agent = new Agent()
    await signIn(agent, 'plain@example.com')
    const refused = await refresh(agent, {}, { 'content-type': 'text/plain' })
    expect(refused.status).toBe(400)
    expect((await refresh(agent)).status).toBe(200)
  })

  it('refuses a refresh that names another workspace or session than its token', async () => {
    const agent = new Agent()
    const { access_token: accessToken } = JSON.parse((await signIn(agent, 'tab@example.com')).body)
    const { workspace, sid } = decodeJwt<{ workspace: { id: string }; sid: string }>(accessToken)
    expect((await refresh(agent, { workspace: workspace.id, sid })).status).toBe(200)
    expect(JSON.parse((await refresh(agent, { workspace: crypto.randomUUID() })).body)).toMatchObject({ error: 'invalid_grant' })
    expect(JSON.parse((await refresh(agent, { sid: 'somebody-else' })).body)).toMatchObject({ error: 'invalid_grant' })
    // The tab that was refused is at fault, not the family.
    expect((await refresh(agent)).status).toBe(200)
  })

  it('asks which workspace is meant where there are cookies of several', async () => {
    const agent = new Agent()
    await signIn(agent, 'first-of-two@example.com')
    const { access_token: accessToken } = JSON.parse((await refresh(agent)).body)
    const { workspace } = decodeJwt<{ workspace: { id: string } }>(accessToken)
    // A session of somebody else, who works elsewhere, came to this browser without the first one signing out.
    const started = await startRequest(latchkey.issuer, app)
    const callback = await signInByLink(latchkey, new Agent(), started.url, 'second-of-two@example.com')
    const exchanged = await exchangeCode(agent, latchkey.issuer, started, callback.searchParams.get('code') ?? '')
    const other = decodeJwt<{ workspace: { id: string } }>(JSON.parse(exchanged.body).access_token)
    const refused = await refresh(agent)
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'invalid_request' })
    for (const { id } of [workspace, other.workspace]) expect((await refresh(agent, { workspace: id })).status).toBe(200)
  })

  it('ends the family when a spent token comes back after the grace, and takes its cookie away', async () => {
    const agent = new Agent()
    await signIn(agent, 'thief@example.com')
    const stolen = agent.cookies(tokenUrl())
    expect((await refresh(agent)).status).toBe(200)
    latchkey.clock.advance(11)
    const thief = await refresh(new Agent(), {}, { cookie: stolen })
    expect(JSON.parse(thief.body)).toMatchObject({ error: 'invalid_grant' })
    expect(thief.headers['set-cookie']?.join()).toMatch(/__Secure-refresh\.[^=]+=;.*expires=Thu, 01 Jan 1970/)
    expect(JSON.parse((await refresh(agent)).body)).toMatchObject({ error: 'invalid_grant' })
  })

  it('hands the very same successor to a tab that asks within the grace', async () => {
    const agent = new Agent()
    await signIn(agent, 'two-tabs@example.com')
    const before = agent.cookies(tokenUrl())
    const [one, two] = [await refresh(agent), await refresh(new Agent(), {}, { cookie: before })]
    expect([one.status, two.status]).toEqual([200, 200])
    const cookieOf = (response: Response) =>
      /=([A-Za-z0-9_-]{64})\.[A-Za-z0-9_-]{43};/.exec(response.headers['set-cookie']?.join() ?? '')?.[1]
    expect(cookieOf(two)).toBe(cookieOf(one))
  })
})
