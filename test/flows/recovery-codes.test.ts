/** Recovery codes: for whoever has lost the device, beside the mail, each once. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Response } from '../support/agent.ts'
import { exchangeCode } from '../support/code-exchange.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp } from '../support/relying-party.ts'
import {
  codeOf,
  enrolTotp,
  keyIn,
  recoveryCodesIn,
  signInByMail,
  signUpWithTotp,
  typeRecoveryCode,
} from '../support/second-steps.ts'
import { headingOf, newAddress, newAgentBehindProxy, returned } from '../support/sign-in.ts'

const { say } = speak('en')
const arrived = (page: Response) => returned(page)?.has('code') === true
const acr_values = 'multi-factor'
const notOne = '0000-0000-0000-0000'

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on, environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey?.stop())

  const signIn = ({ address }: { address: string }) => signInByMail(latchkey, { address })

  describe('when they are made', () => {
    it('can be read again and saved until the person says that they have them, and then by nobody', async () => {
      const begun = await signInByMail(latchkey, { address: newAddress(), parameters: { acr_values } })
      const { agent, home } = begun
      const { next } = await enrolTotp(latchkey, begun)
      const codes = recoveryCodesIn(next)
      expect(codes).toHaveLength(10)
      for (const code of codes) expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
      expect(recoveryCodesIn(await agent.get(`${home}/recovery-codes?language=de`))).toEqual(codes)

      const file = await agent.get(`${home}/recovery-codes/file`)
      expect(file.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': 'attachment; filename="recovery-codes.txt"',
        'cache-control': 'no-store',
      })
      expect(file.body.trim().split('\n').slice(2)).toEqual(codes)
      expect(file.body).toContain(begun.address)

      // Another browser, which knows the address of the page.
      for (const path of ['recovery-codes', 'recovery-codes/file'])
        expect((await newAgentBehindProxy().get(`${home}/${path}`)).body).not.toContain(codes[0])

      expect(arrived(await agent.follow(await agent.post(`${home}/recovery-codes/kept`)))).toBe(true)
      for (const path of ['recovery-codes', 'recovery-codes/file'])
        expect((await agent.follow(await agent.get(`${home}/${path}`))).body).not.toContain(codes[0])
    })

    it('are shown to nobody where the transaction that was to keep them failed: they were never good', async () => {
      const { agent, home } = await signInByMail(latchkey, { address: newAddress(), parameters: { acr_values } })
      const key = keyIn(await agent.get(`${home}/enrol/totp`))
      const { data } = latchkey.adapters
      const scoped = data.scoped.bind(data)
      data.scoped = (mode, work) =>
        scoped(mode, async repositories => {
          await work(repositories)
          throw new Error('the commit failed')
        })
      const failed = await agent.post(`${home}/enrol/totp`, { code: codeOf(latchkey, key) })
      data.scoped = scoped
      expect(failed.status).toBe(500)
      for (const path of ['recovery-codes', 'recovery-codes/file'])
        expect(headingOf(await agent.follow(await agent.get(`${home}/${path}`)))).toBe(say('choose-enrolment.heading'))
    })

    it('are not readable where they are kept', async () => {
      const begun = await signInByMail(latchkey, { address: newAddress(), parameters: { acr_values } })
      const key = keyIn(await begun.agent.get(`${begun.home}/enrol/totp`))
      const puts: string[] = []
      const { store } = latchkey.adapters
      const put = store.put.bind(store)
      store.put = (name, value, seconds) => {
        puts.push(name, value)
        return put(name, value, seconds)
      }
      const page = await begun.agent.follow(await begun.agent.post(`${begun.home}/enrol/totp`, { code: codeOf(latchkey, key) }))
      store.put = put
      const [code = ''] = recoveryCodesIn(page)
      expect(code).not.toBe('')
      expect(puts.length).toBeGreaterThan(0)
      for (const written of puts) expect(Buffer.from(written, 'base64url').toString('latin1') + written).not.toContain(code)
    })
  })

  describe('a code', () => {
    it('is as good as the lost device, says how many are left, and ends in the product', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signIn(holder)
      const step = await begun.agent.get(`${begun.home}?with=recovery-code`)
      expect(headingOf(step)).toBe(say('recovery-step.heading'))
      expect(step.body).toContain(say('recovery-step.lead', { count: 10 }))
      const used = await typeRecoveryCode(begun, holder.codes[3] ?? '')
      expect(headingOf(used)).toBe(say('recovery-used.heading'))
      expect(used.body).toContain(say('recovery-used.left', { count: 9 }))
      const end = await begun.agent.follow(await begun.agent.post(`${begun.home}/continue`))
      const code = returned(end)?.get('code') ?? ''
      const tokens = JSON.parse((await exchangeCode(begun.agent, latchkey.issuer, begun.started, code)).body)
      expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: 'multi-factor', amr: ['email', 'mfa', 'recovery'] })
    })

    it('is told to the person by mail, with what is left', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signIn(holder)
      await typeRecoveryCode(begun, holder.codes[0] ?? '')
      const subjects = async () => (await latchkey.adapters.mailbox?.list())?.filter(mail => mail.to === holder.address) ?? []
      await expect.poll(async () => (await subjects()).map(mail => mail.subject).join()).toContain('ecovery code')
    })

    it.each([
      ['in small letters without hyphens', (code: string) => code.toLowerCase().replaceAll('-', '')],
      [
        'with spaces, and letters for the digits they look like',
        (code: string) => code.replaceAll('-', '  ').replaceAll('0', 'o').replaceAll('1', 'l'),
      ],
    ])('is taken %s', async (_how, spell) => {
      const holder = await signUpWithTotp(latchkey)
      const page = await typeRecoveryCode(await signIn(holder), spell(holder.codes[0] ?? ''))
      expect(headingOf(page)).toBe(say('recovery-used.heading'))
    })

    it('is taken once, also where it comes twice at the same moment', async () => {
      const holder = await signUpWithTotp(latchkey)
      const [one, other] = [await signIn(holder), await signIn(holder)]
      const code = holder.codes[0] ?? ''
      const pages = await Promise.all([one, other].map(each => typeRecoveryCode(each, code)))
      expect(pages.map(headingOf).toSorted()).toEqual([say('recovery-used.heading'), say('recovery-step.heading')].toSorted())
      const loser = pages.find(page => headingOf(page) === say('recovery-step.heading'))
      expect(loser?.body).toContain(say('recovery-step.wrong'))
    })

    it("of somebody else's is none", async () => {
      const [holder, other] = [await signUpWithTotp(latchkey), await signUpWithTotp(latchkey)]
      const page = await typeRecoveryCode(await signIn(holder), other.codes[0] ?? '')
      expect(page.body).toContain(say('recovery-step.wrong'))
    })

    it('is asked of nobody who has nothing else: there is nothing that it could stand for', async () => {
      const holder = await signUpWithTotp(latchkey)
      await latchkey.adapters.data.scoped({ kind: 'system', reason: 'sign-in' }, async repositories => {
        const user = await repositories.users.findByAddress(holder.address)
        for (const { id, userId } of await repositories.totpDevices.listForUser(user?.id ?? ''))
          await repositories.totpDevices.delete(userId, id)
      })
      expect(arrived((await signIn(holder)).next)).toBe(true)
    })

    it('begins no sign-in: without the mail it is nothing', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signIn({ address: newAddress() })
      const agent = newAgentBehindProxy()
      expect((await agent.post(`${begun.home}/verify`, { method: 'recovery-code', code: holder.codes[0] ?? '' })).status).toBe(
        410,
      )
      expect((await agent.post(`${begun.home}/recovery-code`, { code: holder.codes[0] ?? '' })).status).toBeGreaterThanOrEqual(
        400,
      )
    })

    it('does not do where a passkey is asked for', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signInByMail(latchkey, { address: holder.address, parameters: { acr_values: 'phr' } })
      await typeRecoveryCode(begun, holder.codes[0] ?? '')
      const next = await begun.agent.follow(await begun.agent.get(begun.home))
      expect(arrived(next)).toBe(false)
      expect(headingOf(next)).toBe(say('choose-enrolment.heading'))
    })
  })

  describe('wrong ones', () => {
    it('are limited as every factor is, while the device is taken meanwhile', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signIn(holder)
      for (let count = 0; count < 5; count += 1) await typeRecoveryCode(begun, notOne)
      const paused = await typeRecoveryCode(begun, holder.codes[0] ?? '')
      expect(paused.body).toContain('You can try again in')
      const end = await begun.agent.follow(
        await begun.agent.post(`${begun.home}/verify`, { method: 'totp', code: codeOf(latchkey, holder.key) }),
      )
      expect(arrived(end)).toBe(true)
    })

    it('that have not the form of a code are not counted', async () => {
      const holder = await signUpWithTotp(latchkey)
      const begun = await signIn(holder)
      for (const typed of [
        '',
        '123456',
        'my recovery code',
        notOne.slice(1),
        holder.codes[0]?.replace(/.$/, 'U') ?? '',
        '!',
        '-',
      ])
        expect((await typeRecoveryCode(begun, typed)).status).toBe(400)
      expect(headingOf(await typeRecoveryCode(begun, holder.codes[0] ?? ''))).toBe(say('recovery-used.heading'))
    })
  })
})
