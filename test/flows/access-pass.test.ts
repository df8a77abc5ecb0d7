/** An admin resets what a member signs in with, and gives them a pass: beside the mailbox, once, and only for a while. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import type { Response } from '../support/agent.ts'
import { asksToSignIn, expectNotices, visitAccount } from '../support/account.ts'
import { exchangeCode } from '../support/code-exchange.ts'
import { accessPassSeconds, gather, resetFactors } from '../support/factor-reset.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { enrolPasskey } from '../support/passkey-sign-in.ts'
import { asSystem } from '../support/records.ts'
import { browserApp } from '../support/relying-party.ts'
import {
  codeOf,
  enrolTotp,
  recoveryCodesIn,
  type SecondFactorHolder,
  signInByMail,
  signUpWithTotp,
  typeRecoveryCode,
  typeTotp,
} from '../support/second-steps.ts'
import { type BegunSignIn, headingOf, newAddress, readNotices, returned, signUp } from '../support/sign-in.ts'
import { createSoftwareAuthenticator } from '../support/software-authenticator.ts'
import { visitAsColleague } from '../support/colleagues.ts'

const { say } = speak('en')
const arrived = (page: Response) => returned(page)?.has('code') === true
const passPattern = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/
const notThePass = '0000-0000-0000-0000'

/** A recipient gets three mails in so long. */
const mailPauseSeconds = 300

