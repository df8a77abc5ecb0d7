import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Agent } from '../support/agent.ts'
import { askUserinfo, leave, obtainCode, prove, redeem, signIn, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { askForMail, serverApp, startRequest } from '../support/relying-party.ts'

const app = serverApp
const thirdParty = { ...serverApp, client_id: 'third', first_party: false }

describe('what an app says about the sign-in that it wants', () => {
  let latchkey: RunningLatchkey
  let ada: Agent
  let adaIdToken: string
  let graceIdToken: string
  const agents: Agent[] = []

  function newAgent(): Agent {
    const agent = new Agent()
    agents.push(agent)
    return agent
  }

  async function signInAs(address: string): Promise<{ agent: Agent; idToken: string; accessToken: string }> {
    const agent = newAgent()
    const { idToken, accessToken } = tokensOf(await redeem(latchkey, app, await signIn(latchkey, agent, app, address)))
    return { agent, idToken, accessToken }
  }

  /** The answer to a request of a browser, wherever it arrives; undefined while a page of ours is shown. */
  async function answerTo(
    agent: Agent,
    parameters: Record<string, string>,
    by = app,
  ): Promise<Record<string, string> | undefined> {
    const { url } = await startRequest(latchkey.issuer, by, parameters)
    const page = await agent.follow(await agent.get(url))
    return page.location === undefined ? undefined : Object.fromEntries(new URL(page.location).searchParams)
  }

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [app, thirdParty] })
    const first = await signInAs('ada@example.com')
    ada = first.agent
    adaIdToken = first.idToken
    graceIdToken = (await signInAs('grace@example.com')).idToken
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(async () => {
    for (const agent of agents) agent.close()
    await latchkey.stop()
  })

  describe('prompt=none shows nothing', () => {
    it('to a stranger', async () => {
      const answer = await answerTo(newAgent(), { prompt: 'none', state: 'kept' })
      expect(answer).toMatchObject({ error: 'login_required', state: 'kept', iss: latchkey.issuer })
    })

    it('to whoever is signed in, and gives the code', async () => {
      expect(await answerTo(ada, { prompt: 'none' })).toHaveProperty('code')
    })

    it('to whoever has not allowed a third-party app anything, and allows nothing', async () => {
      expect(await answerTo(ada, { prompt: 'none' }, thirdParty)).toMatchObject({ error: 'consent_required' })
      expect(await answerTo(ada, { prompt: 'none' }, thirdParty)).toMatchObject({ error: 'consent_required' })
      expect(await answerTo(ada, {}, thirdParty)).toBeUndefined()
    })

    it('to whoever signed in too long ago', async () => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 })
      expect(await answerTo(ada, { prompt: 'none', max_age: '60' })).toMatchObject({ error: 'login_required' })
      expect(await answerTo(ada, { prompt: 'none', max_age: '600' })).toHaveProperty('code')
    })

    it('to whoever would have to show more', async () => {
      const answer = await answerTo(ada, { prompt: 'none', acr_values: 'phr' })
      expect(answer?.['error']).toMatch(/_required$|^unmet_authentication_requirements$/)
    })
  })

  describe('a new sign-in', () => {
    it.each([{ prompt: 'login' }, { max_age: '0' }, { max_age: '60' }])('for %j', async (parameters: Record<string, string>) => {
      const before = Math.floor(Date.now() / 1000)
      const address = `${crypto.randomUUID()}@example.com`
      const person = await signInAs(address)
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 })
      const started = await startRequest(latchkey.issuer, app, parameters)
      const page = await person.agent.follow(await person.agent.get(started.url))
      expect(page.status).toBe(200)
      const left = await prove(latchkey, person.agent, page, address)
      const code = new URL(left.location ?? '').searchParams.get('code') ?? ''
      const claims = decodeJwt(tokensOf(await redeem(latchkey, app, { code, started })).idToken)
      expect(Number(claims['auth_time'])).toBeGreaterThanOrEqual(before + 120)
      expect(claims.sub).toBe(decodeJwt(person.idToken).sub)
    })

    it('as somebody else ends what the one before had in this browser', async () => {
      const { agent, accessToken } = await signInAs('first@example.com')
      const started = await startRequest(latchkey.issuer, app, { prompt: 'login' })
      const page = await prove(latchkey, agent, await agent.follow(await agent.get(started.url)), 'second@example.com')
      expect(page.body).toContain('Change accounts?')
      expect(page.body).not.toContain('<script>')
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
      const action = /action="([^"]+)"/.exec(page.body)?.[1] ?? ''
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
      const left = await agent.follow(await agent.post(action, { xsrf, logout: 'yes' }))
      const code = new URL(left.location ?? '').searchParams.get('code') ?? ''
      const { accessToken: second } = tokensOf(await redeem(latchkey, app, { code, started }))
      expect((await askUserinfo(latchkey, second)).body['email']).toBe('second@example.com')
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(401)
    })
  })

  describe('a level of authentication', () => {
    const essential = (acr: object) => ({ claims: JSON.stringify({ id_token: { acr: { essential: true, ...acr } } }) })

    it.each([
      ['that nobody here can reach', { acr_values: 'phrh' }],
      ['of which nobody here can reach the one that we know', { acr_values: 'phrh urn:example:gold' }],
      ['that has to be reached', essential({ value: 'phrh' })],
      ['one of which has to be reached', essential({ values: ['phrh', 'urn:example:gold'] })],
      ['that we do not know and that has to be reached', essential({ values: ['urn:example:gold'] })],
    ])('%s: nobody is asked in vain', async (_what, parameters: Record<string, string>) => {
      for (const agent of [newAgent(), ada]) {
        expect(await answerTo(agent, parameters)).toMatchObject({ error: 'unmet_authentication_requirements' })
      }
    })

    it.each([
      ['that is reached', { acr_values: 'single-factor' }],
      ['of which one is reached', { acr_values: 'phr single-factor' }],
      ['that we do not know, as a wish', { acr_values: 'urn:example:gold' }],
      ['that is reached, as a must', essential({ values: ['phr', 'single-factor'] })],
    ])('%s: the token says which', async (_what, parameters: Record<string, string>) => {
      const obtained = await obtainCode(latchkey, ada, app, parameters)
      const { idToken, accessToken } = tokensOf(await redeem(latchkey, app, obtained))
      expect(decodeJwt(idToken)).toMatchObject({ acr: 'single-factor', amr: ['email'], auth_time: expect.any(Number) })
      expect(decodeJwt(accessToken)).toMatchObject({ acr: 'single-factor', amr: ['email'] })
    })

    it.each([{ values: 'phr' }, { values: ['phr'], value: null }, { value: 5 }, { value: {} }, { values: [5] }])(
      'that has to be reached and is of the wrong shape (%j) is the app’s mistake, and nothing less than it',
      async acr => {
        expect(await answerTo(ada, essential(acr))).toMatchObject({ error: 'invalid_request' })
      },
    )
  })

  describe('who it should be', () => {
    const subject = (idToken: string) => ({ claims: JSON.stringify({ id_token: { sub: { value: decodeJwt(idToken).sub } } }) })
    const ways: Array<[string, (idToken: string) => Record<string, string>]> = [
      ['id_token_hint', idToken => ({ id_token_hint: idToken })],
      ['the sub claim', subject],
    ]

    it.each(ways)('by %s: the one who is signed in is not asked', async (_way, naming) => {
      expect(await answerTo(ada, naming(adaIdToken))).toHaveProperty('code')
    })

    it.each(ways)('by %s: somebody else is not handed over instead', async (_way, naming) => {
      expect(await answerTo(ada, { prompt: 'none', ...naming(graceIdToken) })).toMatchObject({ error: 'login_required' })
      expect(await answerTo(ada, naming(graceIdToken))).toBeUndefined()
    })

    it.each(ways)('by %s: whoever then signs in as another is told so, once', async (_way, naming) => {
      const agent = newAgent()
      const started = await startRequest(latchkey.issuer, app, naming(graceIdToken))
      const page = await agent.follow(await agent.get(started.url))
      const left = await prove(latchkey, agent, page, `${crypto.randomUUID()}@example.com`)
      expect(Object.fromEntries(new URL(left.location ?? '').searchParams)).toMatchObject({ error: 'login_required' })
    })

    it.each(ways)('by %s: the right one gets in', async (_way, naming) => {
      const agent = newAgent()
      const started = await startRequest(latchkey.issuer, app, naming(graceIdToken))
      const left = await prove(latchkey, agent, await agent.follow(await agent.get(started.url)), 'grace@example.com')
      expect(Object.fromEntries(new URL(left.location ?? '').searchParams)).toHaveProperty('code')
    })

    it('a hint that is forged, or a token of another kind, is no hint', async () => {
      const [header = '', payload = '', signature = ''] = adaIdToken.split('.')
      const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')
      const { accessToken } = tokensOf(await redeem(latchkey, app, await obtainCode(latchkey, ada, app)))
      const tampered = Buffer.from(JSON.stringify({ ...decodeJwt(adaIdToken), sub: 'x' })).toString('base64url')
      for (const hint of [`${unsigned}.${payload}.`, `${header}.${tampered}.${signature}`, accessToken]) {
        expect(await answerTo(ada, { id_token_hint: hint })).toMatchObject({ error: 'invalid_request' })
      }
    })

    it('by login_hint: the address stands in the field', async () => {
      const agent = newAgent()
      const { url } = await startRequest(latchkey.issuer, app, { login_hint: 'hinted@example.com' })
      expect((await agent.follow(await agent.get(url))).body).toContain('value="hinted@example.com"')
      const { url: hostile } = await startRequest(latchkey.issuer, app, { login_hint: '"><script>alert(1)</script>' })
      const page = await agent.follow(await agent.get(hostile))
      expect(page.body).not.toContain('<script>alert')
    })
  })

  it('ui_locales: pages and mail speak the first language that we know', async () => {
    const agent = newAgent()
    const { url } = await startRequest(latchkey.issuer, app, { ui_locales: 'tlh de-CH fr' })
    const waiting = await askForMail(agent, url, 'german@example.com')
    expect(waiting.body).toContain('lang="de"')
    expect((await latchkey.waitForMail('german@example.com')).language).toBe('de')
  })

  it('claims: what is asked for by name is given, where it is asked for', async () => {
    const claims = { userinfo: { email: null, phone_number: null }, id_token: { locale: { essential: true } } }
    const parameters = { scope: 'openid', claims: JSON.stringify(claims) }
    const { accessToken, idToken } = tokensOf(await redeem(latchkey, app, await obtainCode(latchkey, ada, app, parameters)))
    const { sub } = decodeJwt(idToken)
    expect((await askUserinfo(latchkey, accessToken)).body).toEqual({ sub, email: 'ada@example.com' })
    expect(decodeJwt(idToken)).toHaveProperty('locale', 'en')
    expect(decodeJwt(idToken)).not.toHaveProperty('email')
  })

  it('who goes back to the app is not signed in, and the app is told', async () => {
    const agent = newAgent()
    const { url } = await startRequest(latchkey.issuer, app, { state: 'kept' })
    const page = await agent.follow(await agent.get(url))
    const left = await leave(agent, (await agent.post(`${page.url}/cancel`)).location ?? '')
    expect(Object.fromEntries(left.searchParams)).toMatchObject({ error: 'access_denied', state: 'kept', iss: latchkey.issuer })
  })
})
