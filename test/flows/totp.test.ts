/** An authenticator app: set up in the course of a sign-in, asked for from then on, and each of its codes good once. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Response } from '../support/agent.ts'
import { exchangeCode } from '../support/code-exchange.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { aTotpDevice } from '../support/records.ts'
import { browserApp } from '../support/relying-party.ts'
import {
  codeOf,
  enrolTotp,
  keyIn,
  recoveryCodesIn,
  type SecondFactorHolder,
  signInByMail,
  signUpWithTotp,
  typeTotp,
  wrongCodeOf,
} from '../support/second-steps.ts'
import { type BegunSignIn, headingOf, newAddress, newAgentBehindProxy, returned } from '../support/sign-in.ts'

const { say } = speak('en')
const step = 30
const arrived = (page: Response) => returned(page)?.has('code') === true
const acr_values = 'multi-factor'

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on, environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey?.stop())

  const exchange = async ({ agent, started }: BegunSignIn, end: Response) => {
    const { body } = await exchangeCode(agent, latchkey.issuer, started, returned(end)?.get('code') ?? '')
    const tokens: { access_token: string; id_token: string } = JSON.parse(body)
    return tokens
  }
  const signIn = ({ address }: Pick<SecondFactorHolder, 'address'>) => signInByMail(latchkey, { address })

  describe('setting it up', () => {
    it('shows a QR code and a key, takes the code of the app, shows the recovery codes, and ends in the product', async () => {
      const begun = await signInByMail(latchkey, { address: newAddress(), parameters: { acr_values } })
      expect(headingOf(begun.next)).toBe(say('choose-enrolment.heading'))
      const page = await begun.agent.get(`${begun.home}/enrol/totp`)
      expect(headingOf(page)).toBe(say('enrol-totp.heading'))
      expect(page.body).toContain(say('enrol-totp.picture'))
      const key = keyIn(page)
      expect(key).toMatch(/^[A-Z2-7]{32}$/)
      expect(page.body).toContain(`otpauth://totp/Latchkey:${encodeURIComponent(begun.address)}?secret=${key}`)

      const codes = await begun.agent.follow(await begun.agent.post(`${begun.home}/enrol/totp`, { code: codeOf(latchkey, key) }))
      expect(headingOf(codes)).toBe(say('recovery-codes.heading'))
      expect(new Set(recoveryCodesIn(codes)).size).toBe(10)
      const end = await begun.agent.follow(await begun.agent.post(`${begun.home}/recovery-codes/kept`))
      expect(arrived(end)).toBe(true)
      const tokens = await exchange(begun, end)
      expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: 'multi-factor', amr: ['email', 'mfa', 'otp'] })
    })

    it('keeps its key when the page is loaded again, and none after it was confirmed', async () => {
      const begun = await signInByMail(latchkey, { address: newAddress(), parameters: { acr_values } })
      const load = async () => keyIn(await begun.agent.get(`${begun.home}/enrol/totp`))
      const [one, other, ...more] = await Promise.all([load(), load(), load()])
      expect([other, ...more]).toEqual([one, one])
      const wrong = await begun.agent.post(`${begun.home}/enrol/totp`, { code: wrongCodeOf(latchkey, one) })
      expect(wrong.status).toBe(400)
      expect(wrong.body).toContain(say('enrol-totp.wrong'))
      expect(keyIn(wrong)).toBe(one)
      expect(headingOf((await enrolTotp(latchkey, begun)).next)).toBe(say('recovery-codes.heading'))
      expect(await load()).not.toBe(one)
    })

    it('has another key in another sign-in', async () => {
      const address = newAddress()
      const sign = () => signInByMail(latchkey, { address, parameters: { acr_values } })
      const [one, other] = [await sign(), await sign()]
      const keyOf = async ({ agent, home }: typeof one) => keyIn(await agent.get(`${home}/enrol/totp`))
      const key = await keyOf(one)
      expect(await keyOf(other)).not.toBe(key)
      // A code of the one confirms nothing in the other.
      const page = await other.agent.post(`${other.home}/enrol/totp`, { code: codeOf(latchkey, key) })
      expect(page.body).toContain(say('enrol-totp.wrong'))
    })

    it('sent twice at once, is done once, and the codes are shown', async () => {
      const begun = await signInByMail(latchkey, { address: newAddress(), parameters: { acr_values } })
      const key = keyIn(await begun.agent.get(`${begun.home}/enrol/totp`))
      const code = codeOf(latchkey, key)
      const send = async () => begun.agent.follow(await begun.agent.post(`${begun.home}/enrol/totp`, { code }))
      const pages = await Promise.all([send(), send(), send()])
      expect(pages.map(headingOf)).toEqual(pages.map(() => say('recovery-codes.heading')))
      expect(new Set(pages.map(page => recoveryCodesIn(page).join())).size).toBe(1)
    })

    it('is not open to whoever has not proved the address, nor to another browser', async () => {
      const begun = await signInByMail(latchkey, { address: newAddress(), parameters: { acr_values } })
      const other = newAgentBehindProxy()
      expect((await other.get(`${begun.home}/enrol/totp`)).body).not.toContain('typed-key')
      expect((await other.post(`${begun.home}/enrol/totp`, { code: '123456' })).status).toBeGreaterThanOrEqual(400)
    })

    it('is open again to whoever has shown the first one: two of them, each with a name and codes of its own', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signInByMail(latchkey, { address: holder.address, parameters: { acr_values: 'phr' } })
      // The mailbox alone changes nothing.
      expect((await begun.agent.get(`${begun.home}/enrol/totp`)).status).toBe(400)
      await typeTotp(begun, codeOf(latchkey, holder.key))
      const second = await enrolTotp(latchkey, begun)
      const devices = await latchkey.adapters.data.read({ kind: 'system', reason: 'sign-in' }, async repositories => {
        const user = await repositories.users.findByAddress(holder.address)
        return repositories.totpDevices.listForUser(user?.id ?? '')
      })
      expect(devices.map(({ name }) => name)).toEqual(['Authenticator app', 'Authenticator app 2'])
      latchkey.clock.advance(step)
      const next = await signIn(holder)
      // One that is wrong for both, then one that is right for the second.
      expect((await typeTotp(next, wrongCodeOf(latchkey, holder.key))).status).toBe(400)
      expect(arrived(await typeTotp(next, codeOf(latchkey, second.key)))).toBe(true)
    })
  })

  it('is not set up an eleventh time: the page says so, and the form is refused', async () => {
    const holder = await signUpWithTotp(latchkey)
    const begun = await signInByMail(latchkey, { address: holder.address, parameters: { acr_values: 'phr' } })
    await typeTotp(begun, codeOf(latchkey, holder.key))
    const open = keyIn(await begun.agent.get(`${begun.home}/enrol/totp`))
    await latchkey.adapters.data.scoped({ kind: 'system', reason: 'sign-in' }, async repositories => {
      const user = await repositories.users.findByAddress(holder.address)
      for (let count = 1; count < 10; count += 1) await repositories.totpDevices.create(aTotpDevice(user?.id ?? ''))
    })
    const refused = await begun.agent.post(`${begun.home}/enrol/totp`, { code: codeOf(latchkey, open) })
    expect(refused.status).toBe(400)
    const page = await begun.agent.get(`${begun.home}/enrol/totp`)
    for (const { body } of [refused, page]) {
      expect(body).toContain(say('error.too-many-devices.happened'))
      expect(body).not.toContain('typed-key')
    }
  })

  describe('signing in', () => {
    it('asks for the code after the mail, and ends in the product', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signIn(holder)
      expect(headingOf(begun.next)).toBe(say('totp-step.heading'))
      const end = await typeTotp(begun, codeOf(latchkey, holder.key))
      const tokens = await exchange(begun, end)
      expect(decodeJwt(tokens.access_token)).toMatchObject({ acr: 'multi-factor', amr: ['email', 'mfa', 'otp'] })
    })

    it.each([
      ['with spaces', (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)} `],
      [
        'in full-width digits',
        (code: string) => code.replaceAll(/./g, digit => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0)),
      ],
    ])('takes the code %s', async (_how, spell) => {
      const holder = await signUpWithTotp(latchkey)
      expect(arrived(await typeTotp(await signIn(holder), spell(codeOf(latchkey, holder.key))))).toBe(true)
    })

    it.each([
      ['letters', 'abcdef', 'error.code-not-six-digits.happened'],
      ['five digits', '12345', 'error.code-not-six-digits.happened'],
      ['nothing', ' ', 'totp-step.missing'],
    ] as const)('says what is wrong with %s, and counts nothing', async (_what, typed, sentence) => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signIn(holder)
      for (let count = 0; count < 7; count += 1) expect((await typeTotp(begun, typed)).body).toContain(say(sentence))
      expect(arrived(await typeTotp(begun, codeOf(latchkey, holder.key)))).toBe(true)
    })

    it.each([-step, 0, step])('takes a code that is %d seconds away', async seconds => {
      const holder = await signUpWithTotp(latchkey)
      latchkey.clock.advance(step)
      expect(arrived(await typeTotp(await signIn(holder), codeOf(latchkey, holder.key, seconds)))).toBe(true)
    })

    it.each([-3 * step, 3 * step, -10 * step + 1, 10 * step - 1])(
      'says that the clock is off where the code is %d seconds away, and does not take it',
      async seconds => {
        const holder = await signUpWithTotp(latchkey)
        const begun = await signIn(holder)
        const page = await typeTotp(begun, codeOf(latchkey, holder.key, seconds))
        expect(page.status).toBe(400)
        expect(page.body).toContain(say('error.clock-off.happened'))
        expect(arrived(await typeTotp(begun, codeOf(latchkey, holder.key)))).toBe(true)
      },
    )

    it('does not take later what it recognised too early: guesses cannot be tried beforehand', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signIn(holder)
      const early = codeOf(latchkey, holder.key, 3 * step)
      expect((await typeTotp(begun, early)).body).toContain(say('error.clock-off.happened'))
      latchkey.clock.advance(3 * step)
      expect((await typeTotp(begun, early)).body).toContain(say('totp-step.wrong'))
      latchkey.clock.advance(step)
      expect(arrived(await typeTotp(begun, codeOf(latchkey, holder.key)))).toBe(true)
    })
  })

  describe('each code', () => {
    it('is taken once, in whichever sign-in', async () => {
      const holder = await signUpWithTotp(latchkey)
      const code = codeOf(latchkey, holder.key)
      expect(arrived(await typeTotp(await signIn(holder), code))).toBe(true)
      const again = await signIn(holder)
      const refused = await typeTotp(again, code)
      expect(refused.body).toContain(say('error.code-used.happened'))
      // Nor one of a step before it.
      expect((await typeTotp(again, codeOf(latchkey, holder.key, -step))).body).toContain(say('error.code-used.happened'))
      latchkey.clock.advance(step)
      expect(arrived(await typeTotp(again, codeOf(latchkey, holder.key)))).toBe(true)
    })

    it('is taken once where it comes from several sign-ins at the same moment', async () => {
      const holder = await signUpWithTotp(latchkey)
      const signIns = [await signIn(holder), await signIn(holder)]
      const code = codeOf(latchkey, holder.key)
      const pages = await Promise.all(signIns.map(each => typeTotp(each, code)))
      expect(pages.filter(arrived)).toHaveLength(1)
    })

    it('of the confirmation is used up by it', async () => {
      const begun = await signInByMail(latchkey, { address: newAddress(), parameters: { acr_values } })
      const { key } = await enrolTotp(latchkey, begun)
      const refused = await typeTotp(await signIn(begun), codeOf(latchkey, key))
      expect(refused.body).toContain(say('error.code-used.happened'))
    })
  })
})
