/** An invitation makes one person a member once: whoever has verified the address that it went to, and nobody by opening a link. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { speak } from '../../views/messages.ts'
import { Agent, type Response } from '../support/agent.ts'
import { prove } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'
import {
  followAll,
  formActions,
  headingOf,
  newAddress,
  newAgentBehindProxy,
  pressOnlyButton,
  returned,
} from '../support/sign-in.ts'
import { findUserId, invite, openWorkspace, pick, suspend, waitForInvitation, workspacesOn } from '../support/workspaces.ts'

const { say } = speak('en')
const app = serverApp
let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({
    apps: [app],
    on: 'postgres',
    environment: { TRUSTED_PROXIES: '1', SIGN_UP: 'closed', NEW_USER_WORKSPACE: 'founded' },
  })
})
afterAll(() => latchkey?.stop())

/** An address with an invitation to a workspace of this name; where the mail leads. */
async function inviteSomebody(name = 'Northwind', address = newAddress()) {
  const { id } = await openWorkspace(latchkey, name)
  const invitationId = await invite(latchkey, id, address)
  return { workspaceId: id, invitationId, address, url: `${latchkey.issuer}${await waitForInvitation(latchkey, address)}` }
}

async function countMembers(workspaceId: string): Promise<number> {
  return latchkey.adapters.data.read({ kind: 'system', reason: 'job' }, ({ members }) => members.count(workspaceId))
}

/** Presses the button that leads to a sign-in, and signs in with an address. */
async function signInFrom(agent: Agent, page: Response, address: string): Promise<Response> {
  return prove(latchkey, agent, await pressOnlyButton(agent, page), address)
}

/** Somebody who has an account, and is signed in to it. */
async function arrive() {
  const { address, url, workspaceId } = await inviteSomebody('Their own')
  const agent = newAgentBehindProxy()
  const back = await signInFrom(agent, await agent.get(url), address)
  await pressOnlyButton(agent, back)
  return { agent, address, workspaceId }
}

const isOver = ({ status, body }: Response) => status === 400 && body.includes(say('error.invitation-over.title'))

