/** An account elsewhere becomes a way in by an act of whoever is signed in, freshly, and ends by another. */
import { expect, it } from 'vitest'
import { withoutRequest } from '../../provider/audit/record.ts'
import { createSessionEnder } from '../../provider/oidc/end-sessions.ts'
import { speak } from '../../views/messages.ts'
import { asksToSignIn, expectNotices, isSignIn, linksIn, visitAccount } from '../support/account.ts'
import type { Agent, Response } from '../support/agent.ts'
import { answerLink, comeBack, googlePerson, proveAddress, signInWith, useFederation } from '../support/federation.ts'
import { codeOf, keyIn } from '../support/second-steps.ts'
import { headingOf, newAddress, newAgentBehindProxy, returned } from '../support/sign-in.ts'

const { say } = speak('en')
const federation = useFederation()
const link = '/account/connections/google/link'
const arrived = (page: Response) => returned(page)?.has('code') === true
const open = async (agent: Agent, url: string) => agent.follow(await agent.get(url))

/** Somebody at their account who has gone to Google to link it; answers what brings them back. */
async function leave() {
  const visitor = await visitAccount(federation.latchkey)
  expect(linksIn(await visitor.open('/account/ways-in'), link)).toEqual([link])
  expect(headingOf(await visitor.open(link))).toBe(say('account.confirm.link.heading'))
  const left = await visitor.send(link)
  expect(new URL(left.location ?? '').origin).toBe(federation.google.origin)
  return { visitor, back: await comeBack(visitor.agent, left) }
}

it('is linked, told to every address, and leads in from then on, until it is unlinked', async () => {
  const person = googlePerson({ email: 'somewhere-else@gmail.com' })
  federation.google.person = person
  const { visitor, back } = await leave()
  const done = await open(visitor.agent, back)
  expect(new URL(done.url).pathname).toBe('/account/ways-in')
  expect(done.body).toContain(say('account.done.linked'))
  await expectNotices(federation.latchkey, visitor.address, say('mail.notice.service-linked'))
  const { agent, next } = await signInWith(federation, 'google')
  expect(arrived(next)).toBe(true)
  expect((await open(agent, `${federation.latchkey.issuer}/account`)).body).toContain(visitor.address)

  const [unlink = ''] = linksIn(await visitor.open('/account/ways-in'), '/unlink')
  expect((await visitor.submit(unlink)).body).toContain(say('account.done.unlinked'))
  await expectNotices(federation.latchkey, visitor.address, say('mail.notice.service-unlinked'))
  federation.google.person = { ...person, email: visitor.address }
  expect(headingOf((await signInWith(federation, 'google')).next)).toBe(say('prove-address.heading'))
})

it('asks for a fresh sign-in before', async () => {
  const visitor = await visitAccount(federation.latchkey)
  federation.latchkey.clock.advance(601)
  const asked = await visitor.send(link)
  federation.latchkey.clock.advance(-601)
  expect(asksToSignIn(asked)).toBe(true)
})

it('asks for one again where what was shown before leaving is not enough any more when the answer comes', async () => {
  const { clock } = federation.latchkey
  federation.google.person = googlePerson()
  const slow = await leave()
  const elsewhere = await visitAccount(federation.latchkey, slow.visitor.address)
  const key = keyIn(await elsewhere.open('/account/ways-in/add/totp'))
  await elsewhere.submit('/account/ways-in/add/totp', { code: codeOf(federation.latchkey, key) })
  const refused = await slow.visitor.agent.get(slow.back)
  expect(new URL(refused.location ?? '', federation.latchkey.issuer).pathname).toBe(link)
  expect(asksToSignIn(await slow.visitor.agent.get(`${federation.latchkey.issuer}${link}`))).toBe(true)
  expect(linksIn(await elsewhere.open('/account/ways-in'), '/unlink')).toEqual([])

  // What was proved before the owner took the factor away again counts no more.
  const outdated = await leave()
  clock.advance(2)
  const owner = await visitAccount(federation.latchkey, outdated.visitor.address)
  const another = keyIn(await owner.open('/account/ways-in/add/totp'))
  await owner.submit('/account/ways-in/add/totp', { code: codeOf(federation.latchkey, another) })
  const [remove = ''] = linksIn(await owner.open('/account/ways-in'), '/remove')
  await owner.submit(remove)
  expect((await outdated.visitor.agent.get(outdated.back)).location).toContain(link)
  expect(linksIn(await owner.open('/account/ways-in'), '/unlink')).toEqual([])
  clock.advance(-2)

  const late = await visitAccount(federation.latchkey)
  clock.advance(500)
  const left = await comeBack(late.agent, await late.send(link))
  clock.advance(200)
  federation.google.clockOffsetSeconds = 700
  const later = await open(late.agent, left)
  clock.advance(-700)
  expect(isSignIn(later)).toBe(true)
})