describe.each(['embedded', 'postgres'] as const)('a temporary pass on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on, environment: { TRUSTED_PROXIES: '1' } })
  })
  afterAll(() => latchkey?.stop())

  /** A workspace with an admin, and a member who has an authenticator app and recovery codes. */
  async function plant() {
    const holder = await signUpWithTotp(latchkey)
    const visitor = await visitAsColleague(latchkey)
    const admin = visitor.address
    const people = [
      { address: admin, roles: ['admin'] },
      { address: holder.address, roles: ['viewer'] },
    ]
    const { workspaceId, slug, idOf } = await gather(latchkey, people)
    const [adminId, userId] = [idOf(admin), idOf(holder.address)]
    const form = `/admin/${slug}/members/${userId}/reset`
    async function reset(): Promise<string> {
      // By way of a sign-in, where the one before is no longer fresh.
      await visitor.open(form)
      const [pass] = passPattern.exec((await visitor.send(form)).body) ?? []
      if (pass === undefined) throw new Error('no pass was shown')
      return pass
    }
    return { holder: { ...holder, workspace: slug }, admin, workspaceId, adminId, userId, reset }
  }

  /** For that workspace: they have one of their own, too. */
  const signIn = ({ address, workspace }: { address: string; workspace: string }, parameters = {}) =>
    signInByMail(latchkey, { address, parameters: { workspace, ...parameters } })

  const typePass = async ({ agent, home }: Pick<BegunSignIn, 'agent' | 'home'>, code: string) =>
    agent.follow(await agent.post(`${home}/verify`, { method: 'access-pass', code }))

  const continueFrom = async ({ agent, home }: Pick<BegunSignIn, 'agent' | 'home'>) =>
    agent.follow(await agent.post(`${home}/continue`))

  it('stands for what was lost beside the mailbox, and what is set up with it takes its place', async () => {
    const { holder, reset } = await plant()
    const pass = await reset()
    const begun = await signIn(holder)
    expect(headingOf(begun.next)).toBe(say('access-pass-step.heading'))
    const used = await typePass(begun, ` ${pass.toLowerCase().replaceAll('-', ' ')}`)
    expect(headingOf(used)).toBe(say('access-pass-used.heading'))
    const { key, next } = await enrolTotp(latchkey, begun)
    expect(recoveryCodesIn(next)).toHaveLength(10)
    const end = await begun.agent.follow(await begun.agent.post(`${begun.home}/recovery-codes/kept`))
    const code = returned(end)?.get('code') ?? ''
    const tokens = JSON.parse((await exchangeCode(begun.agent, latchkey.issuer, begun.started, code)).body)
    expect(decodeJwt(tokens.id_token)).toMatchObject({ acr: 'multi-factor', amr: ['access-pass', 'email', 'mfa', 'otp'] })

    latchkey.clock.advance(30)
    const again = await signIn(holder)
    expect(headingOf(again.next)).toBe(say('totp-step.heading'))
    expect(again.next.body).not.toContain(say('other-way.access-pass'))
    expect(arrived(await typeTotp(again, codeOf(latchkey, key)))).toBe(true)
  })

  it('takes the place of all that was there before: factors, sessions and what was proved', async () => {
    const { holder, reset } = await plant()
    const visitor = await visitAccountWithTotp(holder)
    const waiting = await signIn(holder)
    latchkey.clock.advance(mailPauseSeconds)
    await reset()
    expect(asksToSignIn(await visitor.agent.get(`${latchkey.issuer}/account`))).toBe(true)
    expect(arrived(await typeTotp(waiting, codeOf(latchkey, holder.key)))).toBe(false)
    expect(arrived(await typeRecoveryCode(waiting, holder.codes[0] ?? ''))).toBe(false)
    const begun = await signIn(holder)
    expect(arrived(await typeTotp(begun, codeOf(latchkey, holder.key)))).toBe(false)
    expect(arrived(await typeRecoveryCode(begun, holder.codes[0] ?? ''))).toBe(false)
  })

  it('is not spent on a sign-in from before the reset', async () => {
    const { holder, reset } = await plant()
    const waiting = await signIn(holder)
    latchkey.clock.advance(1)
    const pass = await reset()
    expect((await typePass(waiting, pass)).body).toContain(say('address.notice.expired'))
    latchkey.clock.advance(mailPauseSeconds)
    expect(headingOf(await typePass(await signIn(holder), pass))).toBe(say('access-pass-used.heading'))
  })

  async function visitAccountWithTotp(holder: SecondFactorHolder & { workspace: string }) {
    const begun = await signIn(holder)
    await typeTotp(begun, codeOf(latchkey, holder.key))
    latchkey.clock.advance(30)
    return visitAccount(latchkey, holder.address, begun.agent)
  }

  it('is told of to both: the member at every address and of the admin nothing but the workspace', async () => {
    const { holder, admin, userId, reset } = await plant()
    const other = newAddress()
    await latchkey.adapters.data.scoped(asSystem, ({ accounts }) =>
      accounts.addAddress({ id: crypto.randomUUID(), userId, address: other, verifiedAt: latchkey.clock.now() }),
    )
    const pass = await reset()
    for (const address of [holder.address, other]) await expectNotices(latchkey, address, say('mail.notice.factors-reset'))
    await expectNotices(latchkey, admin, say('mail.notice.access-pass-made'))
    const mails = [...(await readNotices(latchkey, holder.address)), ...(await readNotices(latchkey, admin))]
    for (const { text } of mails) expect(text).not.toContain(pass)
    const told = mails.find(({ subject }) => subject.includes(say('mail.notice.factors-reset')))
    expect(told?.text).toContain('Fieldworks')
    expect(told?.text).not.toContain(admin)
    expect(mails.find(({ subject }) => subject.includes(say('mail.notice.access-pass-made')))?.text).toContain(holder.address)
  })

  it('is good once, and without something set up the next sign-in needs another', async () => {
    const { holder, reset } = await plant()
    const pass = await reset()
    const begun = await signIn(holder)
    await typePass(begun, pass)
    expect(arrived(await continueFrom(begun))).toBe(true)
    const again = await signIn(holder)
    expect(headingOf(again.next)).toBe(say('access-pass-over.heading'))
    expect(arrived(await typePass(again, pass))).toBe(false)
    expect(arrived(await continueFrom(again))).toBe(false)
    latchkey.clock.advance(mailPauseSeconds)
    const second = await reset()
    expect(headingOf(await typePass(again, pass))).not.toBe(say('access-pass-used.heading'))
    const third = await signIn(holder)
    expect(headingOf(await typePass(third, second))).toBe(say('access-pass-used.heading'))
  })

  it('lets in one of twenty who type it at once', async () => {
    const { holder, reset } = await plant()
    const pass = await reset()
    // One after the other, each with its own mail, as many as a recipient gets.
    const begun = [await signIn(holder), await signIn(holder)]
    latchkey.clock.advance(mailPauseSeconds)
    begun.push(await signIn(holder), await signIn(holder))
    expect(begun.map(({ next }) => headingOf(next))).toEqual(begun.map(() => say('access-pass-step.heading')))
    const answers = await Promise.all(begun.flatMap(each => Array.from({ length: 5 }, () => typePass(each, pass))))
    const homes = answers.filter(page => headingOf(page) === say('access-pass-used.heading')).map(({ url }) => url)
    const winners = await Promise.all(begun.map(async each => arrived(await continueFrom(each))))
    expect(homes.length).toBeGreaterThan(0)
    expect(winners.filter(Boolean)).toHaveLength(1)
  })

  it('lasts a short time, and a mailbox alone does not lead in when it is over', async () => {
    const { holder, reset } = await plant()
    const pass = await reset()
    latchkey.clock.advance(accessPassSeconds)
    const begun = await signIn(holder)
    expect(headingOf(begun.next)).toBe(say('access-pass-over.heading'))
    expect(headingOf(await typePass(begun, pass))).toBe(say('access-pass-over.heading'))
    for (const path of ['', '/enrol', '?later', '?with=email', '?with=totp'])
      expect(arrived(await begun.agent.follow(await begun.agent.get(`${begun.home}${path}`)))).toBe(false)
    expect((await begun.agent.get(`${begun.home}/enrol/totp`)).body).not.toContain('typed-key')
  })

  it('is not guessed: tries are slowed down as those of other codes are', async () => {
    const { holder, reset } = await plant()
    const pass = await reset()
    const begun = await signIn(holder)
    for (let count = 0; count < 4; count += 1)
      expect((await typePass(begun, notThePass)).body).toContain(say('access-pass-step.wrong'))
    for (const typed of [notThePass, pass])
      expect((await typePass(begun, typed)).body).toContain('Too many wrong codes in a row.')
    latchkey.clock.advance(30)
    expect(headingOf(await typePass(begun, pass))).toBe(say('access-pass-used.heading'))
  })

  it('is never enough for a passkey, and may make one', async () => {
    const { holder, reset } = await plant()
    const pass = await reset()
    const begun = await signIn(holder, { acr_values: 'phr' })
    await typePass(begun, pass)
    const choice = await continueFrom(begun)
    expect(arrived(choice)).toBe(false)
    expect(headingOf(await begun.agent.follow(await begun.agent.get(begun.home)))).toBe(say('choose-enrolment.heading'))
    const authenticator = createSoftwareAuthenticator({ origin: latchkey.issuer })
    await begun.agent.follow(await enrolPasskey(begun.agent, begun.home, authenticator))
    expect(arrived(await begun.agent.follow(await begun.agent.post(`${begun.home}/recovery-codes/kept`)))).toBe(true)
  })

  it('is written down, without the pass', async () => {
    const { holder, workspaceId, userId, reset } = await plant()
    const pass = await reset()
    const begun = await signIn(holder)
    await typePass(begun, notThePass)
    await typePass(begun, pass)
    const { data } = latchkey.adapters
    const events = await data.read(asSystem, ({ auditEvents }) =>
      auditEvents.listForUser(userId, ['factors.reset', 'access-pass.made', 'access-pass.refused', 'access-pass.used'], 10),
    )
    const told = events.map(({ action }) => action)
    expect(told.slice(0, 2)).toEqual(['access-pass.used', 'access-pass.refused'])
    // One act, at one moment.
    expect(new Set(told.slice(2))).toEqual(new Set(['access-pass.made', 'factors.reset']))
    expect(events.every(event => event.workspaceId === workspaceId)).toBe(true)
    expect(JSON.parse(events.find(({ action }) => action === 'factors.reset')?.disclosures['before']?.value ?? '')).toEqual({
      passkeys: 0,
      authenticator_apps: 1,
      recovery_codes: 10,
    })
    expect(JSON.stringify(events)).not.toContain(pass)
    expect(JSON.stringify(events)).not.toContain(pass.replaceAll('-', ''))
  })

  it('leaves nothing behind where what was set up with it is taken away later', async () => {
    const { holder, userId, reset } = await plant()
    const pass = await reset()
    const begun = await signIn(holder)
    await typePass(begun, pass)
    await enrolTotp(latchkey, begun)
    await begun.agent.follow(await begun.agent.post(`${begun.home}/recovery-codes/kept`))
    const { data } = latchkey.adapters
    const [device] = await data.read(asSystem, ({ totpDevices }) => totpDevices.listForUser(userId))
    const visitor = await visitAccount(latchkey, holder.address, begun.agent)
    await visitor.submit(`/account/ways-in/apps/${device?.id}/remove`)
    expect(await data.read(asSystem, ({ accessPasses }) => accessPasses.find(userId))).toBeUndefined()
    expect(arrived((await signIn(holder)).next)).toBe(true)
  })

  describe('nobody resets', () => {
    const refuse = (code: string) => ({ code })

    it('what protects another workspace too', async () => {
      const { holder, workspaceId, adminId, userId } = await plant()
      await gather(latchkey, [{ address: holder.address, roles: ['viewer'] }])
      await expect(resetFactors(latchkey, { workspaceId, userId, by: adminId })).rejects.toMatchObject(refuse('member-elsewhere'))
      const kept = await latchkey.adapters.data.read(asSystem, ({ totpDevices }) => totpDevices.listForUser(userId))
      expect(kept).toHaveLength(1)
    })

    it('their own, or those of who may do more than they, or of who is no member', async () => {
      const { workspaceId, adminId, userId } = await plant()
      const manager = newAddress()
      await signUp(latchkey, manager)
      const other = await gather(latchkey, [{ address: manager, roles: ['manager'] }])
      const managerId = other.idOf(manager)
      await latchkey.adapters.data.scoped(asSystem, ({ workspaces }) =>
        workspaces.addMember({ workspaceId, userId: managerId, roles: ['manager'], createdAt: latchkey.clock.now() }),
      )
      const attempt = (by: string, target: string, where = workspaceId) =>
        resetFactors(latchkey, { workspaceId: where, userId: target, by })
      await expect(attempt(adminId, adminId)).rejects.toMatchObject(refuse('forbidden'))
      await expect(attempt(userId, adminId)).rejects.toMatchObject(refuse('forbidden'))
      await expect(attempt(managerId, adminId)).rejects.toMatchObject(refuse('more-than-own'))
      await expect(attempt(managerId, userId, other.workspaceId)).rejects.toMatchObject(refuse('not-found'))
      await expect(attempt(adminId, 'nobody')).rejects.toMatchObject(refuse('not-found'))
      expect(await attempt(managerId, userId)).toMatchObject({ pass: expect.any(String) })
    })
  })
})
