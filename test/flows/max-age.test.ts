/** `max_age` (OpenID Connect Core §3.1.2.1): a sign-in may take longer than it, and tokens say no more and no later than what happened. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Response } from '../support/agent.ts'
import { redeem, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { enrolPasskey, openFirstPage } from '../support/passkey-sign-in.ts'
import { browserApp, linkIn, serverApp, type StartedRequest } from '../support/relying-party.ts'
import { codeOf, enrolTotp, signInByMail, signUpWithTotp, typeTotp } from '../support/second-steps.ts'
import { beginSignIn, headingOf, newAddress, newAgentBehindProxy, returned } from '../support/sign-in.ts'
import { createSoftwareAuthenticator } from '../support/software-authenticator.ts'

const thirdParty = { ...serverApp, client_id: 'third', client_name: 'Third', first_party: false }
const max_age = '60'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp, serverApp, thirdParty], environment: { TRUSTED_PROXIES: '1' } })
})
afterAll(() => latchkey.stop())

const passSeconds = (seconds: number) => latchkey.clock.advance(seconds)
const secondsNow = () => Math.floor(latchkey.clock.now().getTime() / 1000)

async function claimsOf(started: StartedRequest, arrived: Response, app = serverApp) {
  const code = returned(arrived)?.get('code') ?? ''
  const { idToken, accessToken } = tokensOf(await redeem(latchkey, app, { code, started }))
  const [claims, told] = [decodeJwt<{ auth_time: number }>(idToken), decodeJwt(accessToken)]
  expect(told).toMatchObject({ acr: claims['acr'], amr: claims['amr'], auth_time: claims.auth_time })
  return claims
}

/** Through the mail, up to what comes after it. */
async function proveAddress(address: string, { app = serverApp } = {}) {
  const agent = newAgentBehindProxy()
  const begun = await beginSignIn(latchkey, { agent, address, app, parameters: { max_age } })
  passSeconds(300)
  await agent.post(linkIn((await begun.nextMail()).text))
  return { ...begun, next: await agent.follow(await agent.get(begun.home)) }
}

describe('somebody who takes longer than max_age', () => {
  it('from one step to the next arrives, at the level of both and the time of the last', async () => {
    const holder = await signUpWithTotp(latchkey)
    const signIn = await proveAddress(holder.address)
    passSeconds(1200)
    const moment = secondsNow()
    const arrived = await typeTotp(signIn, codeOf(latchkey, holder.key))
    const claims = await claimsOf(signIn.started, arrived)
    expect(claims).toMatchObject({ acr: 'multi-factor', amr: ['email', 'mfa', 'otp'] })
    expect(claims.auth_time - moment).toBeOneOf([0, 1])
  })

  it('on the way back from the last step arrives, and is told at the time of that step', async () => {
    const agent = newAgentBehindProxy()
    const begun = await beginSignIn(latchkey, { agent, app: serverApp, parameters: { max_age, acr_values: 'multi-factor' } })
    await agent.post(linkIn((await begun.nextMail()).text))
    const moment = secondsNow()
    await enrolTotp(latchkey, begun)
    passSeconds(600)
    await agent.post(`${begun.home}/recovery-codes/kept`)
    const claims = await claimsOf(begun.started, await agent.follow(await agent.get(begun.home)))
    expect(claims).toMatchObject({ acr: 'multi-factor', amr: ['email', 'mfa', 'otp'] })
    expect(claims.auth_time - moment).toBeOneOf([0, 1, 2])
  })

  it('on the consent page is not asked once more who they are', async () => {
    const { agent, next, started } = await proveAddress(newAddress(), { app: thirdParty })
    expect(new URL(next.url).pathname).toMatch(/^\/consent\//)
    const moment = secondsNow()
    passSeconds(300)
    const arrived = await agent.follow(await agent.post(next.url, { decision: 'allow' }))
    const claims = await claimsOf(started, arrived, thirdParty)
    expect(claims).toMatchObject({ acr: 'single-factor', amr: ['email'] })
    expect(moment - claims.auth_time).toBeOneOf([0, 1, 2])
  })

  it('on the consent page, by more than a quarter of an hour, is', async () => {
    const { agent, next } = await proveAddress(newAddress(), { app: thirdParty })
    passSeconds(901)
    const page = await agent.follow(await agent.post(next.url, { decision: 'allow' }))
    expect(headingOf(page)).toBe('Sign in to Third')
  })
})

describe('what a session had proved', () => {
  it('ages by the clock while its person proves the rest', async () => {
    const { agent } = await signInByMail(latchkey, { address: newAddress() })
    const more = { max_age: '300', acr_values: 'multi-factor' }
    const inTime = await openFirstPage(latchkey, agent, serverApp, more)
    expect(headingOf(inTime.page)).toBe('One more step to set up')
    passSeconds(301)
    await enrolTotp(latchkey, { agent, home: inTime.home })
    expect(headingOf(await agent.follow(await agent.post(`${inTime.home}/recovery-codes/kept`)))).toBe('Sign in to Ledger')
  })

  it('is told only as long as it is as fresh as the app wants it', async () => {
    const begun = await signInByMail(latchkey, { address: newAddress(), parameters: { acr_values: 'multi-factor' } })
    const { agent } = begun
    await enrolTotp(latchkey, begun)
    await agent.post(`${begun.home}/recovery-codes/kept`)
    expect(returned(await agent.follow(await agent.get(begun.home)))?.has('code')).toBe(true)
    passSeconds(200)
    const second = await openFirstPage(latchkey, agent, serverApp, { acr_values: 'phr' })
    const authenticator = createSoftwareAuthenticator({ origin: latchkey.issuer })
    const moment = secondsNow()
    const arrived = await agent.follow(await enrolPasskey(agent, second.home, authenticator))
    expect(await claimsOf(second.started, arrived)).toMatchObject({ amr: ['email', 'mfa', 'otp', 'pop', 'user'] })
    passSeconds(200)
    const silent = await openFirstPage(latchkey, agent, serverApp, { prompt: 'none', max_age: '300' })
    const claims = await claimsOf(silent.started, silent.page)
    expect(claims).toMatchObject({ acr: 'phr', amr: ['mfa', 'pop', 'user'] })
    expect(claims.auth_time - moment).toBeOneOf([0, 1])
  })
})
