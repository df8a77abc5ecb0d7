/** `acr` and `amr` of what was proved (RFC 8176, RFC 9470), and what an app gets that asks for more. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stepSeconds } from '../../provider/totp/codes.ts'
import { Agent, type Response } from '../support/agent.ts'
import { obtainCode, redeem, refresh, type Tokens, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { answerPasskey, openFirstPage, signUpWithPasskey } from '../support/passkey-sign-in.ts'
import { browserApp, linkIn, serverApp, type StartedRequest } from '../support/relying-party.ts'
import { codeOf, enrolTotp, signUpWithTotp, typeRecoveryCode, typeTotp } from '../support/second-steps.ts'
import { type BegunSignIn, beginSignIn, headingOf, newAddress, newAgentBehindProxy, returned } from '../support/sign-in.ts'
import { createSoftwareAuthenticator } from '../support/software-authenticator.ts'

const essential = (values: string[]) => ({ claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }) })

describe.each(['embedded', 'servers'] as const)('levels of authentication, on %s', on => {
  let latchkey: RunningLatchkey

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp, serverApp], on, environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey.stop())

  const newAuthenticator = () => createSoftwareAuthenticator({ origin: latchkey.issuer })
  const exchange = async (started: StartedRequest, arrived: Response): Promise<Tokens> =>
    tokensOf(await redeem(latchkey, serverApp, { code: returned(arrived)?.get('code') ?? '', started }))
  /** Through the mail, up to what comes after it. */
  const proveAddress = async (address: string, agent: Agent, parameters: Record<string, string> = {}) => {
    const begun = await beginSignIn(latchkey, { agent, address, app: serverApp, parameters })
    await agent.post(linkIn((await begun.nextMail()).text))
    return { ...begun, next: await agent.follow(await agent.get(begun.home)) }
  }
  const goOn = ({ agent, home }: BegunSignIn) => agent.get(home).then(page => agent.follow(page))
  const expectLevel = ({ idToken, accessToken }: Tokens, acr: string, amr: string[]) => {
    for (const token of [idToken, accessToken])
      expect(decodeJwt(token)).toMatchObject({ acr, amr, auth_time: expect.any(Number) })
  }
  const answerSilently = async (agent: Agent, parameters: Record<string, string>) => {
    const { page } = await openFirstPage(latchkey, agent, serverApp, { prompt: 'none', ...parameters })
    return Object.fromEntries(returned(page) ?? [])
  }

  it('an e-mail: single-factor', async () => {
    const signIn = await proveAddress(newAddress(), newAgentBehindProxy())
    expectLevel(await exchange(signIn.started, signIn.next), 'single-factor', ['email'])
  })

  it('an e-mail and an authenticator app: multi-factor', async () => {
    const { address, key } = await signUpWithTotp(latchkey)
    const signIn = await proveAddress(address, newAgentBehindProxy())
    const arrived = await typeTotp(signIn, codeOf(latchkey, key))
    expectLevel(await exchange(signIn.started, arrived), 'multi-factor', ['email', 'mfa', 'otp'])
  })

  it('an e-mail and a recovery code: multi-factor', async () => {
    const { address, codes } = await signUpWithTotp(latchkey)
    const signIn = await proveAddress(address, newAgentBehindProxy())
    await typeRecoveryCode(signIn, codes[0] ?? '')
    expectLevel(await exchange(signIn.started, await goOn(signIn)), 'multi-factor', ['email', 'mfa', 'recovery'])
  })

  it('a passkey, with an e-mail before it or without: phr', async () => {
    const authenticator = newAuthenticator()
    const address = newAddress()
    await signUpWithPasskey(latchkey, newAgentBehindProxy(), authenticator, address)

    const direct = newAgentBehindProxy()
    const first = await openFirstPage(latchkey, direct, serverApp)
    const arrived = await direct.follow(await answerPasskey(direct, first.home, authenticator))
    expectLevel(await exchange(first.started, arrived), 'phr', ['mfa', 'pop', 'user'])

    const signIn = await proveAddress(address, newAgentBehindProxy())
    const after = await signIn.agent.follow(await answerPasskey(signIn.agent, signIn.home, authenticator))
    expectLevel(await exchange(signIn.started, after), 'phr', ['email', 'mfa', 'pop', 'user'])
  })

  it('all of them, one after the other in one browser: each adds to what the session says', async () => {
    const agent = newAgentBehindProxy()
    const authenticator = newAuthenticator()
    const address = newAddress()
    const everyday = await proveAddress(address, agent)
    expectLevel(await exchange(everyday.started, everyday.next), 'single-factor', ['email'])

    const second = await openFirstPage(latchkey, agent, serverApp, { acr_values: 'multi-factor' })
    const { key } = await enrolTotp(latchkey, { agent, home: second.home })
    await agent.post(`${second.home}/recovery-codes/kept`)
    const stepped = await exchange(second.started, await agent.follow(await agent.get(second.home)))
    expectLevel(stepped, 'multi-factor', ['email', 'mfa', 'otp'])

    latchkey.clock.advance(stepSeconds)
    const third = await openFirstPage(latchkey, agent, serverApp, { acr_values: 'phr' })
    expect(headingOf(third.page)).toBe('One more step to set up')
    const options = await agent.post(`${third.home}/enrol/passkey/options`, {}, { accept: 'application/json' })
    const response = JSON.stringify(authenticator.create(JSON.parse(options.body)))
    const arrived = await agent.follow(await agent.post(`${third.home}/enrol/passkey`, { response }))
    expectLevel(await exchange(third.started, arrived), 'phr', ['email', 'mfa', 'otp', 'pop', 'user'])

    // A later, weaker proof of the same person lowers nothing.
    const again = await proveAddress(address, agent, { prompt: 'login' })
    const weaker = await typeTotp(again, codeOf(latchkey, key, stepSeconds))
    expectLevel(await exchange(again.started, weaker), 'phr', ['email', 'mfa', 'otp', 'pop', 'user'])
    const silent = tokensOf(await redeem(latchkey, serverApp, await obtainCode(latchkey, agent, serverApp, { prompt: 'none' })))
    expectLevel(silent, 'phr', ['email', 'mfa', 'otp', 'pop', 'user'])
  })

  describe('with prompt=none, which shows nothing', () => {
    it.each([
      ['as a wish', { acr_values: 'phr' }],
      ['as a must', essential(['phr'])],
    ])('a level that the session has not reached (%s): login_required; one that it has: the code', async (_how, wanted) => {
      const authenticator = newAuthenticator()
      const address = newAddress()
      const mailed = newAgentBehindProxy()
      await proveAddress(address, mailed)
      await signUpWithPasskey(latchkey, newAgentBehindProxy(), authenticator, address)
      expect(await answerSilently(mailed, wanted)).toMatchObject({ error: 'login_required' })
      // Nor what is enough without it: the passkey that was enrolled since is asked for.
      expect(await answerSilently(mailed, {})).toMatchObject({ error: 'login_required' })

      const agent = newAgentBehindProxy()
      await agent.follow(await answerPasskey(agent, (await openFirstPage(latchkey, agent, serverApp)).home, authenticator))
      expect(await answerSilently(agent, wanted)).toHaveProperty('code')
    })

    it('a level that has to be reached and that nobody here can: unmet_authentication_requirements', async () => {
      const agent = newAgentBehindProxy()
      await proveAddress(newAddress(), agent)
      expect(await answerSilently(agent, essential(['phrh']))).toMatchObject({ error: 'unmet_authentication_requirements' })
    })

    it('a proof that is too old for the app: login_required', async () => {
      const { address, key } = await signUpWithTotp(latchkey)
      const signIn = await proveAddress(address, newAgentBehindProxy())
      await typeTotp(signIn, codeOf(latchkey, key))
      const wanted = { acr_values: 'multi-factor', max_age: '600' }
      expect(await answerSilently(signIn.agent, wanted)).toHaveProperty('code')
      latchkey.clock.advance(660)
      expect(await answerSilently(signIn.agent, wanted)).toMatchObject({ error: 'login_required' })
    })
  })

  it('a level that has to be reached is asked for, and the token says that it was', async () => {
    const authenticator = newAuthenticator()
    const address = newAddress()
    await signUpWithPasskey(latchkey, newAgentBehindProxy(), authenticator, address)
    const signIn = await proveAddress(address, newAgentBehindProxy(), essential(['phr']))
    expect(headingOf(signIn.next)).toBe('Confirm with your passkey')
    const arrived = await signIn.agent.follow(await answerPasskey(signIn.agent, signIn.home, authenticator))
    expectLevel(await exchange(signIn.started, arrived), 'phr', ['email', 'mfa', 'pop', 'user'])
  })
})

