/** What an installation requires of everybody, from a day on: set up in the course of a sign-in that ends in the product. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { formatDay } from '../../views/times.ts'
import type { Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { enrolPasskey } from '../support/passkey-sign-in.ts'
import { browserApp, startRequest } from '../support/relying-party.ts'
import { codeOf, enrolTotp, signInByMail, typeTotp } from '../support/second-steps.ts'
import { headingOf, newAddress, returned } from '../support/sign-in.ts'
import { createSoftwareAuthenticator } from '../support/software-authenticator.ts'

const { say } = speak('en')
const arrived = (page: Response) => returned(page)?.has('code') === true
let latchkey: RunningLatchkey

const start = async (environment: Record<string, string>) => {
  latchkey = await startLatchkey({ apps: [browserApp], on: 'embedded', environment: { TRUSTED_PROXIES: '1', ...environment } })
}

describe('any second factor', () => {
  beforeAll(() => start({ REQUIRED_LEVEL: 'any-second-factor' }))
  afterAll(() => latchkey?.stop())

  it('is set up by whoever has none, in line, and the sign-in ends in the product', async () => {
    const begun = await signInByMail(latchkey, { address: newAddress() })
    expect(headingOf(begun.next)).toBe(say('choose-enrolment.heading'))
    for (const way of ['enrol-passkey.heading', 'enrol-totp.heading'] as const) expect(begun.next.body).toContain(say(way))
    expect(begun.next.body).not.toContain(say('soon-required.later'))
    const { key } = await enrolTotp(latchkey, begun)
    const end = await begun.agent.follow(await begun.agent.post(`${begun.home}/recovery-codes/kept`))
    expect(arrived(end)).toBe(true)

    // Whoever is signed in is asked for nothing more.
    const { url } = await startRequest(latchkey.issuer, browserApp)
    expect(arrived(await begun.agent.follow(await begun.agent.get(url)))).toBe(true)

    latchkey.clock.advance(30)
    const again = await signInByMail(latchkey, { address: begun.address })
    expect(headingOf(again.next)).toBe(say('totp-step.heading'))
    expect(arrived(await typeTotp(again, codeOf(latchkey, key)))).toBe(true)
  })

  it('is not passed by: no address of the sign-in leads to the app before it is set up', async () => {
    const begun = await signInByMail(latchkey, { address: newAddress() })
    expect(arrived(begun.next)).toBe(false)
    for (const path of ['', '?later', '/enrol', '/recovery-codes', '/confirmed', '?with=email'])
      expect(arrived(await begun.agent.follow(await begun.agent.get(`${begun.home}${path}`)))).toBe(false)
    for (const path of ['/continue', '/recovery-codes/kept', '/verify', '/again'])
      expect(arrived(await begun.agent.follow(await begun.agent.post(`${begun.home}${path}`, { later: '1' })))).toBe(false)
  })
})

describe('a passkey', () => {
  beforeAll(() => start({ REQUIRED_LEVEL: 'phishing-resistant' }))
  afterAll(() => latchkey?.stop())

  it('is the one thing on offer, and does', async () => {
    const begun = await signInByMail(latchkey, { address: newAddress() })
    expect(headingOf(begun.next)).toBe(say('choose-enrolment.heading'))
    expect(begun.next.body).not.toContain(say('enrol-totp.heading'))
    // An authenticator app can be set up all the same, and is not enough.
    await enrolTotp(latchkey, begun)
    const still = await begun.agent.follow(await begun.agent.post(`${begun.home}/recovery-codes/kept`))
    expect(arrived(still)).toBe(false)
    expect(headingOf(still)).toBe(say('choose-enrolment.heading'))
    const end = await begun.agent.follow(
      await enrolPasskey(begun.agent, begun.home, createSoftwareAuthenticator({ origin: latchkey.issuer })),
    )
    expect(arrived(end)).toBe(true)
  })
})

describe('before the day', () => {
  const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)
  afterEach(() => latchkey?.stop())

  it('a page says what is coming, the person may go on as they are, and on the day they may not', async () => {
    await start({ REQUIRED_LEVEL: 'any-second-factor', REQUIRED_FROM: day })
    const address = newAddress()
    const begun = await signInByMail(latchkey, { address })
    expect(headingOf(begun.next)).toBe(say('soon-required.heading', { date: formatDay('en', new Date(day)) }))
    expect(arrived(await begun.agent.follow(await begun.agent.post(`${begun.home}/continue`, { later: '1' })))).toBe(true)

    latchkey.clock.advance(3 * 86_400)
    const after = await signInByMail(latchkey, { address })
    expect(headingOf(after.next)).toBe(say('choose-enrolment.heading'))
    expect(arrived(await after.agent.follow(await after.agent.get(`${after.home}?later`)))).toBe(false)
  })

  it('what is coming can be set up now, and then nobody is told any more', async () => {
    await start({ REQUIRED_LEVEL: 'any-second-factor', REQUIRED_FROM: day })
    const begun = await signInByMail(latchkey, { address: newAddress() })
    const choice = await begun.agent.get(`${begun.home}/enrol`)
    expect(headingOf(choice)).toBe(say('choose-enrolment.heading'))
    expect(choice.body).toContain(say('soon-required.later'))
    const { key } = await enrolTotp(latchkey, begun)
    expect(arrived(await begun.agent.follow(await begun.agent.post(`${begun.home}/recovery-codes/kept`)))).toBe(true)
    latchkey.clock.advance(30)
    const again = await signInByMail(latchkey, { address: begun.address })
    expect(arrived(await typeTotp(again, codeOf(latchkey, key)))).toBe(true)
  })
})
