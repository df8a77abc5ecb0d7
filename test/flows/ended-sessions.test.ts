/** Sessions that are ended from somewhere else: everything of theirs is over at once, and their browser says why. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutRequest } from '../../provider/audit/record.ts'
import { hashSecret } from '../../provider/kernel/secrets.ts'
import type { SessionEndReason } from '../../provider/kernel/session-end.ts'
import { createSessionEnder } from '../../provider/oidc/end-sessions.ts'
import { createSessionCache } from '../../provider/oidc/session-cache.ts'
import { Agent, type Response } from '../support/agent.ts'
import { askUserinfo, obtainCode, redeem, refresh, signIn, type TestApp, type Tokens, tokensOf } from '../support/code-flow.ts'
import { readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { LogoutReceiver } from '../support/logout-receiver.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'
import { findFreePort } from '../support/servers.ts'
import { newAddress, newAgentBehindProxy } from '../support/sign-in.ts'

const asSystem = { kind: 'system', reason: 'protocol' } as const
const thirdParty = { ...serverApp, client_id: 'third', client_name: 'Third', first_party: false }

interface Device {
  agent: Agent
  tokens: Tokens
  userId: string
  sessionUid: string
}

let latchkey: RunningLatchkey
let receiver: LogoutReceiver
let told: TestApp
const agents: Agent[] = []

beforeAll(async () => {
  receiver = new LogoutReceiver(await findFreePort())
  await receiver.open()
  told = { ...serverApp, client_id: 'told', backchannel_logout_uri: receiver.url } as TestApp
  latchkey = await startLatchkey({
    apps: [serverApp, thirdParty, told as unknown as Record<string, unknown>],
    environment: { TRUSTED_PROXIES: '1' },
  })
})
afterAll(async () => {
  for (const agent of agents) agent.close()
  await latchkey?.stop()
  await receiver?.close()
})

/** Signs in on one more device of a person's. */
async function newDevice(address: string, app: TestApp = serverApp): Promise<Device> {
  const agent = newAgentBehindProxy()
  agents.push(agent)
  const known = new Set((await listSessions(userIds.get(address))).map(({ uid }) => uid))
  const tokens = tokensOf(await redeem(latchkey, app, await signIn(latchkey, agent, app, address)))
  const userId = decodeJwt(tokens.idToken).sub ?? ''
  userIds.set(address, userId)
  const session = (await listSessions(userId)).find(({ uid }) => !known.has(uid))
  return { agent, tokens, userId, sessionUid: session?.uid ?? '' }
}
const userIds = new Map<string, string>()
const listSessions = async (userId: string | undefined) =>
  userId === undefined ? [] : latchkey.adapters.data.read(asSystem, ({ sessions }) => sessions.listForUser(userId))

const ending = (reason: SessionEndReason) => ({
  reason,
  circumstances: withoutRequest({ kind: 'system', reason: 'job' } as const, latchkey.clock.now),
})
const ender = (store = latchkey.adapters.store) =>
  createSessionEnder({ data: latchkey.adapters.data, store, cipher: latchkey.adapters.cipher, clock: latchkey.clock.now })

async function askSilently(agent: Agent, app: TestApp = serverApp): Promise<Response> {
  return agent.get((await startRequest(latchkey.issuer, app, { prompt: 'none' })).url)
}
const isSignedIn = async ({ agent }: Device) => (await askSilently(agent)).location?.includes('code=') ?? false
const isAlive = async ({ tokens }: Pick<Device, 'tokens'>) => (await askUserinfo(latchkey, tokens.accessToken)).status === 200
const canRefresh = async (app: TestApp, { refreshToken }: Tokens) => (await refresh(latchkey, app, refreshToken)).status === 200
async function openFirstPage(agent: Agent): Promise<string> {
  return (await agent.follow(await agent.get((await startRequest(latchkey.issuer, serverApp)).url))).body
}
const elsewhere = /You were signed out from another device on \d+ \w+ \d+ at \d\d:\d\d UTC\./

