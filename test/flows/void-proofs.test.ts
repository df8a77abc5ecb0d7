import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { Agent, type Response } from '../support/agent.ts'
import { redeem, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { answerPasskey, askOptions, openFirstPage, signUpWithPasskey } from '../support/passkey-sign-in.ts'
import { browserApp, linkIn, serverApp, type StartedRequest } from '../support/relying-party.ts'
import { codeOf, signInByMail, signUpWithTotp, typeRecoveryCode, typeTotp } from '../support/second-steps.ts'
import { beginSignIn, formActions, headingOf, newAddress, returned } from '../support/sign-in.ts'
import { createSoftwareAuthenticator, type SoftwareAuthenticator } from '../support/software-authenticator.ts'

/** What was proved, and led nowhere yet, when somebody ended it all: it lets nobody in later. */

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [serverApp, browserApp] })
})
afterAll(() => latchkey.stop())

const passSeconds = (seconds: number) => latchkey.clock.advance(seconds)

async function signIn(agent: Agent, address: string): Promise<Response> {
  const begun = await beginSignIn(latchkey, { agent, address, app: serverApp })
  await agent.post(linkIn((await begun.nextMail()).text))
  return agent.follow(await agent.get(begun.home))
}

/** Presses the link, and does not go on. */
async function proveAndWait(address: string) {
  const agent = new Agent()
  const begun = await beginSignIn(latchkey, { agent, address, app: serverApp })
  expect((await agent.post(linkIn((await begun.nextMail()).text))).status).toBe(303)
  return { agent, home: begun.home, goOn: async () => agent.follow(await agent.get(begun.home)) }
}

const openAccount = async (agent: Agent, path: string) => agent.follow(await agent.get(`${latchkey.issuer}${path}`))

/** As many as their person sees: a sign-in that is over has made none. */
async function countSessions(agent: Agent): Promise<number> {
  return (await openAccount(agent, '/account/sessions')).body.match(/class="row"/g)?.length ?? 0
}

async function press(agent: Agent, page: Response, ending: string): Promise<Response> {
  const action = formActions(page).find(each => each.endsWith(ending))
  if (action === undefined) throw new Error(`no form ends in ${ending}: ${headingOf(page)}`)
  return agent.follow(await agent.post(action))
}

