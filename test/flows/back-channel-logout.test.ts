import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { obtainCode, prove, redeem, signIn, type TestApp, type Tokens, tokensOf } from '../support/code-flow.ts'
import { xsrfIn } from '../support/device.ts'
import { countEvents } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { LogoutReceiver } from '../support/logout-receiver.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'
import { answerSignOut } from '../support/sign-out.ts'
import { findFreePort } from '../support/servers.ts'

describe('back-channel logout (OpenID Connect Back-Channel Logout 1.0)', () => {
  let latchkey: RunningLatchkey
  let first: LogoutReceiver
  let second: LogoutReceiver
  let apps: { first: TestApp; second: TestApp }
  let people = 0

  beforeAll(async () => {
    first = new LogoutReceiver(await findFreePort())
    second = new LogoutReceiver(await findFreePort())
    await Promise.all([first.open(), second.open()])
    apps = {
      first: { ...serverApp, client_id: 'first', backchannel_logout_uri: first.url } as TestApp,
      second: { ...serverApp, client_id: 'second', backchannel_logout_uri: second.url } as TestApp,
    }
    latchkey = await startLatchkey({ apps: [apps.first, apps.second, serverApp] as unknown as Array<Record<string, unknown>> })
  })
  afterEach(() => {
    first.reset()
    second.reset()
  })
  afterAll(async () => {
    await latchkey.stop()
    await Promise.all([first.close(), second.close()])
  })

  async function signedIn(): Promise<{ agent: Agent; address: string; tokens: Tokens }> {
    const agent = new Agent()
    people += 1
    const address = `person-${people}@example.com`
    const obtained = await signIn(latchkey, agent, apps.first, address)
    return { agent, address, tokens: tokensOf(await redeem(latchkey, apps.first, obtained)) }
  }
  async function tokensFor(agent: Agent, app: TestApp): Promise<Tokens> {
    return tokensOf(await redeem(latchkey, app, await obtainCode(latchkey, agent, app)))
  }
  async function signOut(agent: Agent): Promise<Response> {
    return answerSignOut(latchkey, agent, await agent.get(`${latchkey.issuer}/logout`), 'yes')
  }
  async function verify(token: string, audience: string): Promise<JWTPayload> {
    const keys = createRemoteJWKSet(new URL(`${latchkey.issuer}/jwks`))
    const { payload } = await jwtVerify(token, keys, {
      issuer: latchkey.issuer,
      audience,
      typ: 'logout+jwt',
      algorithms: ['ES256'],
    })
    return payload
  }
  const deliveredTo = async (receiver: LogoutReceiver, count = 1) =>
    await expect.poll(() => receiver.tokens.length, { timeout: 20_000, interval: 20 }).toBeGreaterThanOrEqual(count)

  it('tells each app of the session, with a token that any JOSE library verifies (§2.4)', async () => {
    const { agent, tokens } = await signedIn()
    const others = await tokensFor(agent, apps.second)
    await signOut(agent)
    await Promise.all([deliveredTo(first), deliveredTo(second)])
    for (const [receiver, app, { idToken, accessToken }] of [
      [first, apps.first, tokens],
      [second, apps.second, others],
    ] as const) {
      const [request] = receiver.requests
      expect(request?.method).toBe('POST')
      expect(request?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/)
      const payload = await verify(receiver.tokens[0] ?? '', app.client_id)
      const { sub, sid } = decodeJwt(idToken)
      expect(payload).toEqual({
        iss: latchkey.issuer,
        aud: app.client_id,
        sub,
        sid,
        iat: expect.any(Number),
        exp: expect.any(Number),
        jti: expect.any(String),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      })
      expect(payload).not.toHaveProperty('nonce')
      expect(decodeJwt(accessToken)['sid']).toBe(sid)
    }
    agent.close()
  })

  it('tells no app that the session knew nothing of, and none of another session', async () => {
    const { agent } = await signedIn()
    const { agent: elsewhere } = await signedIn()
    await signOut(agent)
    await deliveredTo(first)
    await new Promise(resolve => setTimeout(resolve, 200))
    expect([first.tokens.length, second.tokens.length]).toEqual([1, 0])
    agent.close()
    elsewhere.close()
  })

  it('is delivered again until the app takes it, and written down', async () => {
    const { agent, tokens } = await signedIn()
    const [failed, delivered] = await Promise.all([
      countEvents(latchkey, 'back-channel-logout.failed'),
      countEvents(latchkey, 'back-channel-logout.delivered'),
    ])
    first.behave = (_request, response) => response.writeHead(first.tokens.length === 1 ? 503 : 200).end()
    await signOut(agent)
    await deliveredTo(first, 2)
    const payload = await verify(first.tokens[1] ?? '', apps.first.client_id)
    expect(payload['sid']).toBe(decodeJwt(tokens.idToken)['sid'])
    await expect.poll(() => countEvents(latchkey, 'back-channel-logout.delivered'), { timeout: 5000 }).toBe(delivered + 1)
    expect(await countEvents(latchkey, 'back-channel-logout.failed')).toBe(failed + 1)
    agent.close()
  })

  it('reaches an app that was away', async () => {
    const { agent } = await signedIn()
    await first.close()
    await signOut(agent)
    await expect.poll(() => countEvents(latchkey, 'back-channel-logout.failed'), { timeout: 10_000 }).toBeGreaterThan(0)
    await first.open()
    await deliveredTo(first)
    agent.close()
  })

  it('delays nobody’s sign-out: the page comes while a receiver hangs', async () => {
    const { agent } = await signedIn()
    first.behave = () => {}
    const before = performance.now()
    const left = await signOut(agent)
    expect(performance.now() - before).toBeLessThan(1500)
    expect(left.status).toBe(303)
    await deliveredTo(first)
    agent.close()
  })

  it('does not follow a receiver that points elsewhere', async () => {
    const { agent } = await signedIn()
    first.behave = (_request, response) =>
      response.writeHead(first.tokens.length === 1 ? 307 : 200, { location: second.url }).end()
    await signOut(agent)
    await deliveredTo(first, 2)
    expect(second.tokens).toEqual([])
    agent.close()
  })

  it('comes when the person is not asked, because the app knows them', async () => {
    const { agent, tokens } = await signedIn()
    await tokensFor(agent, apps.second)
    const home = serverApp.post_logout_redirect_uris[0] ?? ''
    const query = new URLSearchParams({ id_token_hint: tokens.idToken, post_logout_redirect_uri: home })
    expect((await agent.get(`${latchkey.issuer}/logout?${query}`)).location).toBe(home)
    await Promise.all([deliveredTo(first), deliveredTo(second)])
    expect(decodeJwt(first.tokens[0] ?? '')['sid']).toBe(decodeJwt(tokens.idToken)['sid'])
    agent.close()
  })

  it('comes when somebody else signs in in the same browser', async () => {
    const { agent, tokens } = await signedIn()
    const started = await startRequest(latchkey.issuer, serverApp, { prompt: 'login' })
    people += 1
    const page = await prove(latchkey, agent, await agent.follow(await agent.get(started.url)), `person-${people}@example.com`)
    const action = /action="([^"]+)"/.exec(page.body)?.[1] ?? ''
    await agent.follow(await agent.post(action, { xsrf: xsrfIn(page), logout: 'yes' }))
    const { sub } = decodeJwt(tokens.idToken)
    const ofThisPerson = () => first.tokens.find(token => decodeJwt(token).sub === sub)
    await expect.poll(ofThisPerson, { timeout: 10_000 }).toBeDefined()
    expect((await verify(ofThisPerson() ?? '', apps.first.client_id)).sub).toBe(sub)
    agent.close()
  })

  it('comes when the person stays signed in and only the app signed out', async () => {
    const { agent, tokens } = await signedIn()
    await tokensFor(agent, apps.second)
    const page = await agent.get(`${latchkey.issuer}/logout?id_token_hint=${tokens.idToken}`)
    await answerSignOut(latchkey, agent, page, 'no')
    await deliveredTo(first)
    expect(second.tokens).toEqual([])
    agent.close()
  })
})
