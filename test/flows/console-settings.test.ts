/** The settings of a workspace: its name, what it requires of everybody, and its end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asksToSignIn } from '../support/account.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { headingOf, newAgentBehindProxy } from '../support/sign-in.ts'
import { type Colleague, foundWith, hiddenIn, visitAsColleague } from '../support/colleagues.ts'

describe.each(['embedded', 'postgres'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  let admin: Colleague
  let viewer: Colleague
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [], on, environment: { TRUSTED_PROXIES: '1' } })
    admin = await visitAsColleague(latchkey)
    viewer = await visitAsColleague(latchkey)
  })
  afterAll(() => latchkey?.stop())

  const found = () =>
    foundWith(latchkey, [
      [admin, 'admin'],
      [viewer, 'viewer'],
    ])
  const requirementOf = async (id: string) =>
    (await latchkey.adapters.data.read({ kind: 'system', reason: 'protocol' }, ({ workspaces }) => workspaces.findById(id)))
      ?.requirement

  it('whoever is signed in nowhere signs in and comes back to the very page', async () => {
    const { path } = await found()
    const answer = await newAgentBehindProxy().get(`${latchkey.issuer}${path}/members`)
    expect(asksToSignIn(answer)).toBe(true)
    expect(new URL(answer.location ?? '').searchParams.get('state')).toBe(`${path}/members`)
  })

  it('/admin alone leads to the workspaces that somebody has', async () => {
    const { path } = await found()
    const page = await admin.open('/admin')
    expect([headingOf(page), page.body.includes(`href="${path}"`)]).toEqual(['Workspaces', true])
  })

  it('the account leads to it, and it says what it is', async () => {
    const { path, name } = await found()
    const list = await admin.open('/account/workspaces')
    expect(list.body).toContain(`href="${path}"`)
    const page = await admin.open(path)
    expect(headingOf(page)).toBe('Settings')
    for (const words of [name, '2 members', 'Admin', 'Delete the workspace']) expect(page.body).toContain(words)
  })

  it('a new name is saved, and of two who rename it at once the slower one is shown what the faster one did', async () => {
    const { path } = await found()
    const page = await admin.open(path)
    const seen = hiddenIn(page, path)
    expect((await admin.submit(path, { ...seen, name: 'Orchard' })).body).toContain('Saved.')
    const late = await admin.send(path, { ...seen, name: 'Too late' })
    expect(late.status).toBe(412)
    expect(late.body).toContain('Somebody was faster')
    expect(late.body).toContain('value="Orchard"')
    for (const [typed, words] of [
      ['', 'Give it a name.'],
      ['x'.repeat(61), 'too long'],
      ['https://evil.example/', 'web address'],
    ]) {
      const answer = await admin.send(path, { ...hiddenIn(late, path), name: typed ?? '' })
      expect([answer.status, answer.body.includes(words ?? '-')]).toEqual([400, true])
    }
    expect((await admin.send(path, { name: 'Without a version' })).status).toBe(400)
  })

  it('who may only look is told so in words, and changes nothing', async () => {
    const { path } = await found()
    const page = await viewer.open(path)
    expect(page.body).not.toContain('<form')
    for (const [below, form] of [
      ['', { version: '1', name: 'Mine' }],
      ['/delete', { name: 'Mine' }],
      ['/keep', {}],
      ['/requirement/none', { version: '1' }],
    ] as const) {
      const answer = await viewer.send(`${path}${below}`, form)
      expect([answer.status, headingOf(answer)], below).toEqual([403, 'This isn’t open to you'])
    }
    const refused = await viewer.send(path, { version: '1', name: 'Mine' })
    expect(refused.body).toContain('Change its settings and what signing in needs')
    expect((await admin.open(path)).body).not.toContain('Mine')
  })

  it('whom a requirement reaches is listed before it is one, and it begins on the day that was chosen', async () => {
    const { path, id } = await found()
    const choice = await admin.open(`${path}/requirement`)
    expect(choice.body).toContain('2 members are not ready')
    const page = await admin.open(`${path}/requirement/any-second-factor`)
    expect(page.body).toContain(viewer.address)
    expect((await requirementOf(id))?.level).toBe('none')
    const version = hiddenIn(page, `${path}/requirement/any-second-factor`)
    const wrong = await admin.send(`${path}/requirement/any-second-factor`, { ...version, from: '2031-02-30' })
    expect([wrong.status, wrong.body.includes('This isn’t a day')]).toEqual([400, true])
    const done = await admin.submit(`${path}/requirement/any-second-factor`, { ...version, from: '2031-02-28' })
    expect(done.body).toContain('28 February 2031')
    expect(await requirementOf(id)).toMatchObject({ level: 'any-second-factor', from: new Date('2031-02-28T00:00:00Z') })
    const late = await admin.send(`${path}/requirement/phishing-resistant`, version)
    expect([late.status, late.body.includes('Somebody was faster')]).toEqual([412, true])
    expect((await requirementOf(id))?.level).toBe('any-second-factor')
  })

  it('what the workspace requires is required on its own pages at once', async () => {
    const { path } = await found()
    const page = await admin.open(`${path}/requirement/any-second-factor`)
    await admin.send(`${path}/requirement/any-second-factor`, {
      ...hiddenIn(page, `${path}/requirement/any-second-factor`),
      from: '',
    })
    for (const person of [admin, viewer]) {
      const answer = await person.agent.get(`${latchkey.issuer}${path}`)
      expect(asksToSignIn(answer)).toBe(true)
      expect(new URL(answer.location ?? '').searchParams.get('acr_values')).toBe('multi-factor')
    }
  })

  it('the workspace is deleted by who types its name, closes for everybody at once, and can be kept', async () => {
    const { path, name } = await found()
    expect((await admin.open(`${path}/delete`)).body).toContain('for 2 members')
    for (const typed of ['', 'meadow']) expect((await admin.send(`${path}/delete`, { name: typed })).status).toBe(400)
    expect((await viewer.open(path)).status).toBe(200)
    expect((await admin.submit(`${path}/delete`, { name })).body).toContain('This workspace is going to be deleted')
    for (const below of ['', '/members', '/audit'])
      expect((await admin.agent.get(`${latchkey.issuer}${path}${below}`)).status).toBe(403)
    const closed = await viewer.agent.get(`${latchkey.issuer}${path}`)
    expect(closed.body).toContain('An Admin of the workspace can keep it.')
    expect((await viewer.send(`${path}/keep`)).status).toBe(403)
    expect((await admin.submit(`${path}/keep`)).body).toContain('The workspace stays')
    expect((await viewer.open(path)).status).toBe(200)
  })

  it('a suspended one opens for nobody, and nobody there can open it', async () => {
    const { path, id } = await found()
    await latchkey.adapters.data.scoped({ kind: 'system', reason: 'system-api' }, ({ workspaces }) =>
      workspaces.changeStatus(id, 'suspended'),
    )
    for (const below of ['', '/members']) {
      const answer = await admin.agent.get(`${latchkey.issuer}${path}${below}`)
      expect([answer.status, headingOf(answer)]).toEqual([403, 'This workspace is suspended'])
    }
    expect((await admin.send(`${path}/keep`)).status).toBe(403)
  })

  it.for(on === 'embedded' ? ['its clock'] : [])('dangerous things want a sign-in of the last ten minutes, by %s', async () => {
    const { path, name } = await found()
    latchkey.clock.advance(601)
    for (const answer of [
      await admin.agent.get(`${latchkey.issuer}${path}/delete`),
      await admin.send(`${path}/delete`, { name }),
      await admin.send(`${path}/requirement/none`, { version: '1' }),
      await admin.send(`${path}/leave`),
    ])
      expect(asksToSignIn(answer)).toBe(true)
    expect((await admin.agent.get(`${latchkey.issuer}${path}`)).status).toBe(200)
  })
})
