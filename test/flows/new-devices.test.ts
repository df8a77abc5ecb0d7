/** A sign-in in a browser that is new beside others is told to every address of the person; a known one is met with what was used last. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryRateLimiter } from '../../adapters/memory/rate-limiter.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { createNoticeBudget } from '../../provider/users/notice-budget.ts'
import { createNotices, type Notice } from '../../provider/users/notices.ts'
import { visitAccount } from '../support/account.ts'
import { Agent } from '../support/agent.ts'
import { redeem, signIn, tokensOf } from '../support/code-flow.ts'
import { readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { linkIn, serverApp, startRequest } from '../support/relying-party.ts'
import { beginSignIn, newAddress, newAgentBehindProxy, readNotices, returned } from '../support/sign-in.ts'
import { writeGeoipFile } from '../support/geoip.ts'

const asSystem = { kind: 'system', reason: 'sign-in' } as const
let latchkey: RunningLatchkey
let directory: string
const agents: Agent[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'latchkey-geoip-'))
  const names = {
    city: { names: { en: 'Bern', fr: 'Berne' } },
    country: { iso_code: 'CH', names: { en: 'Switzerland', fr: 'Suisse' } },
  }
  await writeFile(join(directory, 'cities.mmdb'), writeGeoipFile({ '198.51.100.0/24': names }))
  latchkey = await startLatchkey({
    apps: [serverApp],
    on: 'postgres',
    environment: { TRUSTED_PROXIES: '1', GEO_HEADER: 'CF-IPCountry', GEOIP_FILE: join(directory, 'cities.mmdb') },
  })
})
afterAll(async () => {
  for (const agent of agents) agent.close()
  await latchkey?.stop()
  if (directory !== undefined) await rm(directory, { recursive: true, force: true })
})

function newAgent(headers?: Record<string, string>): Agent {
  const agent = headers === undefined ? newAgentBehindProxy() : new Agent(undefined, headers)
  agents.push(agent)
  return agent
}

/** Signs in; a minute later than the last time, so that no limit is in the way. */
async function enter(agent: Agent, address: string): Promise<string> {
  latchkey.clock.advance(301)
  const tokens = tokensOf(
    await redeem(latchkey, serverApp, await signIn(latchkey, agent, serverApp, address, { prompt: 'login' })),
  )
  return decodeJwt(tokens.idToken).sub ?? ''
}

const expectNotices = async (address: string, count: number) => {
  await expect.poll(async () => (await readNotices(latchkey, address)).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count)
  const notices = await readNotices(latchkey, address)
  expect(notices).toHaveLength(count)
  return notices
}

describe('a browser that is new beside others', () => {
  it('is told to every address, once: what, when, from which device, and what to do', async () => {
    const [address, other] = [newAddress(), newAddress()]
    const first = newAgent()
    const userId = await enter(first, address)
    await latchkey.adapters.data.scoped(asSystem, ({ accounts }) =>
      accounts.addAddress({ id: newId(), userId, address: other, verifiedAt: latchkey.clock.now() }),
    )
    const second = newAgent()
    await enter(second, address)
    for (const recipient of [address, other]) {
      const [notice] = await expectNotices(recipient, 1)
      expect(notice?.to).toEqual({ name: '', address: recipient })
      expect(notice?.subject).toBe('Latchkey: A sign-in from a new device')
      for (const part of [notice?.text ?? '', notice?.html ?? '']) {
        expect(part).toContain('Firefox · Linux')
        expect(part).toMatch(/\d+ \w+ \d{4} at \d\d:\d\d UTC/)
        expect(part).toContain(`${latchkey.issuer}/account/secure`)
      }
      // Nothing in it is a key to anything.
      expect(notice?.text).not.toMatch(/[\w-]{30,}/)
      expect(notice?.text.match(/https?:\S+/g)).toEqual([`${latchkey.issuer}/account/secure`])
    }
    // Both are known from now on, also when somebody signs in there once more.
    await enter(first, address)
    await enter(second, address)
    await enter(newAgent(), newAddress())
    await expectNotices(address, 1)
  })

  it('is told in the language of the person, with the place in its words', async () => {
    const address = newAddress()
    await enter(newAgent({ 'accept-language': 'fr', 'x-forwarded-for': '198.51.100.7' }), address)
    await enter(newAgent({ 'accept-language': 'de', 'x-forwarded-for': '198.51.100.8' }), address)
    const [notice] = await expectNotices(address, 1)
    expect(notice?.language).toBe('fr')
    expect(notice?.subject).toMatch(/^Latchkey\s: Une connexion depuis un nouvel appareil$/)
    expect(notice?.text).toMatch(/^Lieu\s: Berne, Suisse$/m)
  })

  it('is not told to whoever signs in for the first time', async () => {
    const address = newAddress()
    await enter(newAgent(), address)
    await enter(newAgent(), newAddress())
    expect(await readNotices(latchkey, address)).toEqual([])
  })

  it('is told once where two tabs complete the sign-in at the same moment', async () => {
    const address = newAddress()
    await enter(newAgent(), address)
    latchkey.clock.advance(301)
    const begun = await beginSignIn(latchkey, { agent: newAgent(), address, app: serverApp })
    await begun.agent.post(linkIn((await begun.nextMail()).text))
    const tabs = await Promise.all([1, 2, 3].map(() => begun.agent.get(begun.home)))
    expect(tabs.map(tab => tab.status)).toContain(303)
    expect(returned(await begun.agent.follow(await begun.agent.get(begun.home)))).toBeDefined()
    await expectNotices(address, 1)
  })
})