describe('a requirement that comes into force', () => {
  let latchkey: RunningLatchkey

  beforeAll(async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    latchkey = await startLatchkey({
      apps: [serverApp],
      on: 'embedded',
      environment: { REQUIRED_LEVEL: 'phishing-resistant', REQUIRED_FROM: tomorrow },
    })
  })
  afterAll(() => latchkey.stop())

  it('is met at the next refresh: refused, and the person is taken through what is missing', async () => {
    const agent = new Agent()
    const begun = await beginSignIn(latchkey, { agent, app: serverApp })
    await agent.post(linkIn((await begun.nextMail()).text))
    const notYet = await agent.follow(await agent.get(begun.home))
    expect(headingOf(notYet)).toContain('sign-in takes a passkey')
    const arrived = await agent.follow(await agent.post(`${begun.home}/continue`, { later: '1' }))
    const code = returned(arrived)?.get('code') ?? ''
    const tokens = tokensOf(await redeem(latchkey, serverApp, { code, started: begun.started }))
    const refreshed = tokensOf(await refresh(latchkey, serverApp, tokens.refreshToken))

    latchkey.clock.advance(86_400)
    expect(await refresh(latchkey, serverApp, refreshed.refreshToken)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    })
    const silent = await openFirstPage(latchkey, agent, serverApp, { prompt: 'none' })
    expect(returned(silent.page)?.get('error')).toBe('login_required')

    const { page } = await openFirstPage(latchkey, agent, serverApp)
    // The e-mail was a day ago: before anything is enrolled it is proved anew.
    expect(headingOf(page)).toBe('First, show once more that it’s you')
    const again = await beginSignIn(latchkey, { agent, app: serverApp, address: begun.address })
    await agent.post(linkIn((await again.nextMail()).text))
    const missing = await agent.follow(await agent.get(again.home))
    expect(headingOf(missing)).toBe('One more step to set up')
    expect(missing.body).toContain('/enrol/passkey')
    expect(missing.body).not.toContain('/enrol/totp')
  })
})
