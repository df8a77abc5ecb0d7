/** Codes are short, so guesses are counted: five tries an attempt, a hundred in a row for an address, whatever is done in between. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn } from '../support/relying-party.ts'
import {
  type BegunSignIn,
  beginSignIn,
  expectMails,
  formActions,
  headingOf,
  newAddress,
  newAgentBehindProxy,
  returned,
  signUp,
} from '../support/sign-in.ts'

const { say } = speak('en')
const tries = 5
const hour = 3600
let latchkey: RunningLatchkey

beforeAll(async () => {
  // Limits by the test's clock: an hour is over when the test says so.
  latchkey = await startLatchkey({ apps: [browserApp], on: 'postgres', environment: { TRUSTED_PROXIES: '1' } })
})
afterAll(() => latchkey?.stop())

const begin = (address = newAddress()) => beginSignIn(latchkey, { agent: newAgentBehindProxy(), address })
const typeCode = async ({ agent, home }: BegunSignIn, code: string) => agent.follow(await agent.post(`${home}/verify`, { code }))
/** Eight letters of the alphabet that are not the code: the last one is the next in line. */
const wrong = (code: string) => code.slice(0, -1) + (code.endsWith('Z') ? 'B' : 'Z')
const codeOf = async (begun: BegunSignIn) => codeIn((await begun.nextMail()).text)
const isSignedIn = (page: Awaited<ReturnType<typeof typeCode>>) => returned(page)?.has('code') === true

describe('five tries', () => {
  it('are what an attempt has; then the right code is refused too, and a new mail offered', async () => {
    const begun = await begin()
    const code = await codeOf(begun)
    for (let count = 1; count < tries; count += 1) {
      expect((await typeCode(begun, wrong(code))).body).toContain(say('check-mail.problem.code-wrong'))
    }
    expect(headingOf(await typeCode(begun, wrong(code)))).toBe(say('check-mail.heading-used-up'))
    const page = await typeCode(begun, code)
    expect(isSignedIn(page)).toBe(false)
    expect(formActions(await begun.agent.get(begun.home)).length).toBeGreaterThan(0)
  })

  it('are enough: the fifth, right, signs in', async () => {
    const begun = await begin()
    const code = await codeOf(begun)
    for (let count = 1; count < tries; count += 1) await typeCode(begun, wrong(code))
    expect(isSignedIn(await typeCode(begun, code))).toBe(true)
  })

  it('are not five more after a new mail', async () => {
    const begun = await begin()
    const code = await codeOf(begun)
    for (let count = 1; count < tries; count += 1) await typeCode(begun, wrong(code))
    await begun.agent.post(`${begun.home}/again`)
    const next = await codeOf(begun)
    expect(headingOf(await typeCode(begun, wrong(next)))).toBe(say('check-mail.heading-used-up'))
    expect(isSignedIn(await typeCode(begun, next))).toBe(false)
  })

  it('end the link with the attempt', async () => {
    const begun = await begin()
    const { text } = await begun.nextMail()
    for (let count = 1; count <= tries; count += 1) await typeCode(begun, wrong(codeIn(text)))
    expect((await begun.agent.post(linkIn(text))).status).toBe(410)
  })
})

it('a hundred wrong codes at once are five', async () => {
  const begun = await begin()
  const { text } = await begun.nextMail()
  const code = codeIn(text)
  const answers = await Promise.all(
    // From a hundred places, so that no limit of an address steps in.
    Array.from({ length: 100 }, async () => {
      const cookie = begun.agent.cookies(begun.home)
      return newAgentBehindProxy().post(`${begun.home}/verify`, { code: wrong(code) }, { cookie })
    }),
  )
  expect(answers.every(({ status }) => status === 400)).toBe(true)
  const compared = answers.filter(({ body }) => body.includes(say('check-mail.problem.code-wrong')))
  expect(compared).toHaveLength(tries - 1)
  expect(isSignedIn(await typeCode(begun, code))).toBe(false)
  // They were five failures of the address, too, and no hundred: its next code works.
  latchkey.clock.advance(hour)
  const later = await begin(begun.address)
  expect(isSignedIn(await typeCode(later, await codeOf(later)))).toBe(true)
})

