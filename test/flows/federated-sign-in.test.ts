/** Signing in with Google and Microsoft, from the button to the product: who somebody is, the first time and every other. */
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Response } from '../support/agent.ts'
import { exchangeCode } from '../support/code-exchange.ts'
import {
  answerLink,
  type Federation,
  type FederatedSignIn,
  googlePerson,
  microsoftPerson,
  openFirstPage,
  proveAddress,
  signInWith,
  useFederation,
} from '../support/federation.ts'
import { headingOf, listMails, readNotices, returned, signUp } from '../support/sign-in.ts'
import { objectId, tenant } from '../support/upstream-sign-in.ts'

const { say } = speak('en')
const arrived = (page: Response) => returned(page)?.has('code') === true

async function claimsOf({ latchkey }: Federation, { agent, started }: FederatedSignIn, end: Response) {
  const { body } = await exchangeCode(agent, latchkey.issuer, started, returned(end)?.get('code') ?? '')
  return decodeJwt<{ email: string; amr: string[]; acr: string }>(JSON.parse(body).id_token)
}

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  const federation = useFederation({ on })

  it('shows a button for each that is configured', async () => {
    const { first } = await openFirstPage(federation)
    for (const service of ['Google', 'Microsoft']) expect(first.body).toContain(say('upstream.continue', { service }))
  })

  describe('the first time', () => {
    it('makes an account of an address that the upstream is the authority for, and tells that address', async () => {
      const person = googlePerson()
      federation.google.person = person
      const signIn = await signInWith(federation, 'google')
      const claims = await claimsOf(federation, signIn, signIn.next)
      expect(claims).toMatchObject({ email: person.email, amr: ['fed'], acr: 'single-factor' })
      expect(await listMails(federation.latchkey, person.email)).toEqual([])
      await expect
        .poll(async () => (await readNotices(federation.latchkey, person.email)).map(({ subject }) => subject))
        .toEqual([expect.stringContaining(say('mail.notice.service-linked'))])
    })

    it('has an address proved by our own mail where the upstream cannot vouch for it', async () => {
      const person = microsoftPerson({ xms_edov: undefined })
      federation.microsoft.person = person
      const signIn = await signInWith(federation, 'microsoft')
      expect(headingOf(signIn.next)).toBe(say('prove-address.heading'))
      expect(signIn.next.body).toContain(person.email)
      const asked = await proveAddress(federation, signIn, person.email)
      expect(headingOf(asked)).toContain('Link your Microsoft account to')
      expect(await readNotices(federation.latchkey, person.email)).toEqual([])
      const end = await answerLink(signIn, asked, 'yes')
      expect(await claimsOf(federation, signIn, end)).toMatchObject({ email: person.email, amr: ['email', 'fed'] })
      const again = await signInWith(federation, 'microsoft')
      expect(arrived(again.next)).toBe(true)
    })

    it('takes another address than the one that the upstream said', async () => {
      federation.microsoft.person = microsoftPerson({ xms_edov: false })
      const signIn = await signInWith(federation, 'microsoft')
      const address = `mine-${crypto.randomUUID()}@example.com`
      const asked = await proveAddress(federation, signIn, address)
      const end = await answerLink(signIn, asked, 'yes')
      expect(await claimsOf(federation, signIn, end)).toMatchObject({ email: address })
    })

    it('says what is wrong with an address, and lets the person name another one', async () => {
      const person = microsoftPerson({ xms_edov: false })
      federation.microsoft.person = person
      const { agent, home } = await signInWith(federation, 'microsoft')
      const wrong = await agent.follow(await agent.post(`${home}/email`, { address: 'nobody' }))
      expect([wrong.status, headingOf(wrong)]).toEqual([400, say('prove-address.heading')])
      expect(wrong.body).toContain(say('address.problem.address-unusable'))
      const waiting = await agent.follow(await agent.post(`${home}/email`, { address: person.email }))
      expect(headingOf(waiting)).toBe(say('check-mail.heading'))
      const back = await agent.follow(await agent.post(`${home}/change`))
      expect(headingOf(back)).toBe(say('prove-address.heading'))
      const first = await agent.follow(await agent.post(`${home}/change`))
      expect(headingOf(first)).toContain('Sign in to')
    })

    it('does not link where the person says no, and asks again the next time', async () => {
      const person = microsoftPerson({ xms_edov: false })
      federation.microsoft.person = person
      for (const _ of ['once', 'again']) {
        const signIn = await signInWith(federation, 'microsoft')
        expect(headingOf(signIn.next)).toBe(say('prove-address.heading'))
        const end = await answerLink(signIn, await proveAddress(federation, signIn, person.email), 'no')
        expect(await claimsOf(federation, signIn, end)).toMatchObject({ email: person.email, amr: ['email'] })
      }
    })
  })

  describe('every other time', () => {
    it('is the same person by who they are there, whatever their address is now', async () => {
      const person = googlePerson()
      federation.google.person = person
      const first = await signInWith(federation, 'google')
      const { sub } = await claimsOf(federation, first, first.next)
      for (const change of [
        { email: 'moved@gmail.com' },
        { email: undefined },
        { email: 'foreign@example.com', email_verified: false },
      ]) {
        federation.google.person = { ...person, ...change }
        const later = await signInWith(federation, 'google')
        expect(await claimsOf(federation, later, later.next)).toMatchObject({ sub, email: person.email })
      }
    })

    it('is nobody by an address alone: somebody else there with the same one is asked to prove it', async () => {
      const person = googlePerson()
      federation.google.person = person
      await signInWith(federation, 'google')
      federation.google.person = { ...person, sub: 'somebody else' }
      expect(headingOf((await signInWith(federation, 'google')).next)).toBe(say('prove-address.heading'))
      federation.microsoft.person = microsoftPerson({ email: person.email })
      expect(headingOf((await signInWith(federation, 'microsoft')).next)).toBe(say('prove-address.heading'))
    })

    it('is nobody where the organisation differs: the issuer is another, and so is the account', async () => {
      const person = microsoftPerson()
      federation.microsoft.person = person
      expect(arrived((await signInWith(federation, 'microsoft')).next)).toBe(true)
      federation.microsoft.person = { ...person, tid: tenant.replaceAll('a', 'b') }
      expect(headingOf((await signInWith(federation, 'microsoft')).next)).toBe(say('prove-address.heading'))
    })

    it('is refused where what never changes there did', async () => {
      const person = microsoftPerson()
      federation.microsoft.person = person
      await signInWith(federation, 'microsoft')
      federation.microsoft.person = { ...person, oid: objectId.replaceAll('3', '4') }
      const { next } = await signInWith(federation, 'microsoft')
      expect(headingOf(next)).toBe(say('upstream-refused.token-unacceptable.heading'))
    })
  })

  it('is by a personal Microsoft account too, whose address is proved by mail', async () => {
    const person = microsoftPerson({
      tid: '9188040d-6c67-4c5b-b112-36a304b66dad',
      email: `me-${crypto.randomUUID()}@outlook.com`,
      xms_edov: undefined,
    })
    federation.microsoft.person = person
    const signIn = await signInWith(federation, 'microsoft')
    const end = await answerLink(signIn, await proveAddress(federation, signIn, person.email), 'yes')
    expect(await claimsOf(federation, signIn, end)).toMatchObject({ email: person.email })
  })

  it('never gets into the account of an address without its mailbox, and with it is asked whether to link', async () => {
    const person = googlePerson()
    await signUp(federation.latchkey, person.email)
    federation.google.person = person
    const signIn = await signInWith(federation, 'google')
    expect(headingOf(signIn.next)).toBe(say('prove-address.heading'))
    const asked = await proveAddress(federation, signIn, person.email)
    expect(headingOf(asked)).toContain('Link your Google account to')
    expect(arrived(await answerLink(signIn, asked, 'yes'))).toBe(true)
    expect(arrived((await signInWith(federation, 'google')).next)).toBe(true)
  })
})
