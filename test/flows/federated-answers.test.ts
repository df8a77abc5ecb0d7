/** Whatever comes back from an upstream other than an answer to this very question signs nobody in, and a page says what happened. */
import { beforeAll, describe, expect, it } from 'vitest'
import { keptSeconds } from '../../provider/connections/client.ts'
import { speak } from '../../views/messages.ts'
import type { Agent, Response } from '../support/agent.ts'
import {
  comeBack,
  googlePerson,
  leaveFor,
  microsoftPerson,
  openFirstPage,
  type Service,
  signInWith,
  useFederation,
} from '../support/federation.ts'
import { formActions, headingOf, newAgentBehindProxy, returned } from '../support/sign-in.ts'
import { signToken } from '../support/forged-tokens.ts'

const { say } = speak('en')
const arrived = (page: Response) => returned(page)?.has('code') === true
const refused = (reason: 'expired' | 'mix-up') => say(`upstream-refused.${reason}.heading`)
const federation = useFederation()

beforeAll(() => {
  federation.google.person = googlePerson()
  federation.microsoft.person = microsoftPerson()
})

/** Somebody who is at the upstream, about to be sent back to `back`. */
async function leave(service: Service = 'google', agent: Agent = newAgentBehindProxy()) {
  const begun = await openFirstPage(federation, { agent })
  return { ...begun, back: await comeBack(agent, await leaveFor(service, begun)) }
}

const open = async (agent: Agent, url: string) => agent.follow(await agent.get(url))

describe('an answer', () => {
  it('is good once, and its code and state are gone from the address bar', async () => {
    const { agent, back, home } = await leave()
    const answered = await agent.get(back)
    expect([answered.status, answered.location]).toEqual([303, home])
    expect(arrived(await open(agent, home))).toBe(true)
    const replayed = await agent.get(back)
    expect([replayed.status, headingOf(replayed)]).toEqual([400, refused('expired')])
  })

  it('comes along with the cookie of the browser although another site sends it', async () => {
    const { agent, back } = await leave()
    const cookie = (await agent.get(`${federation.latchkey.issuer}/`)).headers['set-cookie'] ?? []
    expect(cookie.join()).not.toContain('SameSite=Strict')
    expect((await agent.get(back, { 'sec-fetch-site': 'cross-site' })).status).toBe(303)
  })

  it('is taken by one of many at once', async () => {
    const { agent, back } = await leave()
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await agent.get(back)).status))
    expect(statuses.filter(status => status === 303)).toHaveLength(1)
  })

  it('is for the browser that left; another one takes nothing away', async () => {
    const { agent, back } = await leave()
    const stranger = await newAgentBehindProxy().get(back)
    expect([stranger.status, headingOf(stranger)]).toEqual([400, refused('mix-up')])
    expect(arrived(await open(agent, back))).toBe(true)
  })

  it('of a stranger signs nobody in in a browser that is at the upstream too', async () => {
    const [mine, theirs] = [await leave(), await leave()]
    const given = await mine.agent.get(theirs.back)
    expect(headingOf(given)).toBe(refused('mix-up'))
    expect(headingOf(await open(mine.agent, mine.home))).toBe(say('upstream-away.heading', { service: 'Google' }))
  })

  it('belongs to the connection that was asked: begun at one it is not finished at the other', async () => {
    const { agent, back } = await leave()
    const mixedUp = await agent.get(back.replace('/callback/google', '/callback/microsoft'))
    expect([mixedUp.status, headingOf(mixedUp)]).toEqual([400, refused('mix-up')])
    expect(arrived(await open(agent, back))).toBe(true)
  })

  it('names its issuer (RFC 9207): one that names another, or none, is refused', async () => {
    for (const issuer of ['https://evil.example', undefined]) {
      const { agent, back } = await leave()
      const url = new URL(back)
      if (issuer === undefined) url.searchParams.delete('iss')
      else url.searchParams.set('iss', issuer)
      expect(headingOf(await open(agent, url.href))).toBe(refused('mix-up'))
    }
  })

  it('without a state, or with two, is none', async () => {
    const { agent, back } = await leave()
    const [without, twice] = [new URL(back), new URL(back)]
    without.searchParams.delete('state')
    twice.searchParams.append('state', 'another')
    for (const { href } of [without, twice]) expect(headingOf(await agent.get(href))).toBe(refused('mix-up'))
    expect(arrived(await open(agent, back))).toBe(true)
  })

  it('that only asks for the headers takes nothing away', async () => {
    const { agent, back } = await leave()
    expect((await agent.send(back, { method: 'HEAD' })).status).toBe(405)
    expect(arrived(await open(agent, back))).toBe(true)
  })

  it('comes too late after ten minutes, and the sign-in goes on', async () => {
    const { agent, home, back } = await leave()
    federation.latchkey.clock.advance(keptSeconds + 1)
    const late = await open(agent, back)
    federation.latchkey.clock.advance(-(keptSeconds + 1))
    expect(headingOf(late)).toBe(refused('expired'))
    expect(formActions(late)).toContain(`${home}/google`)
  })

  it('to a sign-in that was given up signs nobody in', async () => {
    const { agent, home, back } = await leave()
    await agent.post(`${home}/change`)
    expect(headingOf(await open(agent, back))).toContain('Sign in to')
  })

  it('to a sign-in that was begun anew in another way signs nobody in', async () => {
    const { agent, home, back } = await leave()
    await agent.post(`${home}/email`, { address: 'somebody@example.com' })
    expect(headingOf(await open(agent, back))).toBe(say('check-mail.heading'))
  })
})