describe('a session that is ended from another device', () => {
  it('is over at once, with what apps got by it, and the other one goes on', async () => {
    const address = newAddress()
    const [lost, here] = [await newDevice(address), await newDevice(address)]
    // So that it lies in the cache, and in a family that was rotated.
    expect(await isSignedIn(lost)).toBe(true)
    expect(await ender().endSession(lost.userId, lost.sessionUid, ending('ended-elsewhere'))).toBe(true)
    expect([await isSignedIn(lost), await isAlive(lost), await canRefresh(serverApp, lost.tokens)]).toEqual([false, false, false])
    expect([await isSignedIn(here), await isAlive(here), await canRefresh(serverApp, here.tokens)]).toEqual([true, true, true])
    expect(await ender().endSession(lost.userId, lost.sessionUid, ending('ended-elsewhere'))).toBe(false)
  })

  it('is the one of the person who ends it, and of nobody else', async () => {
    const [theirs, own] = [await newDevice(newAddress()), await newDevice(newAddress())]
    expect(await ender().endSession(own.userId, theirs.sessionUid, ending('ended-elsewhere'))).toBe(false)
    expect([await isSignedIn(theirs), await isAlive(theirs)]).toEqual([true, true])
  })

  it('is over for all but one where all others are ended, and for all', async () => {
    const address = newAddress()
    const devices = [await newDevice(address), await newDevice(address), await newDevice(address)] as const
    const stranger = await newDevice(newAddress())
    const [here] = devices
    expect(await ender().endOtherSessions(here.userId, here.sessionUid, ending('ended-elsewhere'))).toBe(2)
    expect(await Promise.all(devices.map(isSignedIn))).toEqual([true, false, false])
    expect(await Promise.all(devices.map(isAlive))).toEqual([true, false, false])
    expect(await ender().endOtherSessions(here.userId, undefined, ending('ended-by-notice'))).toBe(1)
    expect([await isSignedIn(here), await isAlive(here)]).toEqual([false, false])
    expect([await isSignedIn(stranger), await isAlive(stranger)]).toEqual([true, true])
  })

  it('takes along what apps still have of sessions that ended by themselves', async () => {
    const address = newAddress()
    const [old, here] = [await newDevice(address), await newDevice(address)]
    await latchkey.adapters.data.scoped(asSystem, ({ sessions }) => sessions.delete(old.sessionUid))
    expect(await isAlive(old)).toBe(true)
    await ender().endOtherSessions(here.userId, here.sessionUid, ending('ended-elsewhere'))
    expect([await isAlive(old), await isAlive(here)]).toEqual([false, true])
  })

  it('is written down with its reason, together with what it ended', async () => {
    const device = await newDevice(newAddress())
    await ender().endSession(device.userId, device.sessionUid, ending('factor-reset'))
    const events = await latchkey.adapters.data.read(asSystem, ({ auditEvents }) =>
      auditEvents.listForUser(device.userId, ['session.ended', 'grant.revoked'], 10),
    )
    expect(events.map(({ action }) => action).toSorted()).toEqual(['grant.revoked', 'session.ended'])
    const ended = events.find(({ action }) => action === 'session.ended')
    expect(ended?.disclosures['reason']?.value).toBe('factor-reset')
    expect(ended?.disclosures['session_uid']?.value).toBe(device.sessionUid)
  })

  it('is told to its apps by the back channel, each once, with the sid that they know', async () => {
    receiver.reset()
    const address = newAddress()
    const [lost, here] = [await newDevice(address, told), await newDevice(address, told)]
    await ender().endSession(lost.userId, lost.sessionUid, ending('ended-elsewhere'))
    await expect.poll(() => receiver.tokens.length, { timeout: 20_000 }).toBe(1)
    expect(decodeJwt(receiver.tokens[0] ?? '')['sid']).toBe(decodeJwt(lost.tokens.idToken)['sid'])
    expect(await isAlive(here)).toBe(true)
  })

  it.each([
    ['ended-elsewhere', true],
    ['ended-by-notice', false],
  ] as const)('leaves an app of others what it got for the absence, unless everything is to end: %s', async (reason, stays) => {
    const { agent, userId, sessionUid } = await newDevice(newAddress())
    const scope = { scope: 'openid email offline_access', prompt: 'consent' }
    const started = await startRequest(latchkey.issuer, thirdParty, scope)
    const page = await agent.follow(await agent.get(started.url))
    const allowed = await agent.follow(await agent.post(page.url, { decision: 'allow' }))
    const callback = new URL(allowed.location ?? '')
    const code = { code: callback.searchParams.get('code') ?? '', callback, started }
    const tokens = tokensOf(await redeem(latchkey, thirdParty, code))
    await ender().endSession(userId, sessionUid, ending(reason))
    expect([await isAlive({ tokens }), await canRefresh(thirdParty, tokens)]).toEqual([stays, stays])
  })

  it('is not ended by halves: where the store is away, all of it goes on', async () => {
    const device = await newDevice(newAddress())
    const store = { ...latchkey.adapters.store, put: () => Promise.reject(new Error('the store is away')) }
    await expect(ender(store).endSession(device.userId, device.sessionUid, ending('ended-elsewhere'))).rejects.toThrow()
    expect([await isSignedIn(device), await isAlive(device)]).toEqual([true, true])
    expect(await listSessions(device.userId)).toHaveLength(1)
  })

  it('is not brought back by a request that was under way when it ended', async () => {
    const device = await newDevice(newAddress())
    const agent = device.agent
    // The page writes a secret of its form into the session, again and again.
    const requests = Array.from({ length: 20 }, () => agent.get(`${latchkey.issuer}/logout`))
    await ender().endSession(device.userId, device.sessionUid, ending('ended-elsewhere'))
    await Promise.all(requests)
    expect(await isSignedIn(device)).toBe(false)
    expect(await readRows(latchkey, 'sessions', `uid = '${device.sessionUid}'`)).toEqual([])
  })
})

