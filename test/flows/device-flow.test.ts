import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { Agent } from '../support/agent.ts'
import { askUserinfo, postAs, prove, refresh, signIn, tokensOf } from '../support/code-flow.ts'
import { approveDevice, foreignTv, pollAsDevice, startDevice, tv, xsrfIn } from '../support/device.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, serverApp } from '../support/relying-party.ts'

const insecure = { [oauth.allowInsecureRequests]: true }

describe('signing in a device that has no browser (RFC 8628)', () => {
  let latchkey: RunningLatchkey
  const ada = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [tv, foreignTv, serverApp, browserApp], on: 'postgres' })
    await signIn(latchkey, ada, serverApp, 'ada@example.com')
  })
  beforeEach(() => {
    // A minute later, for the limits.
    latchkey.clock.advance(61)
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(async () => {
    ada.close()
    await latchkey.stop()
  })

  const page = () => `${latchkey.issuer}/device`

  const start = (app = tv) => startDevice(latchkey, app)
  const poll = (deviceCode: string, app = tv) => pollAsDevice(latchkey, deviceCode, app)
  const type = async (agent: Agent, userCode: string, more: Record<string, string> = {}) =>
    agent.post(page(), { xsrf: xsrfIn(await agent.get(page())), user_code: userCode, ...more })

  it('works with a standard client, from the first request to a refresh', async () => {
    const issuer = new URL(latchkey.issuer)
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
    const client = { client_id: tv.client_id }
    const parameters = { scope: 'openid email offline_access' }
    const started = await oauth.processDeviceAuthorizationResponse(
      server,
      client,
      await oauth.deviceAuthorizationRequest(server, client, oauth.None(), parameters, insecure),
    )
    expect(started.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
    expect(started.verification_uri).toBe(page())
    expect(started.expires_in).toBe(600)
    const end = await approveDevice(ada, started.verification_uri, started.user_code)
    expect(end.status).toBe(200)
    expect(end.body).toContain('<h1>')
    const tokens = await oauth.processDeviceCodeResponse(
      server,
      client,
      await oauth.deviceCodeGrantRequest(server, client, oauth.None(), started.device_code, insecure),
    )
    const claims = oauth.getValidatedIdTokenClaims(tokens)
    expect(claims?.['email']).toBe('ada@example.com')
    expect((await askUserinfo(latchkey, tokens.access_token)).body['email']).toBe('ada@example.com')
    expect((await refresh(latchkey, tv, tokens.refresh_token ?? '')).status).toBe(200)
  })

  it.each([{}, { scope: 'nonsense' }])('gives no code to a device that asks for nothing: %j', async parameters => {
    const answer = await postAs(tv, `${latchkey.issuer}/device_authorization`, parameters)
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_scope'])
  })

  it('is answered with "wait" until the person has decided', async () => {
    const { deviceCode, userCode } = await start()
    expect((await poll(deviceCode)).body['error']).toBe('authorization_pending')
    const asked = await type(ada, userCode)
    expect(asked.status).toBe(200)
    latchkey.clock.advance(5)
    expect((await poll(deviceCode)).body['error']).toBe('authorization_pending')
  })

  it('asks whether the code is the one on the person’s own device, and by which app', async () => {
    const { userCode } = await start()
    const asked = await type(ada, userCode)
    expect(asked.body).toContain(userCode)
    expect(asked.body).toContain('Living room &lt;TV>')
    expect(asked.body).toContain('name="confirm"')
    expect(asked.body).toContain('name="abort"')
  })

  it.each([
    ['in lower case', (code: string) => code.toLowerCase()],
    ['without its hyphen', (code: string) => code.replace('-', '')],
    ['with spaces', (code: string) => ` ${code.replace('-', ' ')} `],
  ])('takes the code %s', async (_how, write) => {
    const { deviceCode, userCode } = await start()
    const first = await ada.get(page())
    const second = await ada.post(page(), { xsrf: xsrfIn(first), user_code: write(userCode) })
    expect(second.body).toContain('name="confirm"')
    await ada.follow(await ada.post(page(), { xsrf: xsrfIn(second), user_code: write(userCode), confirm: 'yes' }))
    expect((await poll(deviceCode)).status).toBe(200)
  })

  it('says so when the code is wrong, used, or missing, and the field is there to try again', async () => {
    const { deviceCode, userCode } = await start()
    for (const [typed, words] of [
      ['WRNG-CODE', /match|know|right/i],
      ['', /type|enter|code/i],
      ['"><script>alert(1)</script>', /match|know|right/i],
      ['\u0000', /match|know|right/i],
      ['x'.repeat(5000), /match|know|right/i],
    ] as const) {
      const again = await type(ada, typed)
      expect(again.status).toBe(400)
      expect(again.body).toMatch(words)
      expect(again.body).toContain('name="user_code"')
      expect(again.body).not.toContain('<script>alert')
    }
    await approveDevice(ada, page(), userCode)
    expect((await poll(deviceCode)).status).toBe(200)
    expect((await type(ada, userCode)).status).toBe(400)
  })

  it('is over when the person says no: the device is told, once and again', async () => {
    const { deviceCode, userCode } = await start()
    const asked = await type(ada, userCode)
    const stopped = await ada.post(page(), { xsrf: xsrfIn(asked), user_code: userCode, confirm: 'yes', abort: 'yes' })
    expect(stopped.body).toContain('<h1>')
    expect((await poll(deviceCode)).body['error']).toBe('access_denied')
    expect((await poll(deviceCode)).body['error']).toMatch(/^(access_denied|invalid_grant)$/)
    expect((await type(ada, userCode)).status).toBe(400)
  })

  it('is over after ten minutes', async () => {
    const { deviceCode, userCode } = await start()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 })
    expect((await poll(deviceCode)).body['error']).toMatch(/^(expired_token|invalid_grant)$/)
    const late = await type(ada, userCode)
    expect(late.status).toBe(400)
    expect(late.body).toContain('name="user_code"')
  })

  it('gives its tokens once, and to that app alone', async () => {
    const { deviceCode, userCode } = await start()
    await approveDevice(ada, page(), userCode)
    expect((await poll(deviceCode, foreignTv)).body['error']).toBe('invalid_grant')
    const answers = await Promise.all(Array.from({ length: 5 }, () => poll(deviceCode)))
    expect(answers.filter(answer => answer.status === 200).length).toBeLessThanOrEqual(1)
    for (const answer of answers.filter(each => each.status !== 200)) expect(answer.body['error']).toBe('invalid_grant')
    expect((await poll(deviceCode)).body['error']).toBe('invalid_grant')
  })

  it('asks a stranger to sign in first, and goes on', async () => {
    const stranger = new Agent()
    const { deviceCode, userCode } = await start()
    const asked = await type(stranger, userCode)
    const address = await stranger.follow(
      await stranger.post(page(), { xsrf: xsrfIn(asked), user_code: userCode, confirm: 'yes' }),
    )
    expect(new URL(address.url).pathname).toMatch(/^\/sign-in\//)
    const end = await prove(latchkey, stranger, address, 'television@example.com')
    expect(end.status).toBe(200)
    const { idToken } = tokensOf(await poll(deviceCode))
    expect(decodeJwt(idToken)['email']).toBe('television@example.com')
    stranger.close()
  })

  it('tells the device when the person goes back instead of signing in', async () => {
    const stranger = new Agent()
    const { deviceCode, userCode } = await start()
    const asked = await type(stranger, userCode)
    const address = await stranger.follow(
      await stranger.post(page(), { xsrf: xsrfIn(asked), user_code: userCode, confirm: 'yes' }),
    )
    const end = await stranger.follow(await stranger.post(`${address.url}/cancel`))
    expect(end.body).toContain('<h1>')
    expect((await poll(deviceCode)).body['error']).toBe('access_denied')
    stranger.close()
  })

  it('begins again at the code when the sign-in took too long', async () => {
    const stranger = new Agent()
    const { userCode } = await start()
    const asked = await type(stranger, userCode)
    const address = await stranger.follow(
      await stranger.post(page(), { xsrf: xsrfIn(asked), user_code: userCode, confirm: 'yes' }),
    )
    await stranger.follow(await stranger.post(`${address.url}/email`, { address: 'slow@example.com' }))
    const again = await stranger.follow(await stranger.post(`${address.url}/restart`))
    expect(again.url).toBe(page())
    expect(again.body).toContain('name="user_code"')
    stranger.close()
  })

  it('asks for consent where the app is a third party', async () => {
    const { deviceCode, userCode } = await start(foreignTv)
    const asked = await type(ada, userCode)
    const consent = await ada.follow(await ada.post(page(), { xsrf: xsrfIn(asked), user_code: userCode, confirm: 'yes' }))
    expect(new URL(consent.url).pathname).toMatch(/^\/consent\//)
    expect(consent.body).toContain('Foreign TV')
    expect((await poll(deviceCode, foreignTv)).body['error']).toBe('authorization_pending')
    const end = await ada.follow(await ada.post(consent.url, { decision: 'allow' }))
    expect(end.status).toBe(200)
    expect((await poll(deviceCode, foreignTv)).status).toBe(200)
  })

  it('carries the code in the link that a device shows as a picture, and asks all the same', async () => {
    const { complete, userCode, deviceCode } = await start()
    expect(complete).toBe(`${page()}?user_code=${userCode}`)
    const hostile = await ada.get(`${page()}?user_code=${encodeURIComponent('"><script>alert(1)</script>')}`)
    expect(hostile.body).not.toContain('<script>alert')
    const opened = await ada.get(complete)
    expect(opened.status).toBe(200)
    expect(opened.body).toContain(`value="${userCode}"`)
    expect(opened.body).not.toContain('<script>')
    const asked = await ada.post(page(), { xsrf: xsrfIn(opened), user_code: userCode })
    expect(asked.body).toContain('name="confirm"')
    expect((await poll(deviceCode)).body['error']).toBe('authorization_pending')
  })

  it('takes no form from another site, nor one without the browser’s own mark', async () => {
    const { deviceCode, userCode } = await start()
    const xsrf = xsrfIn(await ada.get(page()))
    const other = new Agent()
    for (const [agent, form] of [
      [ada, { user_code: userCode, confirm: 'yes' }],
      [ada, { user_code: userCode, confirm: 'yes', xsrf: 'guessed' }],
      [other, { user_code: userCode, confirm: 'yes', xsrf }],
    ] as const) {
      const refused = await agent.post(page(), form)
      expect(refused.status).toBe(400)
      expect(refused.body).toContain('<h1>')
    }
    expect((await poll(deviceCode)).body['error']).toBe('authorization_pending')
    other.close()
  })

  it('lets nobody guess for long', async () => {
    const xsrf = xsrfIn(await ada.get(page()))
    const guesses = await Promise.all(
      Array.from({ length: 60 }, () => ada.post(page(), { xsrf, user_code: 'BBBB-BBBB' }).then(guess => guess.status)),
    )
    expect(guesses).toContain(400)
    const limited = await ada.post(page(), { xsrf, user_code: 'BBBB-BBBB' })
    expect(limited.status).toBe(429)
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0)
    expect(limited.body).toContain('<h1>')
  })

  it('is not for apps that are not registered for it', async () => {
    for (const app of [serverApp, browserApp]) {
      const answer = await postAs(app, `${latchkey.issuer}/device_authorization`, { scope: 'openid' })
      expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_request'])
    }
    const unknown = await postAs({ ...tv, client_id: 'nobody' }, `${latchkey.issuer}/device_authorization`, {})
    expect(unknown.status).toBe(401)
  })

  it('knows no device code that was made up', async () => {
    for (const code of ['nothing', '', '\u0000', 'x'.repeat(500)]) {
      const answer = await poll(code)
      expect(answer.status).toBe(400)
      expect(answer.body['error']).toMatch(/^invalid_(grant|request)$/)
    }
  })
})
