/** The members of a workspace and who is invited: seen, found, given roles, removed, and handed the workspace. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { expectMails, headingOf } from '../support/sign-in.ts'
import { type Colleague, foundWith, hiddenIn, visitAsColleague } from '../support/colleagues.ts'

const asSystem = { kind: 'system', reason: 'protocol' } as const

describe.each(['embedded', 'postgres'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  let admin: Colleague
  let other: Colleague
  let viewer: Colleague
  let stranger: Colleague
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [], on, environment: { TRUSTED_PROXIES: '1' } })
    admin = await visitAsColleague(latchkey)
    other = await visitAsColleague(latchkey)
    viewer = await visitAsColleague(latchkey)
    stranger = await visitAsColleague(latchkey)
  })
  afterAll(() => latchkey?.stop())

  const found = (...otherRoles: string[]) =>
    foundWith(latchkey, [
      [admin, 'admin'],
      [other, ...(otherRoles.length > 0 ? otherRoles : ['manager'])],
      [viewer, 'viewer'],
    ])
  const rolesOf = async (id: string, { userId }: Colleague) =>
    (await latchkey.adapters.data.read(asSystem, ({ members }) => members.find(id, userId)))?.roles
  const actionsIn = async (id: string) =>
    (await latchkey.adapters.data.read(asSystem, ({ auditEvents }) => auditEvents.searchWorkspace(id, {}, 100))).map(
      ({ action }) => action,
    )
  const openInvitations = (id: string) =>
    latchkey.adapters.data.read(asSystem, ({ invitations }) =>
      invitations.listOpen(id, latchkey.clock.now(), { after: undefined, limit: 10 }),
    )

  it('they are listed with what they are, one is found by the address, and each look is recorded', async () => {
    const { id, path } = await found()
    const list = await admin.open(`${path}/members`)
    for (const words of ['3 members', admin.address, viewer.address, 'Manager', 'E-mail only']) expect(list.body).toContain(words)
    const page = await admin.submit(`${path}/members/find`, { address: ` ${viewer.address.toUpperCase()}` })
    expect(headingOf(page)).toBe(viewer.address)
    expect(new URL(page.url).pathname).toBe(`${path}/members/${viewer.userId}`)
    expect((await actionsIn(id)).toSorted()).toEqual(['member.viewed', 'members.viewed', 'workspace.created'])
    for (const [address, words] of [
      ['', 'Enter an e-mail address.'],
      ['half', 'Write one whole address'],
      [stranger.address, 'No member has this address.'],
    ] as const) {
      const answer = await admin.send(`${path}/members/find`, { address })
      expect([answer.status, answer.body.includes(words)], address).toEqual([400, true])
    }
  })

  it('a long list comes in pages, each member once', async () => {
    const people = Array.from({ length: 60 }, (_, index) => `p${index}`)
    const ids = await latchkey.adapters.data.scoped(asSystem, async ({ users }) =>
      Promise.all(
        people.map(async name => {
          const userId = crypto.randomUUID()
          const address = `${name}-${userId.slice(0, 8)}@example.com`
          await users.create({
            id: userId,
            address,
            locale: 'en',
            createdAt: latchkey.clock.now(),
          })
          return { userId }
        }),
      ),
    )
    const { path } = await foundWith(latchkey, [[admin, 'admin'], ...ids.map(each => [each, 'viewer'] as const)])
    const seen: string[] = []
    let next: string | undefined = `${path}/members`
    for (let pages = 0; next !== undefined && pages < 5; pages += 1) {
      const { body } = await admin.open(next)
      seen.push(...[...body.matchAll(/\/members\/([0-9a-f-]{36})"/g)].map(([, userId = '']) => userId))
      next = /href="([^"]*after=[^"]*)"/.exec(body)?.[1]?.replaceAll('&amp;', '&')
    }
    expect(seen).toHaveLength(61)
    expect(new Set(seen)).toEqual(new Set([admin.userId, ...ids.map(({ userId }) => userId)]))
  })

  it('other roles are given, and whoever saves what somebody else has changed is shown that', async () => {
    const { id, path } = await found()
    const form = `${path}/members/${viewer.userId}/roles`
    const seen = hiddenIn(await admin.open(form), form)
    expect((await admin.submit(form, { ...seen, 'role:operator': 'on' })).body).toContain('The roles are changed.')
    expect(await rolesOf(id, viewer)).toEqual(['operator'])
    const late = await admin.send(form, { ...seen, 'role:admin': 'on' })
    expect([late.status, late.body.includes('Somebody was faster')]).toEqual([412, true])
    expect(late.body).toMatch(/name="role:operator"[^>]* checked/)
    expect((await admin.send(form, hiddenIn(late, form))).status).toBe(400)
    expect((await admin.send(form, { ...hiddenIn(late, form), 'role:king': 'on' })).status).toBe(400)
    expect(await rolesOf(id, viewer)).toEqual(['operator'])
  })

  it('a manager makes nobody an admin, and takes nothing from one', async () => {
    const { id, path } = await found()
    for (const [person, role] of [
      [viewer, 'admin'],
      [other, 'admin'],
      [admin, 'viewer'],
    ] as const) {
      const form = `${path}/members/${person.userId}/roles`
      const answer = await other.send(form, { ...hiddenIn(await other.open(form), form), [`role:${role}`]: 'on' })
      expect([answer.status, headingOf(answer)]).toEqual([403, 'That is more than you have'])
    }
    expect((await other.send(`${path}/members/${admin.userId}/remove`)).status).toBe(403)
    expect(await rolesOf(id, admin)).toEqual(['admin'])
  })

  it('of two admins who demote each other at the same moment, one stays', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id, path } = await found('admin')
      const forms = await Promise.all(
        (
          [
            [admin, other],
            [other, admin],
          ] as const
        ).map(async ([by, of]) => {
          const form = `${path}/members/${of.userId}/roles`
          return { by, form, seen: hiddenIn(await by.open(form), form) }
        }),
      )
      const answers = await Promise.all(forms.map(({ by, form, seen }) => by.send(form, { ...seen, 'role:viewer': 'on' })))
      expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['303', '403'])
      const left = [await rolesOf(id, admin), await rolesOf(id, other)].flat()
      expect(left.filter(role => role === 'admin')).toHaveLength(1)
    }
  })

  it('the only admin stays one, and stays', async () => {
    const { id, path } = await found()
    const form = `${path}/members/${admin.userId}/roles`
    const answer = await admin.send(form, { ...hiddenIn(await admin.open(form), form), 'role:viewer': 'on' })
    expect([answer.status, headingOf(answer)]).toEqual([409, 'A workspace needs an Admin'])
    expect((await admin.send(`${path}/leave`)).status).toBe(409)
    expect(await rolesOf(id, admin)).toEqual(['admin'])
  })

  it('one is removed after a question, and finds nothing there from then on', async () => {
    const { id, path } = await found()
    expect((await admin.open(`${path}/members/${viewer.userId}/remove`)).body).toContain(viewer.address)
    expect(await rolesOf(id, viewer)).toEqual(['viewer'])
    const done = await admin.submit(`${path}/members/${viewer.userId}/remove`)
    expect(done.body).toContain('They are no longer a member')
    expect((await viewer.agent.get(`${latchkey.issuer}${path}`)).status).toBe(404)
    expect((await admin.send(`${path}/members/${viewer.userId}/remove`)).status).toBe(404)
  })

  it('whoever leaves is told so among their workspaces', async () => {
    const { id, path, name } = await found()
    expect((await viewer.open(`${path}/leave`)).body).toContain(name)
    const done = await viewer.submit(`${path}/leave`)
    expect(new URL(done.url).pathname).toBe('/account/workspaces')
    expect(done.body).toContain('You have left the workspace.')
    expect(await rolesOf(id, viewer)).toBeUndefined()
  })

  it('the workspace is handed over by who types the address, and only by an admin', async () => {
    const { id, path } = await found()
    const form = `${path}/members/${viewer.userId}/hand-over`
    expect((await admin.send(form, { name: 'somebody@example.com' })).status).toBe(400)
    expect((await other.send(form, { name: viewer.address })).status).toBe(403)
    expect((await admin.submit(form, { name: viewer.address })).body).toContain('The workspace is handed over.')
    expect([await rolesOf(id, viewer), await rolesOf(id, admin)]).toEqual([['admin', 'viewer'], ['manager']])
  })

  it('somebody is invited, invited once more, and the invitation is taken back', async () => {
    const { id, path } = await found()
    expect((await admin.open(`${path}/invitations`)).body).toContain('Nobody is invited right now.')
    const form = `${path}/invitations/new`
    const nextMail = expectMails(latchkey, stranger.address)
    const done = await admin.submit(form, { address: stranger.address, 'role:operator': 'on' })
    for (const words of ['The invitation is on its way.', stranger.address, 'Operator']) expect(done.body).toContain(words)
    const mail = await nextMail()
    expect(mail.text).toContain(`${latchkey.issuer}/invitation/`)
    expect(mail.text).toContain(admin.address)
    const [first] = await openInvitations(id)
    await admin.submit(`${path}/invitations/${first?.id}/resend`)
    const [second, ...more] = await openInvitations(id)
    expect([second?.id === first?.id, second?.roles, more]).toEqual([false, ['operator'], []])
    const question = `${path}/invitations/${second?.id}/revoke`
    expect((await admin.open(question)).body).toContain(stranger.address)
    expect((await admin.submit(question)).body).toContain('The invitation is taken back.')
    expect(await openInvitations(id)).toEqual([])
    expect((await admin.send(`${path}/invitations/${first?.id}/resend`)).status).toBe(400)
    expect(await actionsIn(id)).toEqual(expect.arrayContaining(['invitation.sent', 'invitation.revoked']))
  })

  it.each([
    ['nothing', '', 'Enter the address'],
    ['no address', 'half', 'We can’t send e-mail'],
    ['a member', 'member', 'belongs to a member already'],
  ])('%s is not invited', async (_what, typed, words) => {
    const { id, path } = await found()
    const address = typed === 'member' ? viewer.address : typed
    const answer = await admin.send(`${path}/invitations/new`, { address, 'role:viewer': 'on' })
    expect([answer.status, answer.body.includes(words)]).toEqual([400, true])
    expect(answer.body).toContain(address)
    expect(await openInvitations(id)).toEqual([])
  })

  it('nobody is invited as nothing, and by nobody as more than they are', async () => {
    const { id, path } = await found()
    const address = stranger.address
    expect((await admin.send(`${path}/invitations/new`, { address })).body).toContain('Choose at least one role.')
    expect((await other.send(`${path}/invitations/new`, { address, 'role:admin': 'on' })).status).toBe(403)
    expect(await openInvitations(id)).toEqual([])
  })

  it('one address gets only so many invitations an hour, from whichever workspace', async () => {
    const address = 'often@example.com'
    const statuses: number[] = []
    for (let count = 0; count < 6; count += 1) {
      const { path } = await found()
      statuses.push((await admin.send(`${path}/invitations/new`, { address, 'role:viewer': 'on' })).status)
    }
    expect(statuses).toEqual([303, 303, 303, 303, 303, 429])
  })

  it('a viewer sees no member and does nothing to one: refused in words', async () => {
    const { path } = await found()
    const below = ['', `/${admin.userId}`, `/${viewer.userId}/roles`, `/${admin.userId}/remove`, `/${other.userId}/hand-over`]
    const pages = [
      ...below.map(each => `${path}/members${each}`),
      `${path}/invitations`,
      `${path}/invitations/new`,
      `${path}/audit`,
    ]
    for (const page of pages) {
      const answer = await viewer.agent.get(`${latchkey.issuer}${page}`)
      expect([answer.status, headingOf(answer)], page).toEqual([403, 'This isn’t open to you'])
      expect(answer.body).not.toContain(admin.address)
    }
  })
})
