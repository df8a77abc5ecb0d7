/** Whoever has to enrol and came by an old session elsewhere shows once more who they are, in line, and arrives in the product. */
import { afterAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Agent, Response } from '../support/agent.ts'
import { comeBack, type FederatedSignIn, googlePerson, signInWith, useFederation } from '../support/federation.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { enrolPasskey, signUpWithPasskey } from '../support/passkey-sign-in.ts'
import { browserApp, linkIn } from '../support/relying-party.ts'
import { codeOf, enrolTotp, signInByMail, typeRecoveryCode, typeTotp } from '../support/second-steps.ts'
import {
  expectMails,
  formActions,
  headingOf,
  newAddress,
  newAgentBehindProxy,
  readNotices,
  returned,
} from '../support/sign-in.ts'
import { createSoftwareAuthenticator } from '../support/software-authenticator.ts'

const { say } = speak('en')
const arrived = (page: Response) => returned(page)?.has('code') === true
const renewal = say('renew-proof.heading')
const choice = say('choose-enrolment.heading')

/** Presses the button whose form posts to an address that ends so, with its hidden fields; the browser is not led on. */
function press(agent: Agent, page: Response, ending: string): Promise<Response> {
  const form = page.body.match(/<form.*?<\/form>/gs)?.find(each => new RegExp(`action="[^"]*${ending}"`).test(each)) ?? ''
  const action = formActions({ ...page, body: form })[0]
  if (action === undefined) throw new Error(`no form ends in ${ending}: ${headingOf(page)}`)
  const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return agent.post(action, Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value])))
}

describe('by an account elsewhere', () => {
  const federation = useFederation({ environment: { REQUIRED_LEVEL: 'any-second-factor' } })
  const secondsAgo = (age: number) => Math.floor(federation.latchkey.clock.now().getTime() / 1000) - age

  async function enrolAndArrive(signIn: Pick<FederatedSignIn, 'agent' | 'home'>): Promise<string> {
    const { key } = await enrolTotp(federation.latchkey, signIn)
    const end = await signIn.agent.follow(await signIn.agent.post(`${signIn.home}/recovery-codes/kept`))
    expect(arrived(end)).toBe(true)
    return key
  }

  it.each([
    ['where the person signed in a month ago', () => ({ auth_time: secondsAgo(30 * 86_400) })],
    ['that does not say when the person signed in', () => ({})],
  ])('%s: by mail, and the account elsewhere leads in as before', async (_which, more) => {
    const { google, latchkey } = federation
    const person = googlePerson(more())
    google.person = person
    const { agent, home, next } = await signInWith(federation, 'google')
    expect(headingOf(next)).toBe(renewal)
    expect(next.body).toContain(person.email)
    const nextMail = expectMails(latchkey, person.email)
    await press(agent, next, '/email')
    await agent.post(linkIn((await nextMail()).text))
    expect(headingOf(await agent.follow(await agent.get(home)))).toBe(choice)
    const key = await enrolAndArrive({ agent, home })

    latchkey.clock.advance(30)
    const again = await signInWith(federation, 'google')
    expect(headingOf(again.next)).toBe(say('totp-step.heading'))
    expect(arrived(await typeTotp({ ...again, agent: again.agent }, codeOf(latchkey, key)))).toBe(true)
    const told = (await readNotices(latchkey, person.email)).map(({ subject }) => subject).join()
    expect(told).not.toContain(say('mail.notice.service-unlinked'))
  })

  it('that can show a fresh sign-in: there, asked to be done anew', async () => {
    const { google } = federation
    google.person = googlePerson({ auth_time: secondsAgo(86_400) })
    const { agent, home, next } = await signInWith(federation, 'google')
    expect(headingOf(next)).toBe(renewal)
    google.person = { ...google.person, auth_time: secondsAgo(0) }
    const back = await comeBack(agent, await agent.follow(await press(agent, next, '/google')))
    expect(Object.fromEntries(google.asked.at(-1) ?? [])).toMatchObject({ prompt: 'login', max_age: '600' })
    expect(headingOf(await agent.follow(await agent.get(back)))).toBe(choice)
    await enrolAndArrive({ agent, home })
  })

  it('that never shows one: it says so, and the mail is the way on', async () => {
    const { google, latchkey } = federation
    const person = googlePerson({ auth_time: secondsAgo(86_400) })
    google.person = person
    const { agent, home, next } = await signInWith(federation, 'google')
    const back = await comeBack(agent, await agent.follow(await press(agent, next, '/google')))
    const refused = await agent.follow(await agent.get(back))
    expect(headingOf(refused)).toBe(say('upstream-refused.sign-in-too-old.heading'))
    const again = await comeBack(agent, await agent.follow(await press(agent, refused, '/google')))
    expect(google.asked.at(-1)?.get('prompt')).toBe('login')
    const still = await agent.follow(await agent.get(again))
    const first = await agent.follow(await press(agent, still, '/change'))
    expect(headingOf(first)).toContain('Sign in to')
    const nextMail = expectMails(latchkey, person.email)
    await agent.post(`${home}/email`, { address: person.email })
    await agent.post(linkIn((await nextMail()).text))
    await enrolAndArrive({ agent, home })
  })

  it('is not put together with the mailbox of somebody else', async () => {
    const { google, latchkey } = federation
    google.person = googlePerson({ auth_time: secondsAgo(86_400) })
    const { agent, home, next } = await signInWith(federation, 'google')
    expect(headingOf(next)).toBe(renewal)
    const other = newAddress()
    const nextMail = expectMails(latchkey, other)
    await agent.post(`${home}/email`, { address: other, anew: '1' })
    expect((await agent.post(linkIn((await nextMail()).text))).status).toBe(403)
    expect(headingOf(await agent.follow(await agent.get(`${home}/enrol`)))).not.toBe(choice)
  })
})

