/** Two tabs of one browser work in two workspaces: each goes on by itself, and signing out ends both. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Agent, Response } from '../support/agent.ts'
import { exchangeCode, refresh } from '../support/code-exchange.ts'
import { askUserinfo, obtainCode, prove, redeem, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { LogoutReceiver } from '../support/logout-receiver.ts'
import { browserApp, serverApp, startRequest } from '../support/relying-party.ts'
import { returned } from '../support/sign-in.ts'
import { findFreePort } from '../support/servers.ts'
import { answerSignOut } from '../support/sign-out.ts'
import { arriveAsMember, suspend, workspaceClaims } from '../support/workspaces.ts'

let latchkey: RunningLatchkey
let receiver: LogoutReceiver
const told = { ...serverApp, client_id: 'told', backchannel_logout_uri: '' }

beforeAll(async () => {
  receiver = new LogoutReceiver(await findFreePort())
  await receiver.open()
  told.backchannel_logout_uri = receiver.url
  latchkey = await startLatchkey({
    apps: [browserApp, serverApp, told],
    environment: { TRUSTED_PROXIES: '1', EGRESS_ALLOW: '127.0.0.0/8,::1/128' },
  })
})
afterAll(async () => {
  await receiver?.close()
  await latchkey?.stop()
})

/** A tab of the browser app opens in a workspace, and gets its tokens as its page does. */
async function openTab(agent: Agent, workspace: string): Promise<{ accessToken: string; idToken: string }> {
  const started = await startRequest(latchkey.issuer, browserApp, { workspace })
  const left = await agent.follow(await agent.get(started.url))
  return tokensIn(await exchangeCode(agent, latchkey.issuer, started, returned(left)?.get('code') ?? ''))
}

function tokensIn({ status, body }: Response) {
  if (status !== 200) throw new Error(`no tokens: ${body}`)
  const { access_token: accessToken, id_token: idToken } = JSON.parse(body)
  return { accessToken: String(accessToken), idToken: String(idToken) }
}

async function openTwoTabs() {
  const person = await arriveAsMember(latchkey, serverApp, 'Northwind')
  const [northwind] = person.others
  const first = await openTab(person.agent, person.own)
  const second = await openTab(person.agent, northwind?.id ?? '')
  return { ...person, northwind: northwind?.id ?? '', first, second }
}

const isAlive = async (accessToken: string) => (await askUserinfo(latchkey, accessToken)).status === 200

describe('two tabs in two workspaces', () => {
  it('have tokens of their own, by which neither ends the other’s', async () => {
    const { own, northwind, first, second } = await openTwoTabs()
    const [one, other] = [workspaceClaims(first.accessToken), workspaceClaims(second.accessToken)]
    expect([one.workspace?.id, other.workspace?.id]).toEqual([own, northwind])
    expect([one.roles, other.roles]).toEqual([['admin'], ['viewer']])
    expect(one.sid).not.toBe(other.sid)
    expect([await isAlive(first.accessToken), await isAlive(second.accessToken)]).toEqual([true, true])
  })

  it('refresh each for itself, as often as they like, and say which they are', async () => {
    const { agent, own, northwind } = await openTwoTabs()
    for (const workspace of [own, northwind, northwind, own]) {
      const again = tokensIn(await refresh(agent, latchkey.issuer, {}, { workspace }))
      expect(workspaceClaims(again.accessToken).workspace?.id).toBe(workspace)
    }
  })

  it('find what they had, where one of them comes back to the other’s workspace', async () => {
    const { agent, own, first } = await openTwoTabs()
    const again = await openTab(agent, own)
    expect(workspaceClaims(again.accessToken).sid).toBe(workspaceClaims(first.accessToken).sid)
  })

  it('go on by themselves where one workspace is suspended', async () => {
    const { agent, own, northwind, second } = await openTwoTabs()
    await suspend(latchkey, northwind)
    expect(JSON.parse((await refresh(agent, latchkey.issuer, {}, { workspace: northwind })).body)).toMatchObject({
      error: 'invalid_grant',
    })
    expect(await isAlive(second.accessToken)).toBe(false)
    expect((await refresh(agent, latchkey.issuer, {}, { workspace: own })).status).toBe(200)
  })

  it.each<['asked about' | 'by the ID token', 'first' | 'second']>([
    ['asked about', 'first'],
    ['by the ID token', 'first'],
    ['by the ID token', 'second'],
  ])('are both signed out, %s (%s tab), and no cookie is left', async (how, which) => {
    const { agent, first, second } = await openTwoTabs()
    const { idToken } = { first, second }[which]
    const hint = { id_token_hint: idToken, post_logout_redirect_uri: browserApp.post_logout_redirect_uris[0] ?? '' }
    const query = how === 'asked about' ? '' : `?${new URLSearchParams(hint)}`
    const page = await agent.get(`${latchkey.issuer}/logout${query}`)
    const left = how === 'asked about' ? await answerSignOut(latchkey, agent, page, 'yes') : page
    expect(left.status).toBe(303)
    for (const { accessToken } of [first, second]) expect(await isAlive(accessToken)).toBe(false)
    expect(agent.cookies(`${latchkey.issuer}/token`)).not.toContain('__Secure-refresh')
  })

  it('are told each by its `sid` that they are signed out, where the app wants to know', async () => {
    const { agent, own, others } = await arriveAsMember(latchkey, serverApp, 'Northwind')
    const sids: string[] = []
    for (const workspace of [own, others[0]?.id ?? '']) {
      const tokens = tokensOf(await redeem(latchkey, told, await obtainCode(latchkey, agent, told, { workspace })))
      sids.push(workspaceClaims(tokens.accessToken).sid)
    }
    receiver.reset()
    await answerSignOut(latchkey, agent, await agent.get(`${latchkey.issuer}/logout`), 'yes')
    const heard = () => receiver.tokens.map(token => String(decodeJwt(token)['sid'])).toSorted()
    await expect.poll(heard, { timeout: 15_000 }).toEqual(sids.toSorted())
  })

  it('that chose at the same moment are both ended by signing out, whichever the session remembers', async () => {
    const { agent, own, others } = await arriveAsMember(latchkey, serverApp, 'Northwind', 'Contoso')
    const workspaces = [own, ...others.map(({ id }) => id)]
    const obtained = await Promise.all(workspaces.map(workspace => obtainCode(latchkey, agent, told, { workspace })))
    const tokens = await Promise.all(obtained.map(async each => tokensOf(await redeem(latchkey, told, each))))
    expect(tokens.map(({ accessToken }) => workspaceClaims(accessToken).workspace?.id)).toEqual(workspaces)
    await answerSignOut(latchkey, agent, await agent.get(`${latchkey.issuer}/logout`), 'yes')
    for (const { accessToken } of tokens) expect(await isAlive(accessToken)).toBe(false)
  })

  it('of somebody who signs out and in again are new ones', async () => {
    const { agent, address, own, first } = await openTwoTabs()
    await answerSignOut(latchkey, agent, await agent.get(`${latchkey.issuer}/logout`), 'yes')
    const started = await startRequest(latchkey.issuer, browserApp, { workspace: own })
    const left = await prove(latchkey, agent, await agent.follow(await agent.get(started.url)), address)
    const again = tokensIn(await exchangeCode(agent, latchkey.issuer, started, returned(left)?.get('code') ?? ''))
    expect(workspaceClaims(again.accessToken).sid).not.toBe(workspaceClaims(first.accessToken).sid)
  })
})