describe('an invitation', () => {
  it('says who invites to what as what, leads through a sign-in, and makes a member at the press of a button', async () => {
    const { address, url, workspaceId } = await inviteSomebody()
    const agent = newAgentBehindProxy()
    const page = await agent.get(url)
    expect([page.status, headingOf(page)]).toEqual([200, say('invitation.heading', { workspace: 'Northwind' })])
    expect(page.body).toContain('Viewer')
    expect(page.body).not.toContain(address)

    const back = await signInFrom(agent, page, address)
    expect(back.url).toBe(url)
    expect(await countMembers(workspaceId)).toBe(0)
    const done = await pressOnlyButton(agent, back)
    expect(headingOf(done)).toBe(say('invitation.accepted.heading', { workspace: 'Northwind' }))
    expect(await countMembers(workspaceId)).toBe(1)

    const { url: request } = await startRequest(latchkey.issuer, app)
    expect(returned(await agent.follow(await agent.get(request)))?.has('code')).toBe(true)
  })

  it('leads to a sign-in in which its address stands in the field, and in no URL', async () => {
    const { address, url } = await inviteSomebody()
    const agent = newAgentBehindProxy()
    const { urls, page } = await followAll(agent, await agent.post(`${url}/sign-in`))
    expect(page.body).toContain(`value="${address}"`)
    expect(urls.length).toBeGreaterThan(2)
    expect(urls.filter(each => each.includes(address.split('@')[0] ?? ''))).toEqual([])
  })

  it('is leave to sign up where nobody else may', async () => {
    const { next } = await openUninvited()
    expect(headingOf(next)).toBe(say('no-account.heading'))
    const { address, url } = await inviteSomebody()
    const agent = newAgentBehindProxy()
    await signInFrom(agent, await agent.get(url), address)
    expect(await findUserId(latchkey, address)).toBeDefined()
  })

  it('is no leave any more once it is over, or its workspace closed', async () => {
    const { address, workspaceId } = await inviteSomebody()
    await suspend(latchkey, workspaceId)
    expect(headingOf((await openUninvited(address)).next)).toBe(say('no-account.heading'))
  })

  it('is accepted by nobody who opens it, presses what there is, or guesses the form', async () => {
    const { url, workspaceId } = await inviteSomebody()
    const scanner = new Agent()
    await scanner.get(url)
    for (const action of formActions(await scanner.get(url))) await scanner.post(action)
    for (const path of ['accept', 'sign-in']) await scanner.follow(await scanner.post(`${url}/${path}`))
    expect(await countMembers(workspaceId)).toBe(0)
  })

  it('for another address says so, offers to sign in with that one, and is not to be had', async () => {
    const { url, workspaceId, address } = await inviteSomebody()
    const { agent } = await arrive()
    const page = await agent.get(url)
    expect(page.body).toContain(say('invitation.of-another-next'))
    const forced = await agent.post(`${url}/accept`)
    expect([forced.status, headingOf(forced)]).toEqual([403, say('error.invitation-of-another.title')])
    expect(await countMembers(workspaceId)).toBe(0)

    const switching = await signInFrom(agent, page, address)
    const back = await pressOnlyButton(agent, switching)
    expect(headingOf(await pressOnlyButton(agent, back))).toBe(say('invitation.accepted.heading', { workspace: 'Northwind' }))
  })

  it.each<[string, (its: { url: string; address: string; workspaceId: string; invitationId: string }) => Promise<unknown>]>([
    ['forged', async its => Object.assign(its, { url: `${its.url.slice(0, -4)}AAAA` })],
    [
      'revoked',
      async ({ workspaceId, invitationId }) =>
        latchkey.adapters.data.scoped({ kind: 'system', reason: 'job' }, ({ invitations }) =>
          invitations.revoke(workspaceId, invitationId, latchkey.clock.now()),
        ),
    ],
    ['replaced by a newer one', async ({ workspaceId, address }) => invite(latchkey, workspaceId, address)],
    ['to a workspace that is suspended', async ({ workspaceId }) => suspend(latchkey, workspaceId)],
  ])('that is %s is over, for looking at and for accepting', async (_how, spoil) => {
    const its = await inviteSomebody()
    const { address, workspaceId } = its
    const agent = newAgentBehindProxy()
    await signInFrom(agent, await agent.get(its.url), address)
    await spoil(its)
    expect(isOver(await agent.get(its.url))).toBe(true)
    expect(isOver(await agent.post(`${its.url}/accept`))).toBe(true)
    expect(await countMembers(workspaceId)).toBe(0)
  })

  it('is used once, also by two at once, and a reload of the end is harmless', async () => {
    const { address, url, workspaceId } = await inviteSomebody()
    const agent = newAgentBehindProxy()
    await signInFrom(agent, await agent.get(url), address)
    const answers = await Promise.all([1, 2, 3].map(() => agent.post(`${url}/accept`)))
    expect(answers.map(({ status }) => status)).toContain(303)
    expect(await countMembers(workspaceId)).toBe(1)
    expect(headingOf(await agent.get(url))).toBe(say('invitation.accepted.heading', { workspace: 'Northwind' }))
    // To everybody else it is over.
    expect(isOver(await new Agent().get(url))).toBe(true)
    const { agent: other } = await arrive()
    expect((await other.post(`${url}/accept`)).status).toBe(403)
    expect(await countMembers(workspaceId)).toBe(1)
  })

  it('is good until it expires', async () => {
    const { address, url, workspaceId } = await inviteSomebody()
    latchkey.clock.advance(7 * 86_400 + 1)
    expect(isOver(await new Agent().get(url))).toBe(true)
    expect(headingOf((await openUninvited(address)).next)).toBe(say('no-account.heading'))
    expect(await countMembers(workspaceId)).toBe(0)
  })
})

