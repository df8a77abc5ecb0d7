/** After a sign-in by code: a passkey for the next time, seldom, and only to whom it is of use. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { answerPasskey, enrolPasskey, openFirstPage, signUpWithPasskey } from '../support/passkey-sign-in.ts'
import { browserApp, codeIn } from '../support/relying-party.ts'
import { beginSignIn, headingOf, newAddress, pressOnlyButton, returned, signUp } from '../support/sign-in.ts'
import { createSoftwareAuthenticator } from '../support/software-authenticator.ts'

const heading = 'Next time without an e-mail?'

describe.each(['embedded', 'servers'] as const)('the offer, on %s', on => {
  let latchkey: RunningLatchkey

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on })
  })
  afterAll(() => latchkey.stop())

  /** Types the code; `passkeys` is what the page's script says of the device. */
  const signInByCode = async (agent: Agent, address: string, passkeys?: string): Promise<{ home: string; next: Response }> => {
    const begun = await beginSignIn(latchkey, { agent, address, parameters: { prompt: 'login' } })
    expect(begun.waiting.body).toContain('data-passkey-able="possible"')
    const code = codeIn((await begun.nextMail()).text)
    const typed = await agent.post(`${begun.home}/verify`, { code, ...(passkeys === undefined ? {} : { passkeys }) })
    return { home: begun.home, next: await agent.follow(typed) }
  }
  const arrives = (page: Response) => returned(page)?.has('code') === true
  const newPerson = async () => {
    const [agent, address] = [new Agent(), newAddress()]
    await signUp(latchkey, address, agent)
    return { agent, address }
  }

  it('is for who comes back, once; who says no is asked again after 90 days and not before', async () => {
    const { agent, address } = await newPerson()
    const offered = await signInByCode(agent, address, 'possible')
    expect(headingOf(offered.next)).toBe(heading)
    expect(arrives(await pressOnlyButton(agent, offered.next))).toBe(true)

    expect(arrives((await signInByCode(agent, address, 'possible')).next)).toBe(true)
    latchkey.clock.advance(89 * 86_400)
    expect(arrives((await signInByCode(agent, address, 'possible')).next)).toBe(true)
    latchkey.clock.advance(86_400)
    expect(headingOf((await signInByCode(agent, address, 'possible')).next)).toBe(heading)
  })

  it('taken up, it is made in line and ends in the product; then it is how this browser signs in', async () => {
    const { agent, address } = await newPerson()
    const { home, next } = await signInByCode(agent, address, 'possible')
    expect(next.body).toContain(`href="${new URL(home).pathname}/enrol/passkey"`)
    const authenticator = createSoftwareAuthenticator({ origin: latchkey.issuer })
    const codes = await agent.follow(await enrolPasskey(agent, home, authenticator))
    expect(headingOf(codes)).toBe('Keep your recovery codes')
    await agent.post(`${home}/recovery-codes/kept`)
    expect(arrives(await agent.follow(await agent.get(home)))).toBe(true)

    const again = await openFirstPage(latchkey, agent, browserApp, { prompt: 'login' })
    expect(arrives(await agent.follow(await answerPasskey(agent, again.home, authenticator)))).toBe(true)
  })

  it('costs no step without script, on a device that cannot, in a browser that is new, or beside a passkey', async () => {
    for (const passkeys of [undefined, '', 'perhaps']) {
      const { agent, address } = await newPerson()
      expect(arrives((await signInByCode(agent, address, passkeys)).next)).toBe(true)
    }
    const { address } = await newPerson()
    expect(arrives((await signInByCode(new Agent(), address, 'possible')).next)).toBe(true)

    const owner = new Agent()
    const withPasskey = newAddress()
    await signUpWithPasskey(latchkey, owner, createSoftwareAuthenticator({ origin: latchkey.issuer }), withPasskey)
    const { next } = await signInByCode(owner, withPasskey, 'possible')
    expect(headingOf(next)).toBe('Confirm with your passkey')
  })

  it('is a page of that sign-in alone', async () => {
    const { agent, address } = await newPerson()
    const { home } = await signInByCode(agent, address, 'possible')
    const stranger = new Agent()
    expect(headingOf(await stranger.follow(await stranger.get(`${home}/passkey-offer`)))).not.toBe(heading)
    const begun = await beginSignIn(latchkey, { agent: new Agent() })
    const early = await begun.agent.get(`${begun.home}/passkey-offer`)
    expect(early.status).toBe(303)
  })
})
