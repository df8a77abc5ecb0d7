/** Whoever works in several places says where; whoever has one place, or an app that asks for one, is not asked. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { Agent, type Response } from '../support/agent.ts'
import { leave, obtainCode, postAs, prove, redeem, tokensOf } from '../support/code-flow.ts'
import { approveDevice, pollAsDevice, startDevice, tv } from '../support/device.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, startRequest, type StartedRequest } from '../support/relying-party.ts'
import { formActions, headingOf, returned } from '../support/sign-in.ts'
import {
  addMember,
  arriveAsMember,
  findUserId,
  openWorkspace,
  pick,
  suspend,
  workspaceClaims,
  workspacesOn,
} from '../support/workspaces.ts'

const { say } = speak('en')
const app = serverApp
const thirdParty = { ...serverApp, client_id: 'third', client_name: 'Third', first_party: false }
let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [app, thirdParty, tv], on: 'embedded', environment: { TRUSTED_PROXIES: '1' } })
})
afterAll(() => latchkey?.stop())

const arrive = (...names: string[]) => arriveAsMember(latchkey, app, ...names)

/** A browser of the same person in which nobody is signed in. */
async function signInAnew(address: string, parameters: Record<string, string> = {}) {
  const agent = new Agent()
  const { started, page } = await ask(agent, parameters)
  return { agent, started, page: await prove(latchkey, agent, page, address) }
}

async function ask(agent: Agent, parameters: Record<string, string> = {}, by = app) {
  const started = await startRequest(latchkey.issuer, by, parameters)
  return { started, page: await agent.follow(await agent.get(started.url)) }
}

async function claimsAfter(started: StartedRequest, left: Response, by = app) {
  const code = returned(left)?.get('code') ?? ''
  return workspaceClaims(tokensOf(await redeem(latchkey, by, { code, started })).accessToken)
}