it('is not made a way in by whoever asked for it before the owner signed out everywhere', async () => {
  const { latchkey } = federation
  const owner = await visitAccount(latchkey)
  federation.google.person = googlePerson({ email: owner.address })
  const thief = await signInWith(federation, 'google')
  const asked = await proveAddress(federation, thief, owner.address)
  expect(headingOf(asked)).toContain('Link your Google account to')
  latchkey.clock.advance(1)
  await owner.submit('/account/secure')
  expect(arrived(await answerLink(thief, asked, 'yes'))).toBe(false)
  const back = await visitAccount(latchkey, owner.address)
  expect(linksIn(await back.open('/account/ways-in'), '/unlink')).toEqual([])
})

it('is not begun by another site', async () => {
  const visitor = await visitAccount(federation.latchkey)
  const forged = await visitor.agent.post(`${federation.latchkey.issuer}${link}`, {}, { origin: 'https://evil.example' })
  expect(forged.status).toBe(403)
})

it('is for the session in which it was asked for, and for no other, nor for another browser', async () => {
  federation.google.person = googlePerson()
  const { visitor, back } = await leave()
  expect(headingOf(await newAgentBehindProxy().get(back))).toBe(say('upstream-refused.mix-up.heading'))
  // Somebody else is signed in in that browser by then.
  const { adapters, clock } = federation.latchkey
  const asSystem = { kind: 'system', reason: 'sign-in' } as const
  const user = await adapters.data.read(asSystem, ({ users }) => users.findByAddress(visitor.address))
  const circumstances = withoutRequest({ kind: 'system', reason: 'job' }, clock.now)
  const ender = createSessionEnder({ ...adapters, clock: clock.now })
  await ender.endOtherSessions(user?.id ?? '', undefined, { reason: 'ended-elsewhere', circumstances })
  const other = await visitAccount(federation.latchkey, newAddress(), visitor.agent)
  expect((await visitor.agent.get(back)).status).toBe(401)
  expect(linksIn(await other.open('/account/ways-in'), '/unlink')).toEqual([])
})

it('is not taken away from somebody else, and linking one’s own again changes nothing', async () => {
  federation.google.person = googlePerson()
  expect(arrived((await signInWith(federation, 'google')).next)).toBe(true)
  const { visitor, back } = await leave()
  const taken = await open(visitor.agent, back)
  expect([taken.status, headingOf(taken)]).toEqual([400, say('upstream-refused.somebody-elses.heading', { service: 'Google' })])
  expect(linksIn(taken, '/account/ways-in')).toHaveLength(1)

  federation.google.person = googlePerson()
  const mine = await leave()
  expect((await open(mine.visitor.agent, mine.back)).body).toContain(say('account.done.linked'))
  const again = await comeBack(mine.visitor.agent, await mine.visitor.send(link))
  expect((await open(mine.visitor.agent, again)).body).toContain(say('account.done.linked'))
  expect(linksIn(await mine.visitor.open('/account/ways-in'), '/unlink')).toHaveLength(1)
})

it('says so where the person refuses there', async () => {
  federation.google.person = googlePerson()
  federation.google.consent = 'refuse'
  const { visitor, back } = await leave()
  const refused = await open(visitor.agent, back)
  expect(headingOf(refused)).toBe(say('upstream-refused.consent-refused.heading', { service: 'Google' }))
  expect(linksIn(await visitor.open('/account/ways-in'), '/unlink')).toEqual([])
})

it('there is no page for a connection that is not configured', async () => {
  const visitor = await visitAccount(federation.latchkey)
  expect((await visitor.open('/account/connections/gitlab/link')).status).toBe(404)
  expect((await visitor.send('/account/connections/gitlab/link')).status).toBe(404)
})
