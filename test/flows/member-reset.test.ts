/** On the page of a member who has lost what they sign in with: an admin resets it, and is shown a pass for them once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { asksToSignIn, expectNotices } from '../support/account.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { asSystem } from '../support/records.ts'
import { browserApp } from '../support/relying-party.ts'
import { signInByMail, signUpWithTotp } from '../support/second-steps.ts'
import { headingOf, readNotices } from '../support/sign-in.ts'
import { type Colleague, foundWith, visitAsColleague } from '../support/colleagues.ts'

const { say } = speak('en')
const passPattern = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/
const freshSeconds = 600

describe.each(['embedded', 'postgres'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  let admin: Colleague
  let manager: Colleague
  let viewer: Colleague
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on, environment: { TRUSTED_PROXIES: '1' } })
    admin = await visitAsColleague(latchkey)
    manager = await visitAsColleague(latchkey)
    viewer = await visitAsColleague(latchkey)
  })
  afterAll(() => latchkey?.stop())

  /** A workspace with somebody in it who has an authenticator app. */
  async function found() {
    const { address } = await signUpWithTotp(latchkey)
    const user = await latchkey.adapters.data.read(asSystem, ({ users }) => users.findByAddress(address))
    const holder = { address, userId: user?.id ?? '' }
    const workspace = await foundWith(latchkey, [
      [admin, 'admin'],
      [manager, 'manager'],
      [viewer, 'viewer'],
      [holder, 'viewer'],
    ])
    const pageOf = ({ userId }: { userId: string }) => `${workspace.path}/members/${userId}`
    return { ...workspace, holder, pageOf, form: `${pageOf(holder)}/reset` }
  }
  const countApps = async ({ userId }: { userId: string }) =>
    (await latchkey.adapters.data.read(asSystem, ({ totpDevices }) => totpDevices.listForUser(userId))).length

  it('the admin is asked first, is shown the pass once, and the member gets in with it', async () => {
    const { holder, slug, pageOf, form } = await found()
    expect((await admin.open(pageOf(holder))).body).toContain(`href="${form}"`)
    const question = await admin.open(form)
    for (const words of [holder.address, 'Both of you are told by e-mail.']) expect(question.body).toContain(words)
    expect(await countApps(holder)).toBe(1)

    const shown = await admin.send(form)
    expect([shown.status, headingOf(shown)]).toEqual([200, say('console.pass.heading')])
    expect(shown.headers['cache-control']).toContain('no-store')
    expect(shown.body).toContain('One sign-in, within')
    const [pass = ''] = passPattern.exec(shown.body) ?? []
    expect(await countApps(holder)).toBe(0)
    for (const page of [form, pageOf(holder)]) expect((await admin.open(page)).body).not.toMatch(passPattern)
    await expectNotices(latchkey, holder.address, say('mail.notice.factors-reset'))
    await expectNotices(latchkey, admin.address, say('mail.notice.access-pass-made'))
    for (const { text } of await readNotices(latchkey, admin.address)) expect(text).not.toContain(pass)

    const { agent, home, next } = await signInByMail(latchkey, { address: holder.address, parameters: { workspace: slug } })
    expect(headingOf(next)).toBe(say('access-pass-step.heading'))
    const used = await agent.follow(await agent.post(`${home}/verify`, { method: 'access-pass', code: pass }))
    expect(headingOf(used)).toBe(say('access-pass-used.heading'))
  })

  it('a second reset makes another pass, and the log of the workspace says each', async () => {
    const { form, path } = await found()
    const [first] = passPattern.exec((await admin.send(form)).body) ?? []
    const [second] = passPattern.exec((await admin.send(form)).body) ?? []
    expect(second).not.toBe(first)
    const log = await admin.open(`${path}/audit`)
    for (const action of ['factors.reset', 'access-pass.made'] as const)
      expect(log.body).toContain(say(`console.action.${action}`))
    expect(log.body).not.toMatch(passPattern)
  })

  it('is refused in words where they are a member of another workspace too', async () => {
    const { holder, form, path } = await found()
    await foundWith(latchkey, [[holder, 'viewer']])
    const answer = await admin.send(form)
    expect([answer.status, headingOf(answer)]).toEqual([409, say('error.member-elsewhere.title')])
    expect(answer.body).toContain(`href="${path}/members"`)
    expect(await countApps(holder)).toBe(1)
  })

  it('nobody resets their own there: the page says where they are', async () => {
    const { pageOf } = await found()
    expect((await admin.open(pageOf(admin))).body).not.toContain(`${pageOf(admin)}/reset`)
    for (const answer of [
      await admin.agent.get(`${latchkey.issuer}${pageOf(admin)}/reset`),
      await admin.send(`${pageOf(admin)}/reset`),
    ]) {
      expect([answer.status, headingOf(answer)]).toEqual([403, say('console.own-ways.heading')])
      expect(answer.body).toContain('href="/account/ways-in"')
    }
  })

  it('a manager resets nobody who may do more, and a viewer nobody at all', async () => {
    const { holder, pageOf, form } = await found()
    const over = await manager.send(`${pageOf(admin)}/reset`)
    expect([over.status, headingOf(over)]).toEqual([403, say('error.more-than-own.title')])
    const none = await viewer.send(form)
    expect([none.status, headingOf(none)]).toEqual([403, say('error.forbidden.title')])
    expect(await countApps(holder)).toBe(1)
    expect((await admin.send(`${pageOf({ userId: crypto.randomUUID() })}/reset`)).status).toBe(404)
  })

  it('needs a sign-in that is fresh', async () => {
    const { holder, form } = await found()
    latchkey.clock.advance(freshSeconds + 1)
    expect(asksToSignIn(await admin.send(form))).toBe(true)
    expect(await countApps(holder)).toBe(1)
  })
})
