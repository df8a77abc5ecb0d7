/** What a workspace requires of its members is asked of whoever signs in for it, set up in line, and seen at the next refresh. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { formatDay } from '../../views/times.ts'
import { visitAccount } from '../support/account.ts'
import type { Response } from '../support/agent.ts'
import { prove, redeem, refresh, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'
import { enrolTotp, signInByMail } from '../support/second-steps.ts'
import { headingOf, returned } from '../support/sign-in.ts'
import { addMember, findUserId, openWorkspace, pick, requireOfMembers, suspend, workspaceClaims } from '../support/workspaces.ts'

const { say } = speak('en')
const app = serverApp
let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({
    apps: [app],
    on: 'embedded',
    environment: { TRUSTED_PROXIES: '1', NEW_USER_WORKSPACE: 'invited', SESSION_IDLE_SECONDS: '2592000' },
  })
})
afterAll(() => latchkey?.stop())

const arrived = (page: Response) => returned(page)?.has('code') === true
const homeOf = ({ url }: Response) => `${latchkey.issuer}${new URL(url).pathname}`

/** Somebody whose only workspace is this one. */
async function addPerson(workspaceId: string): Promise<string> {
  const { address } = await visitAccount(latchkey)
  await addMember(latchkey, workspaceId, await findUserId(latchkey, address), ['viewer'])
  return address
}

async function ask(
  agent: { get(url: string): Promise<Response>; follow(response: Response): Promise<Response> },
  parameters = {},
) {
  const started = await startRequest(latchkey.issuer, app, parameters)
  return { started, page: await agent.follow(await agent.get(started.url)) }
}

/** Sets up an authenticator app where the sign-in asks for something, and goes on. */
async function setUp(agent: Parameters<typeof enrolTotp>[1]['agent'], page: Response): Promise<Response> {
  const home = homeOf(page)
  await enrolTotp(latchkey, { agent, home })
  return agent.follow(await agent.post(`${home}/recovery-codes/kept`))
}

describe('whoever has one workspace', () => {
  it('is asked in the same sign-in for what it requires, and ends up in the product', async () => {
    const { id } = await openWorkspace(latchkey, 'Northwind')
    await requireOfMembers(latchkey, id, { level: 'any-second-factor' })
    const { agent, next, started } = await signInByMail(latchkey, { address: await addPerson(id), app })
    expect(headingOf(next)).toBe(say('choose-enrolment.heading'))
    const left = await setUp(agent, next)
    const tokens = tokensOf(await redeem(latchkey, app, { code: returned(left)?.get('code') ?? '', started }))
    expect(workspaceClaims(tokens.accessToken).workspace?.id).toBe(id)
  })

  it('is offered a passkey alone where only that will do', async () => {
    const { id } = await openWorkspace(latchkey, 'Northwind')
    await requireOfMembers(latchkey, id, { level: 'phishing-resistant' })
    const { next } = await signInByMail(latchkey, { address: await addPerson(id), app })
    expect(headingOf(next)).toBe(say('choose-enrolment.heading'))
    expect(next.body).not.toContain(say('enrol-totp.heading'))
  })

  it('is told what is coming, and on the day it is there', async () => {
    const from = new Date(latchkey.clock.now().getTime() + 3 * 86_400_000)
    const { id } = await openWorkspace(latchkey, 'Northwind')
    await requireOfMembers(latchkey, id, { level: 'any-second-factor', from })
    const address = await addPerson(id)
    const { agent, home, next, started } = await signInByMail(latchkey, { address, app })
    expect(headingOf(next)).toBe(say('soon-required.heading', { date: formatDay('en', from) }))
    const left = await agent.follow(await agent.post(`${home}/continue`, { later: '1' }))
    const { refreshToken } = tokensOf(await redeem(latchkey, app, { code: returned(left)?.get('code') ?? '', started }))
    const again = tokensOf(await refresh(latchkey, app, refreshToken))
    expect(arrived((await ask(agent)).page)).toBe(true)

    latchkey.clock.advance(3 * 86_400)
    expect((await refresh(latchkey, app, again.refreshToken)).body['error']).toBe('invalid_grant')
    expect(headingOf((await ask(agent)).page)).not.toBe('')
    expect(arrived((await ask(agent)).page)).toBe(false)
    const after = await signInByMail(latchkey, { address, app })
    expect(headingOf(after.next)).toBe(say('choose-enrolment.heading'))
  })

  it('is asked for it no more once it is suspended', async () => {
    const { id } = await openWorkspace(latchkey, 'Northwind')
    await requireOfMembers(latchkey, id, { level: 'any-second-factor' })
    const address = await addPerson(id)
    await suspend(latchkey, id)
    const { next } = await signInByMail(latchkey, { address, app })
    expect(headingOf(next)).toBe(say('no-workspace.none.heading'))
  })
})

