/** Nobody's mailbox is flooded through us: limits by recipient, by the sender's address block, and for the whole installation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { visitAccount } from '../support/account.ts'
import { Agent, type Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, startRequest } from '../support/relying-party.ts'
import { beginSignIn, headingOf, listMails, newAddress, newAgentBehindProxy, signUp } from '../support/sign-in.ts'

const { say } = speak('en')
const hour = 3600
const shortly = 300
let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp], on: 'postgres', environment: { TRUSTED_PROXIES: '1' } })
})
afterAll(() => latchkey?.stop())

const from = (address: string) => new Agent(undefined, { 'x-forwarded-for': address })

/** What others have used of a limit. */
async function spend(name: string, points: number, key = 'installation'): Promise<void> {
  const { rateLimiter } = latchkey.adapters
  for (let count = 0; count < points; count += 1) await rateLimiter.consume({ name, points, windowSeconds: hour }, key)
}

/** Asks for a mail in a sign-in of its own. */
async function ask(agent: Agent, address: string, headers: Record<string, string> = {}): Promise<Response> {
  const first = await agent.follow(await agent.get((await startRequest(latchkey.issuer, browserApp)).url))
  return agent.post(`${latchkey.issuer}${new URL(first.url).pathname}/email`, { address }, headers)
}

/** How many of so many askings were accepted. */
async function countAccepted(times: number, agentFor: (count: number) => Agent, addressFor: (count: number) => string) {
  let accepted = 0
  for (let count = 0; count < times; count += 1) {
    const { status } = await ask(agentFor(count), addressFor(count))
    expect([303, 429]).toContain(status)
    if (status === 303) accepted += 1
  }
  return accepted
}

/** What strangers, each at a place of their own, have sent to an address, three every five minutes. */
async function flood(address: string, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    if (count > 0 && count % 3 === 0) latchkey.clock.advance(shortly)
    expect((await ask(newAgentBehindProxy(), address)).status).toBe(303)
  }
}

/** Waits until what was asked for before has been delivered: a mail to somebody else, asked for last, is there. */
async function settle(): Promise<void> {
  await (await beginSignIn(latchkey, { agent: newAgentBehindProxy() })).nextMail()
  await new Promise(resolve => setTimeout(resolve, 300))
}

describe('one recipient', () => {
  it('gets five mails an hour, wherever they are asked for, and nobody who asks is told', async () => {
    const address = newAddress()
    const spellings = [address, address.toUpperCase(), `  ${address} `, address.replace('person', 'PERSON')]
    for (let count = 0; count < 9; count += 1) {
      if (count % 3 === 0) latchkey.clock.advance(shortly)
      expect((await ask(newAgentBehindProxy(), spellings[count % spellings.length] ?? address)).status).toBe(303)
    }
    await settle()
    expect(await listMails(latchkey, address)).toHaveLength(5)
    latchkey.clock.advance(hour)
    await (await beginSignIn(latchkey, { agent: newAgentBehindProxy(), address })).nextMail()
  })

  it('gets three of them at once, where one hour ends and the next begins too', async () => {
    const address = newAddress()
    await flood(address, 1)
    latchkey.clock.advance(hour - 1)
    await flood(address, 1)
    for (let count = 0; count < 4; count += 1) await ask(newAgentBehindProxy(), address)
    latchkey.clock.advance(1)
    for (let count = 0; count < 5; count += 1) await ask(newAgentBehindProxy(), address)
    await settle()
    expect(await listMails(latchkey, address)).toHaveLength(4)
  })

  it('counts new mails for the same attempt too, and those after "another address"', async () => {
    const { agent, home, address } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    for (let count = 2; count <= 6; count += 1) expect((await agent.post(`${home}/again`)).status).toBe(303)
    await agent.post(`${home}/change`)
    expect((await agent.post(`${home}/email`, { address })).status).toBe(303)
    await settle()
    expect(await listMails(latchkey, address)).toHaveLength(3)
  })

  it('loses nothing by a mail that is withheld: the one from before still works', async () => {
    const { agent, home, nextMail, address } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    await nextMail()
    await agent.post(`${home}/again`).then(nextMail)
    await agent.post(`${home}/again`)
    const code = codeIn((await nextMail()).text)
    expect((await agent.post(`${home}/again`)).status).toBe(303)
    expect((await agent.post(`${home}/verify`, { code })).status).toBe(303)
    expect(await listMails(latchkey, address)).toHaveLength(3)
  })

  it('looks the same to a stranger whether mails were sent to her or not', async () => {
    const flooded = newAddress()
    await flood(flooded, 5)
    const look = async (address: string) => {
      const { waiting, home } = await beginSignIn(latchkey, { agent: newAgentBehindProxy(), address })
      const body = waiting.body.replaceAll(address, 'ADDRESS').replaceAll(new URL(home).pathname, 'HOME')
      return { status: waiting.status, headers: Object.keys(waiting.headers).toSorted(), body }
    }
    expect(await look(flooded)).toEqual(await look(newAddress()))
  })

  it('is kept out by nobody: a browser in which she has signed in has mails of its own', async () => {
    const address = newAddress()
    const agent = newAgentBehindProxy()
    await signUp(latchkey, address, agent)
    // Her session is over, and the next day a stranger is at work.
    latchkey.clock.advance(24 * hour)
    await flood(address, 7)
    await settle()
    const before = (await listMails(latchkey, address)).length
    expect(before).toBe(6)
    const begun = await beginSignIn(latchkey, { agent, address, parameters: { prompt: 'login' } })
    await begun.nextMail()
    // And those are bounded too.
    for (let count = 0; count < 5; count += 1) await agent.post(`${begun.home}/again`)
    await settle()
    expect(await listMails(latchkey, address)).toHaveLength(before + 3)
  })
})