/** Wrong codes for an address, as many as an attempt has, over as many attempts as it takes. */
async function fail(address: string, times: number): Promise<void> {
  let left = times
  while (left > 0) {
    latchkey.clock.advance(hour)
    const begun = await begin(address)
    const code = await codeOf(begun)
    for (let count = 0; count < tries && left > 0; count += 1, left -= 1) await typeCode(begun, wrong(code))
  }
  latchkey.clock.advance(hour)
}

describe.each(['somebody', 'nobody'] as const)('after a hundred failures in a row for an address that %s has', who => {
  let address: string

  beforeAll(async () => {
    address = newAddress()
    if (who === 'somebody') await signUp(latchkey, address)
    await fail(address, 100)
  })

  it('its mails carry a link only, no code is asked for or taken, and the page says why', async () => {
    const begun = await begin(address)
    const mail = await begun.nextMail()
    expect(() => codeIn(mail.text)).toThrow('no code')
    expect(begun.waiting.body).toContain(say('check-mail.link-only'))
    expect(begun.waiting.body).not.toContain('name="code"')
    const elsewhere = await newAgentBehindProxy().get(linkIn(mail.text))
    expect(elsewhere.body).toContain(say('link-elsewhere.open-there'))
    const page = await typeCode(begun, 'BBBBBBBB')
    expect(page.status).toBe(400)
    expect(page.body).toContain(say('check-mail.link-only'))
    // A stranger's tries lock nobody out: the same mail's link still works.
    expect((await begun.agent.follow(await begun.agent.post(linkIn(mail.text)))).status).toBe(200)
  })

  it('using the link has switched them on again', async () => {
    const begun = await begin(address)
    expect(isSignedIn(await typeCode(begun, await codeOf(begun)))).toBe(true)
  })
})

it('ninety-nine failures, a code that is right, and the count begins anew', async () => {
  const address = newAddress()
  await fail(address, 99)
  const begun = await begin(address)
  expect(isSignedIn(await typeCode(begun, await codeOf(begun)))).toBe(true)
  await fail(address, 5)
  const later = await begin(address)
  expect(await codeOf(later)).toHaveLength(8)
})

describe('any history of guesses, new mails, new attempts and other addresses', () => {
  const step = fc.constantFrom('guess', 'guess', 'guess', 'resend', 'other address', 'other browser', 'restart')

  it('compares no more than five guesses with the codes of one attempt', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 14 }), async steps => {
        const address = newAddress()
        let begun = await begin(address)
        let code = await codeOf(begun)
        let guesses = 0
        let mails = 1
        for (const each of steps) {
          // No more mails than one recipient gets: three in five minutes, and five in an hour.
          if (each !== 'guess' && each !== 'other address' && ++mails > 5) return
          latchkey.clock.advance(each === 'guess' ? 1 : 101)
          if (each === 'guess') {
            const page = await typeCode(begun, wrong(code))
            const isCompared = page.body.includes(say('check-mail.problem.code-wrong'))
            guesses += 1
            expect(isCompared).toBe(guesses < tries)
          } else if (each === 'resend' && guesses < tries) {
            const next = expectMails(latchkey, address)
            await begun.agent.post(`${begun.home}/again`)
            code = codeIn((await next()).text)
          } else if (each === 'restart' || each === 'other browser' || each === 'other address') {
            const next = each === 'other address' ? begin() : begin(address)
            const other = await next
            if (each === 'restart') {
              begun = other
              code = await codeOf(begun)
              guesses = 0
            }
          }
        }
      }),
      { numRuns: 12 },
    )
  })
})
