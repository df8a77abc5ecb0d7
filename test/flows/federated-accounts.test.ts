/** What becomes of people who sign in with Google or Microsoft: which word counts for what, second factors, what apps ask for. */
import { decodeJwt } from 'jose'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clockToleranceSeconds } from '../../provider/connections/configuration.ts'
import { speak } from '../../views/messages.ts'
import { isSignIn } from '../support/account.ts'
import type { Response } from '../support/agent.ts'
import { exchangeCode } from '../support/code-exchange.ts'
import {
  answerLink,
  comeBack,
  googlePerson,
  leaveFor,
  microsoftPerson,
  openFirstPage,
  proveAddress,
  signInWith,
  startFederation,
  useFederation,
} from '../support/federation.ts'
import { signToken } from '../support/forged-tokens.ts'
import { startLatchkey } from '../support/latchkey.ts'
import { browserApp } from '../support/relying-party.ts'
import { codeOf, signUpWithTotp, typeTotp } from '../support/second-steps.ts'
import { headingOf, newAddress, returned } from '../support/sign-in.ts'

const { say } = speak('en')
const arrived = (page: Response) => returned(page)?.has('code') === true
const outcomeOf = (page: Response) => (arrived(page) ? 'signed in' : headingOf(page))
const proof = say('prove-address.heading')

describe('whose word counts', () => {
  const federation = useFederation()

  it.each([
    [true, 'signed in'],
    [undefined, proof],
    [false, proof],
    [0, proof],
    [1, proof],
    ['true', proof],
    ['false', proof],
  ])('Microsoft with xms_edov %j: %s', async (claim, outcome) => {
    federation.microsoft.person = microsoftPerson({ xms_edov: claim, email_verified: true })
    expect(outcomeOf((await signInWith(federation, 'microsoft')).next)).toBe(outcome)
  })

  it.each([
    ['gmail.com', true, undefined, 'signed in'],
    ['gmail.com', false, undefined, proof],
    ['gmail.com', 'true', undefined, proof],
    ['corp.example', true, 'corp.example', 'signed in'],
    ['corp.example', true, undefined, proof],
    ['corp.example', true, 'other.example', proof],
    ['corp.example', false, 'corp.example', proof],
    ['sub.corp.example', true, 'corp.example', proof],
  ])('Google with an address at %s, email_verified %j and hd %j: %s', async (domain, isVerified, hd, outcome) => {
    const { sub } = googlePerson()
    federation.google.person = { sub, email: `${sub}@${domain}`, email_verified: isVerified, ...(hd === undefined ? {} : { hd }) }
    expect(outcomeOf((await signInWith(federation, 'google')).next)).toBe(outcome)
  })

  it('without an address, or with one that is none, the person says which is theirs', async () => {
    for (const email of [undefined, 'ada', 'ada@localhost', 'ada@gmail.com, eve@gmail.com', '"ada"@gmail.com']) {
      federation.google.person = googlePerson({ email })
      const { next } = await signInWith(federation, 'google')
      expect(headingOf(next)).toBe(proof)
      expect(next.body).not.toMatch(/<input[^>]*type="email"[^>]*value="[^"]/)
    }
  })

  it('asks for a second factor that the account has, before and after it was linked', async () => {
    const { latchkey } = federation
    const person = googlePerson()
    const { key } = await signUpWithTotp(latchkey, person.email)
    federation.google.person = person
    const signIn = await signInWith(federation, 'google')
    expect(headingOf(await proveAddress(federation, signIn, person.email))).toBe(say('totp-step.heading'))
    // The question can't be answered before the second factor was shown.
    expect((await signIn.agent.post(`${signIn.home}/link`, { answer: 'yes' })).status).toBe(400)
    const asked = await typeTotp(signIn, codeOf(latchkey, key))
    expect(headingOf(asked)).toContain('Link your Google account to')
    expect(arrived(await answerLink(signIn, asked, 'yes'))).toBe(true)

    latchkey.clock.advance(30)
    federation.google.clockOffsetSeconds = 30
    const later = await signInWith(federation, 'google')
    expect(headingOf(later.next)).toBe(say('totp-step.heading'))
    const end = await typeTotp(later, codeOf(latchkey, key))
    const { body } = await exchangeCode(later.agent, latchkey.issuer, later.started, returned(end)?.get('code') ?? '')
    expect(decodeJwt(JSON.parse(body).id_token)).toMatchObject({ acr: 'multi-factor', amr: ['fed', 'mfa', 'otp'] })
  })

  it('the question is answered by who was asked, in their browser, with yes or no', async () => {
    federation.microsoft.person = microsoftPerson({ xms_edov: false })
    const signIn = await signInWith(federation, 'microsoft')
    const early = await signIn.agent.post(`${signIn.home}/link`, { answer: 'yes' })
    expect(early.status).toBe(400)
    await proveAddress(federation, signIn, newAddress())
    expect((await signIn.agent.post(`${signIn.home}/link`, { answer: 'perhaps' })).status).toBe(400)
    const stranger = await openFirstPage(federation)
    expect((await stranger.agent.post(`${signIn.home}/link`, { answer: 'yes' })).status).not.toBe(303)
    // Sent twice, it is one link and one sign-in.
    await signIn.agent.post(`${signIn.home}/link`, { answer: 'yes' })
    const end = await signIn.agent.follow(await signIn.agent.post(`${signIn.home}/link`, { answer: 'yes' }))
    expect(arrived(end)).toBe(true)
  })
})