describe('what the store has of a session', () => {
  const newSession = () => {
    const { store, cipher } = latchkey.adapters
    const cache = createSessionCache({ store, cipher, clock: latchkey.clock.now })
    const id = crypto.randomUUID()
    const now = Math.floor(latchkey.clock.now().getTime() / 1000)
    const write = (found: string | undefined, payload: object = {}) =>
      cache.replace(cache.keyFor(id), found, { exp: now + 600, ...payload }, now + 300)
    return {
      cache,
      write,
      find: () => cache.find(cache.keyFor(id)),
      end: () => cache.end(hashSecret(id), { reason: 'ended-elsewhere', at: now }),
    }
  }

  it('is never put over the mark of its end, whatever a request had found before', async () => {
    const { write, find, end } = newSession()
    const found = await write(undefined)
    await end()
    for (const each of [found, undefined, 'what was there before']) expect(await write(each)).toBeUndefined()
    expect(await find()).toMatchObject({ kind: 'ended', signedOut: { reason: 'ended-elsewhere' } })
  })

  it('is put over what another tab wrote, and where the entry has lapsed', async () => {
    const { write, find } = newSession()
    const found = await write(undefined, { state: 1 })
    await write(found, { state: 2 })
    await write(found, { state: 3 })
    expect(await find()).toMatchObject({ kind: 'live', payload: { state: 3 } })
    const other = newSession()
    await other.write('what has lapsed', { state: 4 })
    expect(await other.find()).toMatchObject({ kind: 'live', payload: { state: 4 } })
  })
})

describe('the browser that had it', () => {
  it('says when it was signed out and from where, once', async () => {
    const device = await newDevice(newAddress())
    await ender().endSession(device.userId, device.sessionUid, ending('ended-elsewhere'))
    const page = await openFirstPage(device.agent)
    expect(page).toMatch(elsewhere)
    expect(page).not.toContain('@example.com')
    expect(await openFirstPage(device.agent)).not.toMatch(/You were signed out/)
  })

  it('says so on that page as often as it is looked at, and after a product asked silently', async () => {
    const device = await newDevice(newAddress())
    await ender().endSession(device.userId, device.sessionUid, ending('ended-elsewhere'))
    for (let count = 0; count < 2; count += 1) expect((await askSilently(device.agent)).location).toContain('login_required')
    const first = await device.agent.follow(await device.agent.get((await startRequest(latchkey.issuer, serverApp)).url))
    expect(first.body).toMatch(elsewhere)
    expect((await device.agent.get(first.url)).body).toMatch(elsewhere)
  })

  it.each([
    ['ended-by-notice', 'after an e-mail about something that wasn’t you'],
    ['account-suspended', 'because your account was suspended'],
    ['factor-reset', 'because the ways to sign in to your account were reset'],
  ] as const)('says why: %s', async (reason, words) => {
    const device = await newDevice(newAddress())
    await ender().endOtherSessions(device.userId, undefined, ending(reason))
    expect(await openFirstPage(device.agent)).toContain(words)
  })

  it('says nothing to whoever signed out there, to a stranger, or after somebody has signed in again', async () => {
    const address = newAddress()
    const device = await newDevice(address)
    await ender().endSession(device.userId, device.sessionUid, ending('ended-elsewhere'))
    await signIn(latchkey, device.agent, serverApp, address)
    const started = await startRequest(latchkey.issuer, serverApp, { prompt: 'login' })
    const again = await device.agent.follow(await device.agent.get(started.url))
    expect(again.body).not.toMatch(/You were signed out/)
    const stranger = newAgentBehindProxy()
    agents.push(stranger)
    expect(await openFirstPage(stranger)).not.toMatch(/You were signed out/)
    const { idToken } = tokensOf(await redeem(latchkey, serverApp, await obtainCode(latchkey, device.agent, serverApp)))
    const hint = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: 'http://localhost:4001/' })
    expect((await device.agent.get(`${latchkey.issuer}/logout?${hint}`)).status).toBe(303)
    expect(await openFirstPage(device.agent)).not.toMatch(/You were signed out/)
  })
})