describe('several workspaces', () => {
  it('are chosen from on a page after the sign-in, and the token is for the one that was chosen', async () => {
    const { address, own, others } = await arrive('Northwind', 'Contoso')
    const [, contoso] = others
    const { agent, started, page } = await signInAnew(address)
    expect(headingOf(page)).toBe(say('choose-workspace.heading'))
    expect(workspacesOn(page)).toEqual([own, ...others.map(({ id }) => id)])
    expect(page.body).toContain('Northwind')
    const left = await pick(agent, page, contoso?.id ?? '')
    const claims = await claimsAfter(started, left)
    expect(claims).toMatchObject({
      workspace: { id: contoso?.id, slug: contoso?.slug },
      roles: ['viewer'],
      permissions: ['workspace.read'],
    })
  })

  it('are not asked about again in this session, nor where the app asks silently', async () => {
    const { address, others } = await arrive('Northwind')
    const { agent, page } = await signInAnew(address)
    await pick(agent, page, others[0]?.id ?? '')
    for (const parameters of [{}, { prompt: 'none' }]) {
      const { started, page: left } = await ask(agent, parameters)
      expect((await claimsAfter(started, left)).workspace?.id).toBe(others[0]?.id)
    }
  })

  it('are a question, so an app that asks silently is told that there is one', async () => {
    const { address } = await arrive('Northwind')
    const { agent } = await signInAnew(address)
    const { page } = await ask(agent, { prompt: 'none' })
    expect(returned(page)?.get('error')).toBe('interaction_required')
  })

  it('are each app’s own question: what was chosen in one says nothing about another', async () => {
    const { address, others } = await arrive('Northwind')
    const { agent, page } = await signInAnew(address)
    await pick(agent, page, others[0]?.id ?? '')
    const { page: asked } = await ask(agent, {}, thirdParty)
    expect(headingOf(asked)).toBe(say('choose-workspace.heading'))
  })

  it('come between the sign-in and the consent, each of which is asked for once', async () => {
    const { agent, address, others } = await arrive('Northwind')
    const { started, page } = await ask(agent, { prompt: 'login workspace consent' }, thirdParty)
    const choice = await prove(latchkey, agent, page, address)
    expect(headingOf(choice)).toBe(say('choose-workspace.heading'))
    const consent = await pick(agent, choice, others[0]?.id ?? '')
    expect(new URL(consent.url).pathname).toMatch(/^\/consent\//)
    const left = await agent.follow(await agent.post(consent.url, { decision: 'allow' }))
    expect((await claimsAfter(started, left, thirdParty)).workspace?.id).toBe(others[0]?.id)
  })

  it('of which all but one are closed are no question', async () => {
    const { address, own, others } = await arrive('Northwind')
    await suspend(latchkey, others[0]?.id ?? '')
    const { started, page } = await signInAnew(address)
    expect((await claimsAfter(started, page)).workspace?.id).toBe(own)
  })

  it('are left by going back to the app', async () => {
    const { address } = await arrive('Northwind')
    const { agent, page } = await signInAnew(address)
    const left = await agent.follow(await agent.post(`${page.url}/cancel`))
    expect(returned(left)?.get('error')).toBe('access_denied')
  })

  it.each<[string, (userId: string) => Promise<string>]>([
    ['somebody else’s', async () => (await openWorkspace(latchkey, 'Fabrikam')).id],
    [
      'one of theirs that is closed',
      async userId => {
        const { id } = await openWorkspace(latchkey, 'Fabrikam', [{ userId }])
        await suspend(latchkey, id)
        return id
      },
    ],
    ['none at all', async () => crypto.randomUUID()],
    ['no id', async () => '../../account'],
  ])('are chosen by whoever is a member: %s is not found', async (_what, workspace) => {
    const { address, userId, others } = await arrive('Northwind')
    const { agent, page } = await signInAnew(address)
    expect((await agent.post(page.url, { workspace: await workspace(userId) })).status).toBe(404)
    // And the page is there still.
    expect(returned(await pick(agent, page, others[0]?.id ?? ''))?.has('code')).toBe(true)
  })

  it('are chosen by the browser that was asked', async () => {
    const { address, others } = await arrive('Northwind')
    const { page } = await signInAnew(address)
    const other = new Agent()
    expect((await other.get(page.url)).status).toBe(410)
    expect((await other.post(page.url, { workspace: others[0]?.id ?? '' })).status).toBe(410)
  })
})

describe('the parameter `workspace`', () => {
  it.each(['id', 'slug'] as const)('names one by its %s, and nobody is asked', async by => {
    const { agent, others } = await arrive('Northwind', 'Contoso')
    for (const workspace of others) {
      const { started, page } = await ask(agent, { workspace: workspace[by] })
      expect((await claimsAfter(started, page)).workspace).toEqual({ id: workspace.id, slug: workspace.slug })
    }
  })

  it('holds through the sign-in', async () => {
    const { address, others } = await arrive('Northwind')
    const { started, page } = await signInAnew(address, { workspace: others[0]?.slug ?? '' })
    expect((await claimsAfter(started, page)).workspace?.id).toBe(others[0]?.id)
  })

  it('is pushed like any other', async () => {
    const { agent, others } = await arrive('Northwind')
    const started = await startRequest(latchkey.issuer, app, { workspace: others[0]?.id ?? '' })
    const pushed = await postAs(app, `${latchkey.issuer}/par`, Object.fromEntries(new URL(started.url).searchParams))
    const query = new URLSearchParams({ client_id: app.client_id, request_uri: String(pushed.body['request_uri']) })
    const left = await leave(agent, `${latchkey.issuer}/authorize?${query}`)
    const tokens = tokensOf(await redeem(latchkey, app, { code: left.searchParams.get('code') ?? '', started }))
    expect(workspaceClaims(tokens.accessToken).workspace?.id).toBe(others[0]?.id)
  })

  it('is a device’s to send too', async () => {
    const { agent, others } = await arrive('Northwind')
    const device = await startDevice(latchkey, tv, { workspace: others[0]?.slug ?? '' })
    await approveDevice(agent, `${latchkey.issuer}/device`, device.userCode)
    const tokens = tokensOf(await pollAsDevice(latchkey, device.deviceCode, tv))
    expect(workspaceClaims(tokens.accessToken).workspace?.id).toBe(others[0]?.id)
  })

  it('leaves a device’s person to choose where it sends none', async () => {
    const { agent, others } = await arrive('Northwind')
    const device = await startDevice(latchkey, tv)
    const page = await approveDevice(agent, `${latchkey.issuer}/device`, device.userCode)
    expect(headingOf(page)).toBe(say('choose-workspace.heading'))
    await pick(agent, page, others[0]?.id ?? '')
    const tokens = tokensOf(await pollAsDevice(latchkey, device.deviceCode, tv))
    expect(workspaceClaims(tokens.accessToken).workspace?.id).toBe(others[0]?.id)
  })

  describe.each<[string, (userId: string) => Promise<string>]>([
    ['where they are no member', async () => (await openWorkspace(latchkey, 'Fabrikam')).slug],
    ['that does not exist', async () => 'no-such-workspace'],
    [
      'that is suspended',
      async userId => {
        const { id } = await openWorkspace(latchkey, 'Fabrikam', [{ userId }])
        await suspend(latchkey, id)
        return id
      },
    ],
    [
      'that is about to be deleted',
      async userId => {
        const { id, slug } = await openWorkspace(latchkey, 'Fabrikam', [{ userId }])
        await latchkey.adapters.data.scoped({ kind: 'system', reason: 'job' }, ({ workspaces }) =>
          workspaces.scheduleDeletion(id, latchkey.clock.now()),
        )
        return slug
      },
    ],
  ])('naming one %s', (_which, nameOne) => {
    it('is refused in the same words, and back at the app as access_denied', async () => {
      const { agent, userId } = await arrive()
      const workspace = await nameOne(userId)
      const { page: silent } = await ask(agent, { workspace, prompt: 'none' })
      expect(returned(silent)?.get('error')).toBe('access_denied')
      expect(returned(silent)?.get('error_description')).toBe('the person has no access to the workspace that was asked for')

      const { page } = await ask(agent, { workspace })
      expect([page.status, headingOf(page)]).toEqual([403, say('no-workspace.refused.heading')])
      expect(page.body).not.toContain('Fabrikam')
      const left = await agent.follow(await agent.post(formActions(page).find(action => action.endsWith('/cancel')) ?? ''))
      expect(returned(left)?.get('error')).toBe('access_denied')
    })

    it('is not got around by choosing on the page', async () => {
      const { agent, userId, own } = await arrive()
      const { page } = await ask(agent, { workspace: await nameOne(userId) })
      expect((await agent.post(page.url, { workspace: own })).status).toBe(404)
    })
  })
})

describe('switching', () => {
  it('is an authorization request with `prompt=workspace`, in which the other is chosen', async () => {
    const { agent, own, others } = await arrive('Northwind')
    const { started, page } = await ask(agent, { prompt: 'workspace' })
    expect(workspacesOn(page)).toEqual([own, others[0]?.id])
    const left = await pick(agent, page, others[0]?.id ?? '')
    expect((await claimsAfter(started, left)).workspace?.id).toBe(others[0]?.id)
    // From now on, that is where they work.
    const again = await obtainCode(latchkey, agent, app)
    const tokens = tokensOf(await redeem(latchkey, app, again))
    expect(workspaceClaims(tokens.accessToken).workspace?.id).toBe(others[0]?.id)
  })

  it('leads to where they lost access in the meantime no more', async () => {
    const { agent, address, own } = await arrive()
    const userId = await findUserId(latchkey, address)
    const { id } = await openWorkspace(latchkey, 'Contoso')
    await addMember(latchkey, id, userId, ['viewer'])
    await ask(agent, { workspace: id })
    await latchkey.adapters.data.scoped({ kind: 'system', reason: 'job' }, ({ members }) =>
      members.remove(id, userId, latchkey.clock.now()),
    )
    const { started, page } = await ask(agent)
    expect((await claimsAfter(started, page)).workspace?.id).toBe(own)
  })
})