describe('what the app asks for', () => {
  const federation = useFederation()

  it('is passed on: the hint, the language, how fresh the sign-in has to be', async () => {
    federation.google.person = googlePerson()
    const parameters = { login_hint: 'ada@gmail.com', ui_locales: 'de', max_age: '300' }
    const { next } = await signInWith(federation, 'google', { parameters })
    expect(arrived(next)).toBe(true)
    const asked = Object.fromEntries(federation.google.asked.at(-1) ?? [])
    expect(asked).toMatchObject({ login_hint: 'ada@gmail.com', ui_locales: 'de', max_age: '300' })
    await signInWith(federation, 'google', { parameters: { prompt: 'login', login_hint: 'not an address' } })
    const anew = Object.fromEntries(federation.google.asked.at(-1) ?? [])
    expect(anew).toMatchObject({ prompt: 'login', max_age: '600' })
    expect(anew).not.toHaveProperty('login_hint')
  })

  it('is no use where the upstream does not show that the sign-in is fresh', async () => {
    federation.google.person = googlePerson()
    for (const authenticatedAt of [undefined, Math.floor(Date.now() / 1000) - 3600]) {
      federation.google.forge = ({ claims, ...parts }) =>
        signToken({ ...parts, claims: { ...claims, auth_time: authenticatedAt } })
      const { next } = await signInWith(federation, 'google', { parameters: { max_age: '300' } })
      expect(headingOf(next)).toBe(say('upstream-refused.sign-in-too-old.heading'))
    }
    expect(arrived((await signInWith(federation, 'google')).next)).toBe(true)
  })

  it('is told to the app as the upstream says it: when the person signed in over there, not when they came', async () => {
    const { google, latchkey } = federation
    const seen = Math.floor(latchkey.clock.now().getTime() / 1000) - 200
    google.person = googlePerson({ auth_time: seen })
    for (const parameters of [{ max_age: '300' }, {}]) {
      const { agent, next, started } = await signInWith(federation, 'google', { parameters })
      const { body } = await exchangeCode(agent, latchkey.issuer, started, returned(next)?.get('code') ?? '')
      const { id_token: idToken, access_token: accessToken } = JSON.parse(body)
      // As much later as its clock may be behind.
      for (const token of [idToken, accessToken])
        expect(decodeJwt(token)).toMatchObject({ auth_time: seen + clockToleranceSeconds })
    }
  })

  it('an old session over there signs in, and is not enough to change factors until the sign-in there is fresh', async () => {
    const { google, latchkey } = federation
    const secondsAgo = (age: number) => Math.floor(latchkey.clock.now().getTime() / 1000) - age
    google.person = googlePerson({ auth_time: secondsAgo(30 * 86_400) })
    const old = await signInWith(federation, 'google')
    expect(arrived(old.next)).toBe(true)
    const adding = `${latchkey.issuer}/account/ways-in/add/totp`
    const asked = await old.agent.follow(await old.agent.get(adding))
    expect(isSignIn(asked)).toBe(true)

    google.person = { ...google.person, auth_time: secondsAgo(5) }
    const again = { agent: old.agent, home: `${latchkey.issuer}${new URL(asked.url).pathname}` }
    const back = await comeBack(old.agent, await leaveFor('google', again))
    expect(google.asked.at(-1)?.get('max_age')).toBe('600')
    expect(new URL((await old.agent.follow(await old.agent.get(back))).url).href).toBe(adding)
  })
})