describe('whoever has no workspace', () => {
  async function arriveWithout() {
    const { agent, address, workspaceId } = await arrive()
    await suspend(latchkey, workspaceId)
    const { url } = await startRequest(latchkey.issuer, app)
    return { agent, address, page: await agent.follow(await agent.get(url)) }
  }

  it('is shown what they are invited to, and goes on to the app by joining', async () => {
    const { agent, address } = await arriveWithout()
    const { workspaceId, invitationId } = await inviteSomebody('Contoso', address)
    const { url } = await startRequest(latchkey.issuer, app)
    const page = await agent.follow(await agent.get(url))
    expect(headingOf(page)).toBe(say('no-workspace.none.heading'))
    expect(page.body).toContain(say('choose-workspace.join', { workspace: 'Contoso' }))
    const left = await agent.follow(await agent.post(`${page.url}/join`, { invitation: invitationId }))
    expect(returned(left)?.has('code')).toBe(true)
    expect(await countMembers(workspaceId)).toBe(1)
  })

  it('goes on to the app from the page that waited, once they have joined by the mail', async () => {
    const { agent, address, page } = await arriveWithout()
    const used = await waitForInvitation(latchkey, address)
    const { workspaceId } = await inviteSomebody('Contoso', address)
    const path = await vi.waitFor(async () => {
      const newest = await waitForInvitation(latchkey, address)
      expect(newest).not.toBe(used)
      return newest
    })
    await pressOnlyButton(agent, await agent.get(`${latchkey.issuer}${path}`))
    expect(await countMembers(workspaceId)).toBe(1)
    const left = await pick(agent, await agent.get(page.url), workspaceId)
    expect(returned(left)?.has('code')).toBe(true)
  })

  it('joins nothing that others are invited to', async () => {
    const { agent, page } = await arriveWithout()
    const { invitationId, workspaceId } = await inviteSomebody('Contoso')
    const refused = await agent.post(`${page.url}/join`, { invitation: invitationId })
    expect(isOver(refused)).toBe(true)
    expect(await countMembers(workspaceId)).toBe(0)
  })

  it('may found one here, with a name, and be its Admin; sent twice, the form founds one', async () => {
    const { agent, address, page } = await arriveWithout()
    for (const [name, problem] of [
      ['  ', 'no-workspace.found.empty'],
      ['x'.repeat(61), 'no-workspace.found.too-long'],
      ['Payroll https://evil.example/pay', 'no-workspace.found.web-address'],
    ] as const) {
      const again = await agent.post(`${page.url}/found`, { name })
      expect([again.status, again.body.includes(say(problem))]).toEqual([400, true])
    }
    const answers = await Promise.all(Array.from({ length: 8 }, () => agent.post(`${page.url}/found`, { name: 'Fabrikam' })))
    expect(answers.map(({ status }) => status)).toContain(303)
    const userId = await findUserId(latchkey, address)
    const all = await latchkey.adapters.data.read({ kind: 'system', reason: 'job' }, ({ workspaces }) =>
      workspaces.listForUser(userId),
    )
    expect(all.filter(({ name }) => name === 'Fabrikam').map(({ roles }) => roles)).toEqual([['admin']])
    const { url } = await startRequest(latchkey.issuer, app)
    expect(returned(await agent.follow(await agent.get(url)))?.has('code')).toBe(true)
  })

  it('founds nothing by way of a workspace that an app named', async () => {
    const { agent } = await arriveWithout()
    const { url } = await startRequest(latchkey.issuer, app, { workspace: 'no-such' })
    const page = await agent.follow(await agent.get(url))
    expect((await agent.post(`${page.url}/found`, { name: 'Fabrikam' })).status).toBe(404)
  })

  it('that an app asked for joins it by the invitation to it, and by no other', async () => {
    const { agent, address } = await arriveWithout()
    const [wanted, other] = [await inviteSomebody('Contoso', address), await inviteSomebody('Fabrikam', address)]
    const { url } = await startRequest(latchkey.issuer, app, { workspace: wanted.workspaceId })
    const page = await agent.follow(await agent.get(url))
    expect([page.body.includes('Contoso'), page.body.includes('Fabrikam')]).toEqual([true, false])
    expect(isOver(await agent.post(`${page.url}/join`, { invitation: other.invitationId }))).toBe(true)
    const left = await agent.follow(await agent.post(`${page.url}/join`, { invitation: wanted.invitationId }))
    expect(returned(left)?.has('code')).toBe(true)
  })
})

it('whoever has several and is invited to more sees both, and may still choose', async () => {
  const { agent, address, workspaceId } = await arrive()
  await inviteSomebody('Contoso', address)
  const { url } = await startRequest(latchkey.issuer, app, { prompt: 'workspace' })
  const page = await agent.follow(await agent.get(url))
  expect(workspacesOn(page)).toEqual([workspaceId])
  expect(page.body).toContain('Contoso')
  expect(returned(await pick(agent, page, workspaceId))?.has('code')).toBe(true)
})

/** A sign-in at the app with an address; the page that it comes to. */
async function openUninvited(address = newAddress()) {
  const agent = newAgentBehindProxy()
  const { url } = await startRequest(latchkey.issuer, app)
  const first = await agent.follow(await agent.get(url))
  return { next: await prove(latchkey, agent, first, address).catch(async () => agent.follow(await agent.get(first.url))) }
}