describe('after a recovery code, where a passkey is asked for', () => {
  let latchkey: RunningLatchkey | undefined
  afterAll(() => latchkey?.stop())

  async function useRecoveryCode() {
    latchkey ??= await startLatchkey({ apps: [browserApp], on: 'embedded', environment: { TRUSTED_PROXIES: '1' } })
    const address = newAddress()
    const lost = createSoftwareAuthenticator({ origin: latchkey.issuer })
    const { codes } = await signUpWithPasskey(latchkey, newAgentBehindProxy(), lost, address)
    const begun = await signInByMail(latchkey, { address, parameters: { acr_values: 'phr' } })
    await typeRecoveryCode(begun, codes[0] ?? '')
    const next = await begun.agent.follow(await begun.agent.post(`${begun.home}/continue`))
    return { ...begun, running: latchkey, codes, next }
  }

  it('a new one is set up, and the one that may be lost is a way beside it', async () => {
    const { agent, home, next, running } = await useRecoveryCode()
    expect(headingOf(next)).toBe(choice)
    expect(next.body).toMatch(/button-primary" href="[^"]*\/enrol\/passkey"/)
    expect(next.body).toMatch(/button-secondary" href="[^"]*\?with=passkey"/)
    const found = await agent.get(`${home}?with=passkey`)
    expect(headingOf(found)).toBe(say('passkey-step.heading-second'))
    expect(found.body).toContain(say('other-way.enrol'))
    const created = createSoftwareAuthenticator({ origin: running.issuer })
    expect(arrived(await agent.follow(await enrolPasskey(agent, home, created)))).toBe(true)
  })

  it('too long ago: what it takes is asked for once more, step by step, and it ends in the product', async () => {
    const { agent, home, address, codes, running } = await useRecoveryCode()
    running.clock.advance(601)
    const late = await agent.get(home)
    expect(headingOf(late)).toBe(renewal)
    const nextMail = expectMails(running, address)
    await press(agent, late, '/email')
    await agent.post(linkIn((await nextMail()).text))
    const step = await agent.follow(await agent.get(`${home}?with=recovery-code`))
    expect(headingOf(step)).toBe(say('recovery-step.heading'))
    await typeRecoveryCode({ agent, home }, codes[1] ?? '')
    expect(headingOf(await agent.follow(await agent.post(`${home}/continue`)))).toBe(choice)
    const created = createSoftwareAuthenticator({ origin: running.issuer })
    expect(arrived(await agent.follow(await enrolPasskey(agent, home, created)))).toBe(true)
  })
})