describe('what the settings say', () => {
  async function withFederation(
    options: Parameters<typeof startFederation>[0],
    test: (federation: Awaited<ReturnType<typeof startFederation>>) => Promise<void>,
  ): Promise<void> {
    const federation = await startFederation(options)
    try {
      await test(federation)
    } finally {
      await federation.stop()
    }
  }

  it('whoever is not of the domain or organisation is told so; the parameter that asked for it proves nothing', () =>
    withFederation(
      { upstreams: { google: { hosted_domain: 'corp.example' }, microsoft: { tenants: ['personal'] } } },
      async federation => {
        federation.google.person = googlePerson()
        const heading = say('upstream-refused.account-not-allowed.heading')
        expect(headingOf((await signInWith(federation, 'google')).next)).toBe(heading)
        expect(federation.google.asked.at(-1)?.get('hd')).toBe('corp.example')
      },
    ))

  it('an upstream that showed more than one factor counts for that where the settings let it', () =>
    withFederation({ upstreams: { google: { mfa: 'counts' }, microsoft: {} } }, async federation => {
      federation.google.person = googlePerson({ amr: ['pwd', 'mfa'] })
      federation.microsoft.person = microsoftPerson({ amr: ['pwd', 'mfa'], auth_time: Math.floor(Date.now() / 1000) })
      const parameters = { acr_values: 'multi-factor' }
      expect(arrived((await signInWith(federation, 'google', { parameters })).next)).toBe(true)
      const { next } = await signInWith(federation, 'microsoft', { parameters })
      expect(headingOf(next)).toBe(say('choose-enrolment.heading'))
      // Not before it is linked: until then it is nobody's.
      const person = googlePerson({ amr: ['pwd', 'mfa'], email_verified: false })
      federation.google.person = person
      const unlinked = await signInWith(federation, 'google', { parameters })
      const asked = await proveAddress(federation, unlinked, person.email)
      expect(headingOf(asked)).toBe(say('choose-enrolment.heading'))
    }))

  it('where nobody may sign up, who has no account is told so after their mailbox was proved', () =>
    withFederation({ environment: { SIGN_UP: 'closed' } }, async federation => {
      const person = googlePerson()
      federation.google.person = person
      const signIn = await signInWith(federation, 'google')
      expect(headingOf(signIn.next)).toBe(proof)
      expect(headingOf(await proveAddress(federation, signIn, person.email))).toBe(say('no-account.heading'))
    }))

  it('a connection that is configured no more is no way in on any path, and sessions stay', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'latchkey-kept-'))
    const environment = { DATA_DIR: directory }
    try {
      const person = googlePerson()
      const before = await startFederation({ environment })
      before.google.person = person
      const { agent, next } = await signInWith(before, 'google')
      expect(arrived(next)).toBe(true)
      await before.stop()

      const latchkey = await startLatchkey({
        apps: [browserApp],
        on: 'embedded',
        environment: { ...environment, TRUSTED_PROXIES: '1' },
      })
      try {
        const { first, home, agent: other } = await openFirstPage({ latchkey })
        expect(first.body).not.toContain('Google')
        expect((await other.post(`${home}/google`)).status).toBe(404)
        expect((await other.post(`${home}/verify`, { method: 'google' })).status).toBe(404)
        expect((await other.get(`${latchkey.issuer}/callback/google?state=x&code=y`)).status).toBe(404)
        const account = await agent.follow(await agent.get(`${latchkey.issuer}/account/ways-in`))
        expect(isSignIn(account)).toBe(false)
        expect((await agent.get(`${latchkey.issuer}/account/connections/google/link`)).status).toBe(404)
      } finally {
        await latchkey.stop()
      }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})