describe('who never got through', () => {
  const headings = async (service: Service = 'google') => {
    const { next, agent, home } = await signInWith(federation, service)
    expect(formActions(next)).toEqual([`${home}/change`, `${home}/${service}`])
    // Loaded again, it still says so; and there is another way.
    expect(headingOf(await open(agent, home))).toBe(headingOf(next))
    expect(headingOf(await agent.follow(await agent.post(`${home}/change`)))).toContain('Sign in to')
    return headingOf(next)
  }
  async function expectReason(
    reason: 'consent-refused' | 'clock-off' | 'keys-unknown' | 'token-unacceptable' | 'upstream-unavailable',
  ): Promise<void> {
    expect(await headings()).toBe(say(`upstream-refused.${reason}.heading`, { service: 'Google' }))
  }

  it('said no there', async () => {
    federation.google.consent = 'refuse'
    await expectReason('consent-refused')
  })

  it('can try again at once', async () => {
    federation.google.consent = 'refuse'
    const { agent, home } = await signInWith(federation, 'google')
    federation.google.consent = 'at-once'
    const back = await comeBack(agent, await leaveFor('google', { agent, home }))
    expect(arrived(await open(agent, back))).toBe(true)
  })

  it('finds a clock there that is off', async () => {
    federation.google.clockOffsetSeconds = 600
    await expectReason('clock-off')
  })

  it('gets a token that says it is of another organisation than its issuer', async () => {
    const other = 'bbbbbbbb-1111-4111-8111-111111111111'
    federation.microsoft.forge = parts => signToken({ ...parts, claims: { ...parts.claims, tid: other } })
    expect(await headings('microsoft')).toBe(say('upstream-refused.token-unacceptable.heading'))
  })

  it('finds keys that are not the published ones, until those are known', async () => {
    const begun = await leave()
    await federation.google.rotateKeys()
    federation.google.behave = { keys: (_request, response) => response.end('{"keys":[]}') }
    const { next } = await signInWith(federation, 'google')
    expect(headingOf(next)).toBe(say('upstream-refused.keys-unknown.heading', { service: 'Google' }))
    expect(headingOf(await open(begun.agent, begun.home))).toBe(say('upstream-away.heading', { service: 'Google' }))
    federation.google.behaveWell()
    await federation.latchkey.restart()
    expect(arrived((await signInWith(federation, 'google')).next)).toBe(true)
  })

  it('cannot even leave where the upstream is down, and goes on in another way', async () => {
    await federation.google.stop()
    await federation.latchkey.restart()
    const begun = await openFirstPage(federation)
    const page = await leaveFor('google', begun)
    expect(headingOf(page)).toBe(say('upstream-refused.upstream-unavailable.heading', { service: 'Google' }))
    expect(headingOf(await begun.agent.follow(await begun.agent.post(`${begun.home}/change`)))).toContain('Sign in to')
    await federation.google.start()
    federation.latchkey.clock.advance(10)
    const back = await comeBack(begun.agent, await leaveFor('google', begun))
    expect(arrived(await open(begun.agent, back))).toBe(true)
  })

  it('finds the upstream down when it is to answer', async () => {
    const begun = await leave()
    federation.google.behave = { token: (_request, response) => response.writeHead(503).end() }
    expect(headingOf(await open(begun.agent, begun.back))).toBe(
      say('upstream-refused.upstream-unavailable.heading', { service: 'Google' }),
    )
  })

  it('gets a token for somebody else’s app', async () => {
    federation.google.forge = parts => signToken({ ...parts, claims: { ...parts.claims, aud: 'another' } })
    await expectReason('token-unacceptable')
  })
})