describe('whoever has several', () => {
  async function arriveInTwo() {
    const lax = await openWorkspace(latchkey, 'Lax')
    const strict = await openWorkspace(latchkey, 'Strict')
    await requireOfMembers(latchkey, strict.id, { level: 'any-second-factor' })
    const address = await addPerson(lax.id)
    await addMember(latchkey, strict.id, await findUserId(latchkey, address), ['viewer'])
    const person = await signInByMail(latchkey, { address, app })
    expect(headingOf(person.next)).toBe(say('choose-workspace.heading'))
    return { ...person, lax, strict }
  }

  it('is asked for no more than the one that they choose requires', async () => {
    const { agent, next, lax } = await arriveInTwo()
    expect(arrived(await pick(agent, next, lax.id))).toBe(true)
  })

  it('comes back from setting up what is required to the one that they chose', async () => {
    const { agent, next, strict, started } = await arriveInTwo()
    const more = await pick(agent, next, strict.id)
    expect(headingOf(more)).toBe(say('choose-enrolment.heading'))
    const left = await setUp(agent, more)
    const tokens = tokensOf(await redeem(latchkey, app, { code: returned(left)?.get('code') ?? '', started }))
    expect(workspaceClaims(tokens.accessToken).workspace?.id).toBe(strict.id)
  })

  it('is asked when switching, and not let in silently', async () => {
    const { agent, next, lax, strict } = await arriveInTwo()
    await pick(agent, next, lax.id)
    const silent = await ask(agent, { workspace: strict.id, prompt: 'none' })
    expect(returned(silent.page)?.get('error')).toBe('login_required')
    const { page } = await ask(agent, { workspace: strict.slug })
    expect(headingOf(page)).toBe(say('choose-enrolment.heading'))
    // Where they were they still are.
    expect(arrived((await ask(agent)).page)).toBe(true)
  })

  it('is asked in the first sign-in where the app names one', async () => {
    const { address, strict } = await arriveInTwo()
    const { next } = await signInByMail(latchkey, { address, app, parameters: { workspace: strict.slug } })
    expect(headingOf(next)).toBe(say('choose-enrolment.heading'))
  })

  it('needs what any of them requires to change their account', async () => {
    const { agent, address } = await arriveInTwo()
    const page = await agent.follow(await agent.get(`${latchkey.issuer}/account`))
    expect(headingOf(page)).toBe(say('choose-enrolment.heading'))
    const anew = await prove(latchkey, agent, await ask(agent, { prompt: 'login' }).then(({ page: first }) => first), address)
    expect(headingOf(anew)).toBe(say('choose-workspace.heading'))
  })

  it('of whom somebody else takes the place is not sent where the first one had chosen', async () => {
    const { agent, next, strict } = await arriveInTwo()
    const more = await pick(agent, next, strict.id)
    const elsewhere = await openWorkspace(latchkey, 'Elsewhere')
    const other = await addPerson(elsewhere.id)
    const switching = await prove(latchkey, agent, more, other)
    const action = /<form method="post" action="([^"]+)"/.exec(switching.body)?.[1] ?? ''
    const fields = [...switching.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
    const left = await agent.follow(
      await agent.post(action, Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]))),
    )
    expect(arrived(left)).toBe(true)
  })
})

describe('a requirement that is raised', () => {
  it('is seen at the very next refresh, in its own workspace alone', async () => {
    const { agent, own, others } = await arriveInOwnAnd('Northwind')
    const [northwind] = others
    const tokens: string[] = []
    for (const workspace of [own, northwind]) {
      const { started, page } = await ask(agent, { workspace })
      tokens.push(tokensOf(await redeem(latchkey, app, { code: returned(page)?.get('code') ?? '', started })).refreshToken)
    }
    await requireOfMembers(latchkey, northwind ?? '', { level: 'any-second-factor' })
    const [first = '', second = ''] = tokens
    expect((await refresh(latchkey, app, second)).body['error']).toBe('invalid_grant')
    expect((await refresh(latchkey, app, first)).status).toBe(200)
  })

  async function arriveInOwnAnd(name: string) {
    const [one, other] = [await openWorkspace(latchkey, 'Own'), await openWorkspace(latchkey, name)]
    const address = await addPerson(one.id)
    await addMember(latchkey, other.id, await findUserId(latchkey, address), ['viewer'])
    const { agent } = await signInByMail(latchkey, { address, app, parameters: { workspace: one.id } })
    return { agent, own: one.id, others: [other.id] }
  }
})
