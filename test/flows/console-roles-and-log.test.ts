/** Roles of a workspace's own, the log of what was done, and pages that are nobody else's. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'
import { urlOf } from '../support/route-requests.ts'
import { headingOf } from '../support/sign-in.ts'
import { type Colleague, foundWith, hiddenIn, visitAsColleague } from '../support/colleagues.ts'

const asSystem = { kind: 'system', reason: 'protocol' } as const
const app = { ...serverApp, permissions: ['invoices.approve', 'invoices.read'] }

describe.each(['embedded', 'postgres'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  let admin: Colleague
  let manager: Colleague
  let viewer: Colleague
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [app], on, environment: { TRUSTED_PROXIES: '1' } })
    admin = await visitAsColleague(latchkey)
    manager = await visitAsColleague(latchkey)
    viewer = await visitAsColleague(latchkey)
  })
  afterAll(() => latchkey?.stop())

  const found = () =>
    foundWith(latchkey, [
      [admin, 'admin'],
      [manager, 'manager'],
      [viewer, 'viewer'],
    ])
  const roleOf = (id: string, key: string) => latchkey.adapters.data.read(asSystem, ({ roles }) => roles.find(id, key))
  const create = (path: string, form: Record<string, string>, by = admin) => by.send(`${path}/roles/new-from/viewer`, form)

  describe('roles', () => {
    it('the table says what each built-in role may do, the permissions of apps with it', async () => {
      const { path } = await found()
      const { body } = await viewer.open(`${path}/roles`)
      for (const words of ['Invite and remove members', 'members.manage', 'invoices.approve', 'Ledger', 'None yet.'])
        expect(body).toContain(words)
      expect(body).not.toContain('new-from')
    })

    it('one is made from a built-in one, given, changed, and deleted when nobody has it', async () => {
      const { id, path } = await found()
      const form = await admin.open(`${path}/roles/new-from/operator`)
      expect(form.body).toMatch(/name="permission:apps.manage"[^>]* checked/)
      expect(form.body).not.toMatch(/name="permission:members.manage"[^>]* checked/)
      const made = await admin.submit(`${path}/roles/new-from/operator`, {
        name: 'Book  keeping ü',
        key: '',
        'permission:invoices.approve': 'on',
        'permission:members.read': 'on',
      })
      for (const words of ['The role is there', 'Book keeping ü', 'book-keeping-u']) expect(made.body).toContain(words)
      const rolesForm = `${path}/members/${viewer.userId}/roles`
      await admin.send(rolesForm, { ...hiddenIn(await admin.open(rolesForm), rolesForm), 'role:book-keeping-u': 'on' })
      // At once, and no more than was given.
      expect((await viewer.open(`${path}/members`)).body).toContain('Book keeping ü')
      expect((await viewer.send(`${path}/invitations/new`, { address: 'a@example.com', 'role:viewer': 'on' })).status).toBe(403)

      const change = `${path}/roles/book-keeping-u`
      const page = await admin.open(change)
      expect(page.body).toContain('1 member has this role')
      const seen = hiddenIn(page, change)
      expect((await admin.submit(change, { ...seen, name: 'Bookkeeping', 'permission:members.read': 'on' })).body).toContain(
        'Saved.',
      )
      expect(await roleOf(id, 'book-keeping-u')).toMatchObject({ name: 'Bookkeeping', permissions: ['members.read'] })
      const late = await admin.send(change, { ...seen, name: 'Late' })
      expect([late.status, late.body.includes('Somebody was faster'), late.body.includes('value="Bookkeeping"')]).toEqual([
        412,
        true,
        true,
      ])

      expect((await admin.send(`${change}/delete`)).status).toBe(409)
      await admin.send(rolesForm, { ...hiddenIn(await admin.open(rolesForm), rolesForm), 'role:viewer': 'on' })
      expect((await admin.open(`${change}/delete`)).body).toContain('Bookkeeping')
      expect((await admin.submit(`${change}/delete`)).body).toContain('The role is deleted.')
      expect((await admin.send(change, seen)).status).toBe(404)
    })

    it.each([
      ['no name', { name: '', key: 'a' }, 400, 'Give it a name.'],
      ['a key that is none', { name: 'A', key: 'A b' }, 400, 'lower-case letters'],
      ['a name from which no key can be made', { name: '簿記', key: '' }, 400, 'lower-case letters'],
      ['the key of a built-in one', { name: 'A', key: 'admin' }, 400, 'already'],
      [
        'a permission that nobody knows',
        { name: 'A', key: 'a', 'permission:nothing.at-all': 'on' },
        400,
        'There is no such permission',
      ],
    ] as const)('%s makes none', async (_what, form, status, words) => {
      const { id, path } = await found()
      const answer = await create(path, form)
      expect([answer.status, answer.body.includes(words)]).toEqual([status, true])
      expect(await latchkey.adapters.data.read(asSystem, ({ roles }) => roles.list(id))).toEqual([])
    })

    it('whoever may make roles gives none more than they have', async () => {
      const { id, path } = await found()
      await create(path, { name: 'Roles', key: 'roles', 'permission:roles.manage': 'on', 'permission:workspace.read': 'on' })
      const rolesForm = `${path}/members/${viewer.userId}/roles`
      await admin.send(rolesForm, { ...hiddenIn(await admin.open(rolesForm), rolesForm), 'role:roles': 'on' })
      const form = await viewer.open(`${path}/roles/new-from/admin`)
      expect(form.body).toMatch(/name="permission:audit.read"[^>]* disabled/)
      expect((await create(path, { name: 'More', key: 'more', 'permission:audit.read': 'on' }, viewer)).status).toBe(403)
      expect((await create(path, { name: 'As much', key: 'as-much', 'permission:roles.manage': 'on' }, viewer)).status).toBe(303)
      expect((await create(path, { name: 'Not theirs', key: 'mine' }, manager)).status).toBe(403)
      expect((await latchkey.adapters.data.read(asSystem, ({ roles }) => roles.list(id))).map(({ key }) => key)).toEqual([
        'as-much',
        'roles',
      ])
    })
  })

  describe('the log', () => {
    it('says who changed what, from what to what, and is narrowed by person, action and day', async () => {
      const { path, name } = await found()
      const rename = async (by: Colleague, to: string) => by.send(path, { ...hiddenIn(await by.open(path), path), name: to })
      await rename(admin, 'Orchard')
      await rename(manager, 'Grove')
      const log = await admin.open(`${path}/audit`)
      expect(log.body).toMatch(new RegExp(`Name</th>.*${name}.*Orchard`))
      for (const words of ['Workspace changed', admin.address, manager.address, 'request_id', '10.0.'])
        expect(log.body).toContain(words)

      const search = (form: Record<string, string>) => admin.submit(`${path}/audit/search`, form)
      const byManager = await search({ who: manager.address, action: 'workspace.changed' })
      expect(byManager.body).toContain('Grove')
      expect(byManager.body).not.toContain(`<bdi>${name}</bdi></td>`)
      // Of an address nothing stays in one of ours.
      expect(byManager.url).not.toContain('example.com')
      expect(byManager.body).toContain(`value="${manager.address}"`)
      const today = latchkey.clock.now().toISOString().slice(0, 10)
      expect((await search({ from: today, until: today, action: 'workspace.changed' })).body).toContain('Orchard')
      expect((await search({ until: '2001-01-01' })).body).toContain('Nothing here fits the search.')
      expect((await search({ who: 'nobody@example.com' })).status).toBe(400)
      expect((await search({ action: 'audit-log.viewed' })).body).toContain('Audit log looked at')
    })

    it('goes on page by page, each event once', async () => {
      const { id, path } = await found()
      for (let count = 0; count < 60; count += 1) await admin.open(`${path}/members/${viewer.userId}`)
      const seen = new Set<string>()
      let next: string | undefined = `${path}/audit?action=member.viewed`
      let rows = 0
      while (next !== undefined && rows < 200) {
        const { body } = await admin.open(next)
        const requests = [...body.matchAll(/request_id<\/code><\/dt><dd><bdi>([^<]*)/g)].map(([, request = '']) => request)
        rows += requests.length
        for (const request of requests) seen.add(request)
        next = /href="([^"]*before=[^"]*)"/.exec(body)?.[1]?.replaceAll('&amp;', '&')
      }
      expect([rows, seen.size]).toEqual([60, 60])
      expect(id).not.toBe('')
    })

    it('names whoever has left by an id, by which their deeds are found', async () => {
      const { path } = await found()
      await manager.send(path, { ...hiddenIn(await manager.open(path), path), name: 'By one who left' })
      await admin.send(`${path}/members/${manager.userId}/remove`)
      const log = await admin.open(`${path}/audit`)
      expect(log.body).not.toContain(manager.address)
      expect(log.body).toContain(`a former member <code class="key">${manager.userId}</code>`)
      const theirs = await admin.submit(`${path}/audit/search`, { who: manager.userId })
      expect(theirs.body).toContain('By one who left')
    })
  })

  it('a workspace of others is as little there as one that does not exist: the same answer at every route', async () => {
    const { path, slug } = await found()
    const other = await foundWith(latchkey, [[viewer, 'admin']])
    const secret = await latchkey.adapters.data.scoped(asSystem, async ({ roles }) =>
      roles.create({ workspaceId: other.id, key: 'theirs', name: 'Theirs', permissions: [], createdAt: latchkey.clock.now() }),
    )
    expect(secret).toBeUndefined()
    const routes = latchkey.routes.filter(route => route.path.startsWith('/admin/'))
    expect(routes.length).toBeGreaterThan(25)
    const values = { userId: viewer.userId, id: viewer.userId, key: 'theirs', level: 'none', role: 'viewer' }
    const normal = (body: string) => body.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    for (const { method, path: template } of routes) {
      const ask = (inSlug: string) => {
        const url = urlOf(latchkey, template, { ...values, slug: inSlug })
        return method === 'GET' ? admin.agent.get(url) : admin.agent.post(url, { version: '1', name: 'Mine' })
      }
      const [foreign, unknown] = [await ask(other.slug), await ask('nothing')]
      expect([foreign.status, unknown.status], template).toEqual([404, 404])
      expect(normal(foreign.body), template).toBe(normal(unknown.body))
    }
    // And what is another's is not there in one's own, whatever is asked for by id.
    for (const below of [
      `/members/${crypto.randomUUID()}`,
      '/members/nobody',
      '/invitations/nothing/revoke',
      '/roles/theirs',
      '/roles/theirs/delete',
    ]) {
      expect((await admin.agent.get(`${latchkey.issuer}${path}${below}`)).status, below).toBe(404)
      expect(headingOf(await admin.agent.get(`${latchkey.issuer}${path}${below}`))).toBe('There is nothing here')
    }
    expect((await viewer.open(`/admin/${other.slug}`)).body).toContain(other.name)
    expect(slug).not.toBe(other.slug)
  })
})
