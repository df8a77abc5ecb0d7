/** Nobody's mailbox is flooded through us: limits by recipient, by the sender's address block, and for the whole installation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { Agent, type Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, startRequest } from '../support/relying-party.ts'
import { beginSignIn, headingOf, listMails, newAddress, newAgentBehindProxy } from '../support/sign-in.ts'

const { say } = speak('en')
const hour = 3600
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

/** How many of so many askings were answered with a mail on its way. */
async function countAccepted(times: number, agentFor: (count: number) => Agent, addressFor: (count: number) => string) {
  let accepted = 0
  for (let count = 0; count < times; count += 1) {
    const { status } = await ask(agentFor(count), addressFor(count))
    expect([303, 429]).toContain(status)
    if (status === 303) accepted += 1
  }
  return accepted
}

describe('one recipient', () => {
  it('gets five mails an hour, wherever they are asked for', async () => {
    const address = newAddress()
    const spellings = [address, address.toUpperCase(), `  ${address} `, address.replace('person', 'PERSON')]
    const accepted = await countAccepted(
      9,
      () => newAgentBehindProxy(),
      count => spellings[count % spellings.length] ?? address,
    )
    expect(accepted).toBe(5)
    await expect.poll(() => listMails(latchkey, address)).toHaveLength(5)
    latchkey.clock.advance(hour)
    expect((await ask(newAgentBehindProxy(), address)).status).toBe(303)
  })

  it('counts new mails for the same attempt too, and those after "another address"', async () => {
    const { agent, home, address } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    for (let count = 2; count <= 5; count += 1) expect((await agent.post(`${home}/again`)).status).toBe(303)
    expect((await agent.post(`${home}/again`)).status).toBe(429)
    await agent.post(`${home}/change`)
    expect((await agent.post(`${home}/email`, { address })).status).toBe(429)
    await expect.poll(() => listMails(latchkey, address)).toHaveLength(5)
  })

  it('loses nothing by a refusal: the mail from before still works', async () => {
    const { agent, home, nextMail } = await beginSignIn(latchkey, { agent: newAgentBehindProxy() })
    await nextMail()
    for (let count = 2; count <= 4; count += 1) await agent.post(`${home}/again`).then(nextMail)
    await agent.post(`${home}/again`)
    const code = codeIn((await nextMail()).text)
    expect((await agent.post(`${home}/again`)).status).toBe(429)
    expect((await agent.post(`${home}/verify`, { code })).status).toBe(303)
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

  it('takes nothing from its neighbours: another /64 has a limit of its own', async () => {
    expect((await ask(from('2001:db8:0:8::1'), newAddress())).status).toBe(303)
    expect((await ask(from('203.0.113.10'), newAddress())).status).toBe(303)
  })
})

describe('the answer', () => {
  async function refuse(headers: Record<string, string>): Promise<Response> {
    const address = newAddress()
    for (let count = 0; count < 5; count += 1) await ask(newAgentBehindProxy(), address)
    return ask(newAgentBehindProxy(), address, headers)
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
    await spend('mails-of-installation', 50_000)
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

  async function spend(name: string, points: number): Promise<void> {
    const { rateLimiter } = latchkey.adapters
    for (let count = 0; count < points; count += 1)
      await rateLimiter.consume({ name, points, windowSeconds: hour }, 'installation')
  }
})
