/**
 * The five published classes of account pre-hijacking (Sudhodanan and Paverd, 2022): somebody gets ready, in the name of a person who has no
 * account yet, to share the one that this person will make. And who must not lose anything by what stops them.
 */
import { describe, expect, it } from 'vitest'
import { hashSecret } from '../../provider/kernel/secrets.ts'
import { speak } from '../../views/messages.ts'
import { expectNotices, isSignIn, spacedCodeIn, visitAccount } from '../support/account.ts'
import type { Agent, Response } from '../support/agent.ts'
import { type FederatedSignIn, googlePerson, microsoftPerson, signInWith, useFederation } from '../support/federation.ts'
import { enrolTotp, signInByMail } from '../support/second-steps.ts'
import { beginSignIn, expectMails, headingOf, newAddress, returned } from '../support/sign-in.ts'

const { say } = speak('en')
const arrived = (page: Response) => returned(page)?.has('code') === true
const federation = useFederation()
const open = async (agent: Agent, path: string) => agent.follow(await agent.get(`${federation.latchkey.issuer}${path}`))

/** Whether somebody has signed in in this browser. */
async function isKnown(agent: Agent, address: string): Promise<boolean> {
  const { adapters, issuer } = federation.latchkey
  const [, name = ''] = /__Host-browser=([^;]+)/.exec(agent.cookies(issuer)) ?? []
  return adapters.data.read({ kind: 'system', reason: 'sign-in' }, async ({ users, knownBrowsers }) => {
    const user = await users.findByAddress(address)
    return user !== undefined && (await knownBrowsers.find(user.id, hashSecret(name))) !== undefined
  })
}

/** Somebody whom Google takes for the one who has the victim's address, in an account that they have just made. */
async function moveInBefore(): Promise<FederatedSignIn & { victim: string; attackers: ReturnType<typeof googlePerson> }> {
  const attackers = googlePerson({ auth_time: Math.floor(Date.now() / 1000) })
  federation.google.person = attackers
  const signIn = await signInWith(federation, 'google')
  expect(arrived(signIn.next)).toBe(true)
  expect(isSignIn(await open(signIn.agent, '/account'))).toBe(false)
  return { ...signIn, victim: attackers.email, attackers }
}

describe('who gets in first', () => {
  it('has no account by an address that they cannot read (classic-federated merge)', async () => {
    const person = googlePerson()
    const attacker = await beginSignIn(federation.latchkey, { address: person.email })
    federation.google.person = person
    expect(arrived((await signInWith(federation, 'google')).next)).toBe(true)
    expect(isSignIn(await open(attacker.agent, '/account'))).toBe(true)
    expect(headingOf(await open(attacker.agent, new URL(attacker.home).pathname))).toBe(say('check-mail.heading'))
  })

  it('loses every session as soon as the mailbox is proved (unexpired session)', async () => {
    const { agent, victim } = await moveInBefore()
    expect(await isKnown(agent, victim)).toBe(true)
    expect(arrived((await signInByMail(federation.latchkey, { address: victim })).next)).toBe(true)
    expect(isSignIn(await open(agent, '/account'))).toBe(true)
    await expectNotices(federation.latchkey, victim, say('mail.notice.sessions-ended'))
    expect(await isKnown(agent, victim)).toBe(false)
  })

  it('loses what they linked and added, and the victim keeps what is theirs (trojan identifier)', async () => {
    const { agent, victim, attackers } = await moveInBefore()
    const added = newAddress()
    const nextMail = expectMails(federation.latchkey, added)
    await agent.post(`${federation.latchkey.issuer}/account/addresses/add`, { address: added })
    await agent.post(`${federation.latchkey.issuer}/account/addresses/add/confirm`, {
      code: spacedCodeIn((await nextMail()).text),
    })
    const list = await open(agent, '/account/addresses')
    expect(list.body).toContain(added)
    const [makePrimary = ''] = /\/account\/addresses\/[^/"]+\/primary/.exec(list.body) ?? []
    await agent.post(`${federation.latchkey.issuer}${makePrimary}`)

    const owner = await visitAccount(federation.latchkey, victim)
    const addresses = await owner.open('/account/addresses')
    expect(addresses.body).toContain(victim)
    expect(addresses.body).not.toContain(added)
    expect((await owner.open('/account/ways-in')).body).not.toContain('/unlink')
    federation.google.person = attackers
    expect(headingOf((await signInWith(federation, 'google')).next)).toBe(say('prove-address.heading'))
    // Their own address is nobody's again, and makes an account of its own.
    const alone = await visitAccount(federation.latchkey, added)
    expect((await alone.open('/account/addresses')).body).not.toContain(victim)
    for (const kind of ['sessions-ended', 'service-unlinked', 'address-removed'] as const)
      await expectNotices(federation.latchkey, added, say(`mail.notice.${kind}`))
  })

  it('cannot add the address later with a code from before (unexpired e-mail change)', async () => {
    const attacker = await visitAccount(federation.latchkey)
    const person = googlePerson()
    const nextMail = expectMails(federation.latchkey, person.email)
    await attacker.submit('/account/addresses/add', { address: person.email })
    const code = spacedCodeIn((await nextMail()).text)
    federation.google.person = person
    expect(arrived((await signInWith(federation, 'google')).next)).toBe(true)
    expect((await attacker.send('/account/addresses/add/confirm', { code })).status).toBe(409)
    expect((await attacker.open('/account/addresses')).body).not.toContain(`<bdi>${person.email}`)
  })

  it('has no account by an upstream that has not seen the mailbox (non-verifying provider)', async () => {
    const victim = newAddress()
    federation.microsoft.person = microsoftPerson({ email: victim, xms_edov: undefined })
    const attacker = await signInWith(federation, 'microsoft')
    expect(headingOf(attacker.next)).toBe(say('prove-address.heading'))
    expect(arrived((await signInByMail(federation.latchkey, { address: victim })).next)).toBe(true)
    expect(isSignIn(await open(attacker.agent, '/account'))).toBe(true)
    expect(headingOf((await signInWith(federation, 'microsoft')).next)).toBe(say('prove-address.heading'))
  })
})

describe('who had the account all along', () => {
  it('keeps what they linked when they use the mail in a browser in which they were signed in', async () => {
    const { agent, victim: address } = await moveInBefore()
    await agent.post(`${federation.latchkey.issuer}/logout`)
    const { next } = await signInByMail(federation.latchkey, { address, agent, parameters: { prompt: 'login' } })
    expect(arrived(next)).toBe(true)
    expect((await open(agent, '/account/ways-in')).body).toContain('/unlink')
    // And from then on in any browser.
    expect(arrived((await signInByMail(federation.latchkey, { address })).next)).toBe(true)
    expect(arrived((await signInWith(federation, 'google')).next)).toBe(true)
  })

  it('keeps everything where they have a second factor: a mailbox alone never gets around it', async () => {
    federation.google.person = googlePerson({ auth_time: Math.floor(Date.now() / 1000) })
    const address = federation.google.person['email'] as string // as googlePerson has it
    const signIn = await signInWith(federation, 'google', { parameters: { acr_values: 'multi-factor' } })
    const { next: codes } = await enrolTotp(federation.latchkey, signIn)
    expect(headingOf(codes)).toBe(say('recovery-codes.heading'))
    const { next } = await signInByMail(federation.latchkey, { address })
    expect(headingOf(next)).toBe(say('totp-step.heading'))
    await signIn.agent.post(`${signIn.home}/recovery-codes/kept`)
    expect(headingOf((await signInWith(federation, 'google')).next)).toBe(say('totp-step.heading'))
  })
})