describe('what is told of an account', () => {
  it('goes out if and only if it was done', async () => {
    const address = newAddress()
    const userId = await enter(newAgent(), address)
    const budget = createNoticeBudget(createMemoryRateLimiter(latchkey.clock.now))
    const notices = createNotices({ budget, issuer: latchkey.issuer, installationName: 'Latchkey', clock: latchkey.clock.now })
    const tell = (notice: Notice, fails: boolean) =>
      latchkey.adapters.data.scoped(asSystem, async repositories => {
        await notices.notify(repositories, { id: userId, locale: 'en' }, notice, undefined)
        if (fails) throw new Error('undone')
      })
    await expect(tell({ kind: 'passkey-removed', name: 'Phone' }, true)).rejects.toThrow('undone')
    await tell({ kind: 'passkey-added', name: 'Phone\r\nBcc: somebody@example.com' }, false)
    const [notice] = await expectNotices(address, 1)
    expect(notice?.subject).toBe('Latchkey: A passkey was added')
    expect(notice?.text).toContain('Name: Phone Bcc: somebody@example.com\n')
    expect(notice?.text).not.toContain('Device:')
  })
})

describe('the first page', () => {
  const firstPage = async (agent: Agent) =>
    (await agent.follow(await agent.get((await startRequest(latchkey.issuer, serverApp, { prompt: 'login' })).url))).body

  it('says with what somebody signed in there last, and nothing about who', async () => {
    const [agent, address] = [newAgent(), newAddress()]
    await enter(agent, address)
    const hashes = await readRows(
      latchkey,
      'known_browsers',
      `last_seen_at = (select max(last_seen_at) from latchkey.known_browsers)`,
    )
    expect(await firstPage(agent)).not.toContain('last sign-in')
    await latchkey.adapters.data.scoped(asSystem, ({ knownBrowsers }) =>
      knownBrowsers.remember(
        { userId: String(hashes[0]?.['user_id']), browserHash: hashes[0]?.['browser_hash'] as Buffer, method: 'passkey' },
        latchkey.clock.now(),
      ),
    )
    const page = await firstPage(agent)
    expect(page).toContain('Last chosen in this browser: “Use a passkey”.')
    expect(page).not.toContain(address)
    expect(await firstPage(newAgent())).not.toContain('last sign-in')
  })
})

it('is new again to whoever said that it was not them: its return is told', async () => {
  const address = newAddress()
  const [own, strange] = [newAgent(), newAgent()]
  await enter(own, address)
  await enter(strange, address)
  await expectNotices(address, 1)
  const visitor = await visitAccount(latchkey, address, own)
  await visitor.open('/account/secure')
  expect((await visitor.send('/account/secure')).status).toBe(200)
  await expectNotices(address, 2)
  await enter(strange, address)
  const notices = await expectNotices(address, 3)
  expect(notices.filter(({ subject }) => subject.endsWith('A sign-in from a new device'))).toHaveLength(2)
  await enter(own, address)
  await expectNotices(address, 3)
})

describe('a session keeps where it began', () => {
  const placeOf = async (agent: Agent) => {
    const userId = await enter(agent, newAddress())
    const [session] = await latchkey.adapters.data.read(asSystem, ({ sessions }) => sessions.listForUser(userId))
    return session?.place
  }

  it.each([
    ['by the header of the proxy, in words', { 'cf-ipcountry': 'JP', 'accept-language': 'de' }, 'Japan'],
    ['by the header, in the language of the person', { 'cf-ipcountry': 'CH', 'accept-language': 'it' }, 'Svizzera'],
    [
      'by the file where the header knows nothing',
      { 'cf-ipcountry': 'XX', 'x-forwarded-for': '198.51.100.9' },
      'Bern, Switzerland',
    ],
    ['nowhere where neither knows', { 'cf-ipcountry': 'T1', 'x-forwarded-for': '203.0.113.9' }, undefined],
    ['nowhere where the header is no place', { 'cf-ipcountry': '<b>Bern</b>', 'x-forwarded-for': '203.0.113.9' }, undefined],
    ['nowhere where the header came twice', { 'cf-ipcountry': 'CH, US', 'x-forwarded-for': '203.0.113.9' }, undefined],
  ])('%s', async (_how, headers, place) => {
    expect(await placeOf(newAgent({ 'x-forwarded-for': '203.0.113.8', ...headers }))).toBe(place)
  })
})