describe('one sender', () => {
  it.each([
    ['an IPv4 address', '203.0.113.9', () => '203.0.113.9'],
    [
      'an IPv6 /64, whatever the rest of the address',
      '2001:db8:0:7::/64',
      (count: number) => `2001:db8:0:7:${count}::${(count * 77).toString(16)}`,
    ],
    [
      'IPv4 in whatever spelling',
      '198.51.100.7',
      (count: number) => ['198.51.100.7', '::ffff:198.51.100.7', '[::ffff:c633:6407]:443'][count % 3] ?? '',
    ],
  ])('gets two hundred mails an hour sent: %s', async (_what, block, addressFor) => {
    await spend('mails-from-address-block', 196, block)
    expect(await countAccepted(6, count => from(addressFor(count)), newAddress)).toBe(4)
  })

  it('whoever is signed in and adds an address spends the same', async () => {
    const visitor = await visitAccount(latchkey, newAddress(), from('198.51.100.21'))
    expect((await visitor.send('/account/addresses/add', { address: newAddress() })).status).toBe(303)
    await spend('mails-from-address-block', 200, '198.51.100.21')
    expect((await visitor.send('/account/addresses/add', { address: newAddress() })).status).toBe(429)
  })

  it('takes nothing from its neighbours: another /64 has a limit of its own', async () => {
    expect((await ask(from('2001:db8:0:8::1'), newAddress())).status).toBe(303)
    expect((await ask(from('203.0.113.10'), newAddress())).status).toBe(303)
  })
})

describe('the answer to who asks too often', () => {
  async function refuse(headers: Record<string, string>): Promise<Response> {
    await spend('mails-from-address-block', 200, '203.0.113.77')
    return ask(from('203.0.113.77'), newAddress(), headers)
  }

  it('to a browser is a page in plain words that says how long to wait, and a Retry-After', async () => {
    const page = await refuse({ accept: 'text/html' })
    expect(page.status).toBe(429)
    expect(Number(page.headers['retry-after'])).toBeGreaterThan(3000)
    expect(Number(page.headers['retry-after'])).toBeLessThanOrEqual(hour)
    expect(headingOf(page)).toBe(say('error.too-many-requests.title'))
    expect(page.body).toMatch(/60 minutes|1 hour|an hour/)
    expect(page.headers['cache-control']).toBe('no-store')
  })

  it('to a program is a problem document, with a Retry-After', async () => {
    const answer = await refuse({ accept: 'application/json' })
    expect(answer.status).toBe(429)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(3000)
    expect(answer.headers['content-type']).toBe('application/problem+json')
    expect(JSON.parse(answer.body)).toMatchObject({ status: 429, code: 'too-many-requests' })
  })
})

describe('the whole installation', () => {
  it('has a limit of mails', async () => {
    const visitor = await visitAccount(latchkey)
    await spend('mails-of-installation', 50_000)
    expect((await visitor.send('/account/addresses/add', { address: newAddress() })).status).toBe(429)
    expect((await ask(newAgentBehindProxy(), newAddress())).status).toBe(429)
    latchkey.clock.advance(hour)
    expect((await ask(newAgentBehindProxy(), newAddress())).status).toBe(303)
  })

  it('and one of codes that are tried', async () => {
    const { agent, home, nextMail } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const code = codeIn((await nextMail()).text)
    await spend('code-tries-of-installation', 20_000)
    expect((await agent.post(`${home}/verify`, { code })).status).toBe(429)
    latchkey.clock.advance(60)
    expect((await agent.post(`${home}/verify`, { code })).status).toBe(429)
  })

  it('which nobody uses up without a code that is compared', async () => {
    latchkey.clock.advance(hour)
    await spend('code-tries-of-installation', 19_999)
    const other = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const verify = (code: string) => other.agent.post(`${other.home}/verify`, { code })
    for (const code of ['', ' ', 'AEIOU', 'B'.repeat(9)]) expect((await verify(code)).status).toBe(400)
    await other.agent.post(`${other.home}/change`)
    for (let count = 0; count < 5; count += 1) await verify('BBBBBBBB')
    const late = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    latchkey.clock.advance(601)
    expect((await late.agent.post(`${late.home}/verify`, { code: 'BBBBBBBB' })).status).toBe(400)
    const { agent, home, nextMail } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    const code = codeIn((await nextMail()).text)
    expect((await agent.post(`${home}/verify`, { code })).status).toBe(303)
  })
})
