/** Whoever has no workspace, under each setting of where new users work: a way forward, in the account and between sign-in and app. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { redeem, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { asJob, asSystem } from '../support/records.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'
import { headingOf, returned } from '../support/sign-in.ts'
import { invite, openWorkspace, waitForInvitation, workspaceClaims } from '../support/workspaces.ts'
import { visitAsColleague } from '../support/colleagues.ts'

const { say } = speak('en')
const page = '/account/workspaces'

const settings = ['personal', 'founded', 'invited'] as const
const cases = settings.flatMap(setting => [[setting, 'embedded'] as const, [setting, 'postgres'] as const])

describe.each(cases)('where new users work in: %s, on %s', (setting, on) => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    const environment = { TRUSTED_PROXIES: '1', NEW_USER_WORKSPACE: setting }
    latchkey = await startLatchkey({ apps: [serverApp], on, environment })
  })
  afterAll(() => latchkey?.stop())

  const listOf = (userId: string) => latchkey.adapters.data.read(asSystem, ({ workspaces }) => workspaces.listForUser(userId))

  /** Somebody with an account and no workspace, as whoever signed up under another setting. */
  async function arrive() {
    const person = await visitAsColleague(latchkey)
    for (const { id } of await listOf(person.userId))
      await latchkey.adapters.data.scoped(asJob, ({ workspaces }) => workspaces.delete(id, latchkey.clock.now()))
    return person
  }

  /** What stands between them and an app, and where its forms go. */
  async function openApp({ agent }: Awaited<ReturnType<typeof arrive>>) {
    const started = await startRequest(latchkey.issuer, serverApp)
    const shown = await agent.follow(await agent.get(started.url))
    expect(headingOf(shown)).toBe(say('no-workspace.none.heading'))
    return { shown, started, home: shown.url }
  }

  it.for(setting === 'personal' ? ['their own'] : [])('the account offers %s, once', async () => {
    const person = await arrive()
    expect((await person.open(page)).body).toContain(say('no-workspace.own.button'))
    const done = await person.submit(`${page}/own`)
    expect(done.body).toContain(say('account.done.workspace-founded'))
    expect(done.body).not.toContain(say('no-workspace.own.button'))
    await Promise.all([1, 2, 3].map(() => person.send(`${page}/own`)))
    expect(await listOf(person.userId)).toMatchObject([{ personal: true, roles: ['admin'] }])
    expect((await person.send(`${page}/found`, { name: 'Acme' })).status).toBe(404)
  })

  it.for(setting === 'personal' ? ['it'] : [])('on the way to an app a button makes %s, and leads on', async () => {
    const person = await arrive()
    const { shown, started, home } = await openApp(person)
    expect(shown.body).toContain(say('no-workspace.own.button'))
    const answer = returned(await person.agent.follow(await person.agent.post(`${home}/own`)))
    const code = answer?.get('code') ?? ''
    const { accessToken } = tokensOf(await redeem(latchkey, serverApp, { code, started }))
    const [own] = await listOf(person.userId)
    expect([workspaceClaims(accessToken).workspace?.id, own?.personal]).toEqual([own?.id, true])
  })

  it.for(setting === 'founded' ? ['at any time'] : [])('the account lets them found one, %s', async () => {
    const person = await arrive()
    for (const name of ['Northwind', 'Contoso']) {
      expect((await person.open(page)).body).toContain(say('no-workspace.found.heading'))
      const done = await person.submit(`${page}/found`, { name })
      for (const words of [name, say('account.done.workspace-founded')]) expect(done.body).toContain(words)
    }
    expect((await listOf(person.userId)).map(({ name, roles }) => `${name} ${roles.join()}`).toSorted()).toEqual([
      'Contoso admin',
      'Northwind admin',
    ])
    for (const name of ['', 'x'.repeat(61), 'Pay at https://evil.example'])
      expect((await person.send(`${page}/found`, { name })).status).toBe(400)
    expect((await person.send(`${page}/own`)).status).toBe(404)
  })

  it.for(setting === 'invited' ? ['to ask'] : [])('the account says %s for an invitation, and makes none', async () => {
    const person = await arrive()
    const { body } = await person.open(page)
    expect(body).toContain(say('account.workspaces.empty'))
    expect(body).not.toContain('action="/account/workspaces')
    const { shown, home } = await openApp(person)
    expect(shown.body).toContain('to invite you')
    for (const path of [`${page}/own`, `${page}/found`])
      expect((await person.send(path, { name: 'Acme' })).status, path).toBe(404)
    for (const path of ['own', 'found'])
      expect((await person.agent.post(`${home}/${path}`, { name: 'Acme' })).status, path).toBe(404)
    expect(await listOf(person.userId)).toEqual([])
  })

  it.each([
    ['viewer', page, say('invitation.accepted.workspaces')],
    ['manager', '/admin/', 'Open '],
  ])('an invitation as %s, once accepted, leads to where they have something to do', async (role, where, words) => {
    const person = await arrive()
    const { id, name, slug } = await openWorkspace(latchkey, 'Invited there')
    await invite(latchkey, id, person.address, { roles: [role] })
    const path = await waitForInvitation(latchkey, person.address)
    const accepted = await person.submit(`${path}/accept`)
    expect(headingOf(accepted)).toBe(say('invitation.accepted.heading', { workspace: name }))
    const href = where === page ? page : `${where}${slug}`
    expect(accepted.body).toContain(`href="${href}"`)
    expect(accepted.body).toContain(words)
    const next = await person.open(href)
    expect([next.status, next.body.includes(name)]).toEqual([200, true])
  })
})