describe('a sign-in that was proved and waits', () => {
  it('goes on where nothing has happened meanwhile', async () => {
    const waiting = await proveAndWait(newAddress())
    passSeconds(600)
    expect(returned(await waiting.goOn())?.has('code')).toBe(true)
  })

  it('is over a quarter of an hour after the proof', async () => {
    const waiting = await proveAndWait(newAddress())
    passSeconds(901)
    const page = await waiting.goOn()
    expect(returned(page)).toBeUndefined()
    expect(headingOf(page)).toBe('Sign in to Ledger')
    // Nor has it become a session, which would be held to no such time.
    const silent = await openFirstPage(latchkey, waiting.agent, serverApp, { prompt: 'none' })
    expect(returned(silent.page)?.get('error')).toBe('login_required')
  })

  it('is over as soon as its person signs out everywhere', async () => {
    const address = newAddress()
    const owner = new Agent()
    await signIn(owner, address)
    const thief = await proveAndWait(address)
    passSeconds(1)
    await press(owner, await openAccount(owner, '/account/secure'), '/account/secure')
    expect(returned(await thief.goOn())).toBeUndefined()
    await signIn(owner, address)
    expect(await countSessions(owner)).toBe(1)
  })

  it('is over as soon as its person ends all other sessions, whose own browser stays signed in', async () => {
    const address = newAddress()
    const owner = new Agent()
    await signIn(owner, address)
    await signIn(new Agent(), address)
    const thief = await proveAndWait(address)
    passSeconds(1)
    await press(owner, await openAccount(owner, '/account/sessions'), '/end-others')
    expect(returned(await thief.goOn())).toBeUndefined()
    expect(await countSessions(owner)).toBe(1)
  })

  it('binds no way in of its own to the account whose person has signed out everywhere meanwhile', async () => {
    const address = newAddress()
    const owner = new Agent()
    await signIn(owner, address)
    const thief = await beginSignIn(latchkey, { agent: new Agent(), address, app: serverApp, parameters: { acr_values: 'phr' } })
    await thief.agent.post(linkIn((await thief.nextMail()).text))
    const enrolment = `${thief.home}/enrol/passkey`
    const authenticator = createSoftwareAuthenticator({ origin: latchkey.issuer })
    const options = await askOptions<Parameters<SoftwareAuthenticator['create']>[0]>(thief.agent, `${enrolment}/options`)
    passSeconds(1)
    await press(owner, await openAccount(owner, '/account/secure'), '/account/secure')
    await thief.agent.post(enrolment, { response: JSON.stringify(authenticator.create(options)) })
    // Whoever has a passkey is asked for it.
    expect(returned(await signIn(owner, address))?.has('code')).toBe(true)
  })

  it('spends no recovery code once its person has signed out everywhere', async () => {
    const { address, key, codes } = await signUpWithTotp(latchkey)
    const [code = ''] = codes
    const waiting = await signInByMail(latchkey, { address })
    passSeconds(30)
    const owner = await signInByMail(latchkey, { address })
    await typeTotp(owner, codeOf(latchkey, key))
    passSeconds(1)
    await press(owner.agent, await openAccount(owner.agent, '/account/secure'), '/account/secure')
    const refused = await typeRecoveryCode(waiting, code)
    expect(refused.body).toContain(speak('en').say('address.notice.expired'))
    // Nor is it asked for there again.
    expect(headingOf(await waiting.agent.get(waiting.home))).toBe('Sign in to Fieldnotes')
    // In the browser that is theirs, which is sent another mail so soon.
    const again = await signInByMail(latchkey, { agent: owner.agent, address })
    const taken = await typeRecoveryCode(again, code)
    expect(taken.body).toContain(speak('en').say('recovery-used.left', { count: 9 }))
  })

  it('asks for what was enrolled meanwhile', async () => {
    const address = newAddress()
    await signIn(new Agent(), address)
    const waiting = await proveAndWait(address)
    const authenticator = createSoftwareAuthenticator({ origin: latchkey.issuer })
    const owner = new Agent()
    await signUpWithPasskey(latchkey, owner, authenticator, address)
    const before = await countSessions(owner)
    expect(returned(await waiting.goOn())).toBeUndefined()
    expect(await countSessions(owner)).toBe(before)
  })
})

describe('a session', () => {
  it('is asked for what was enrolled since it began', async () => {
    const address = newAddress()
    const early = new Agent()
    await signIn(early, address)
    const authenticator = createSoftwareAuthenticator({ origin: latchkey.issuer })
    await signUpWithPasskey(latchkey, new Agent(), authenticator, address)

    const silent = await openFirstPage(latchkey, early, serverApp, { prompt: 'none' })
    expect(returned(silent.page)?.get('error')).toBe('login_required')
    const asked = await openFirstPage(latchkey, early, serverApp)
    expect(headingOf(asked.page)).toBe('Confirm with your passkey')
    const arrived = await early.follow(await answerPasskey(early, asked.home, authenticator))
    expect(returned(arrived)?.has('code')).toBe(true)
  })

  it('asserts no more than was shown in the sign-in that an app wanted fresh', async () => {
    const address = newAddress()
    const agent = new Agent()
    const authenticator = createSoftwareAuthenticator({ origin: latchkey.issuer })
    const { codes } = await signUpWithPasskey(latchkey, agent, authenticator, address)
    passSeconds(3600)
    const begun = await beginSignIn(latchkey, { agent, address, app: serverApp, parameters: { max_age: '300' } })
    await agent.post(linkIn((await begun.nextMail()).text))
    const step = await agent.follow(await agent.get(`${begun.home}?with=recovery-code`))
    expect(step.status).toBe(200)
    await agent.post(`${begun.home}/verify`, { method: 'recovery-code', code: codes[0] ?? '' })
    await agent.post(`${begun.home}/continue`)
    const arrived = await agent.follow(await agent.get(begun.home))
    const token = await accessToken(begun.started, arrived)
    expect(token).toMatchObject({ acr: 'multi-factor', amr: ['email', 'mfa', 'recovery'] })
  })
})

async function accessToken(started: StartedRequest, arrived: Response) {
  const code = returned(arrived)?.get('code') ?? ''
  return decodeJwt(tokensOf(await redeem(latchkey, serverApp, { code, started })).accessToken)
}
