/** Which permission each page and form of a workspace needs, and which of them a sign-in of the last ten minutes: a table. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Permission, permissions } from '../../provider/kernel/permissions.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { speak } from '../../views/messages.ts'
import { asksToSignIn } from '../support/account.ts'
import type { Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { asSystem } from '../support/records.ts'
import { urlOf } from '../support/route-requests.ts'
import { headingOf } from '../support/sign-in.ts'
import { type Colleague, foundWith, type FoundedWorkspace, visitAsColleague } from '../support/colleagues.ts'

interface Needed {
  /** Undefined where every member may. */
  permission: Permission | undefined
  fresh?: true
}

/** What is asked once more: the page that asks and the form that does it, which both want who has just signed in. */
const asked = (path: string, permission: Permission | undefined): Record<string, Needed> => ({
  [`GET ${path}`]: { permission, fresh: true },
  [`POST ${path}`]: { permission, fresh: true },
})

const needed: Record<string, Needed> = {
  'GET ': { permission: 'workspace.read' },
  'POST ': { permission: 'workspace.update' },
  ...asked('/delete', 'workspace.delete'),
  'POST /keep': { permission: 'workspace.delete' },
  ...asked('/leave', undefined),
  'GET /requirement': { permission: 'workspace.update' },
  ...asked('/requirement/:level', 'workspace.update'),
  'GET /members': { permission: 'members.read' },
  'POST /members/find': { permission: 'members.read' },
  'GET /members/:userId': { permission: 'members.read' },
  ...asked('/members/:userId/roles', 'members.manage'),
  ...asked('/members/:userId/reset', 'members.manage'),
  ...asked('/members/:userId/remove', 'members.manage'),
  ...asked('/members/:userId/hand-over', 'members.manage'),
  ...asked('/members/:userId/sessions/:session/end', 'sessions.manage'),
  ...asked('/members/:userId/end-sessions', 'sessions.manage'),
  'GET /invitations': { permission: 'members.manage' },
  'GET /invitations/new': { permission: 'members.manage' },
  'POST /invitations/new': { permission: 'members.manage' },
  'POST /invitations/:id/resend': { permission: 'members.manage' },
  ...asked('/invitations/:id/revoke', 'members.manage'),
  'GET /roles': { permission: 'workspace.read' },
  'GET /roles/new-from/:role': { permission: 'roles.manage' },
  'POST /roles/new-from/:role': { permission: 'roles.manage' },
  'GET /roles/:key': { permission: 'roles.manage' },
  'POST /roles/:key': { permission: 'roles.manage' },
  ...asked('/roles/:key/delete', 'roles.manage'),
  'GET /audit': { permission: 'audit.read' },
  'POST /audit/search': { permission: 'audit.read' },
  'POST /audit/download': { permission: 'audit.export' },
}

const { say } = speak('en')
const beginning = '/admin/:slug'

let latchkey: RunningLatchkey
let workspace: FoundedWorkspace
let admin: Colleague
let person: Colleague
beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [], on: 'postgres', environment: { TRUSTED_PROXIES: '1' } })
  admin = await visitAsColleague(latchkey)
  person = await visitAsColleague(latchkey)
  workspace = await foundWith(latchkey, [
    [admin, 'admin'],
    [person, 'tested'],
  ])
  await latchkey.adapters.data.scoped(asSystem, ({ roles }) =>
    roles.create({ workspaceId: workspace.id, key: 'tested', name: 'Tested', permissions: [], createdAt: latchkey.clock.now() }),
  )
})
afterAll(() => latchkey?.stop())

const listPages = () =>
  latchkey.routes
    .filter(({ path }) => path.startsWith(beginning))
    .map(({ method, path }) => ({ method, path, name: `${method} ${path.slice(beginning.length)}` }))

function may(held: readonly Permission[]): Promise<unknown> {
  return latchkey.adapters.data.scoped(asSystem, ({ roles }) =>
    roles.change(workspace.id, 'tested', { name: 'Tested', permissions: [...held] }),
  )
}

/** Asks for what there is not, or says too little, so that whoever may changes nothing. */
function ask({ method, path }: { method: string; path: string }): Promise<Response> {
  const nothing = { slug: workspace.slug, userId: newId(), id: newId(), key: 'nothing', level: 'none', role: 'viewer' }
  const url = urlOf(latchkey, path, nothing)
  return method === 'GET' ? person.agent.get(url) : person.agent.post(url)
}

function isRefused(answer: Response, permission: Permission): boolean {
  const words = say('console.needed', { permission: say(`console.permission.${permission}`) })
  return answer.status === 403 && headingOf(answer) === say('error.forbidden.title') && answer.body.includes(words)
}

it('the table has every page and form, and none that is none', () => {
  const names = listPages().map(({ name }) => name)
  expect(new Set(names)).toEqual(new Set(Object.keys(needed)))
})

describe.each([...new Set(Object.values(needed).flatMap(({ permission }) => permission ?? []))])('%s', permission => {
  it('is needed where the table says so, by whoever has all the others', async () => {
    await may(permissions.filter(each => each !== permission))
    for (const page of listPages().filter(({ name }) => needed[name]?.permission === permission))
      expect(isRefused(await ask(page), permission), page.name).toBe(true)
  })

  it('is enough there, and for nothing else', async () => {
    await may([permission])
    for (const page of listPages()) {
      const { permission: other } = needed[page.name] ?? expect.fail(page.name)
      if (other !== undefined && other !== permission) expect(isRefused(await ask(page), other), page.name).toBe(true)
    }
    for (const page of listPages().filter(({ name }) => needed[name]?.permission === permission))
      expect(isRefused(await ask(page), permission), page.name).toBe(false)
  })
})

// Last, since nobody is freshly signed in from here on.
it('a sign-in of the last ten minutes is needed where the table says so, and nowhere else', async () => {
  await may(permissions)
  latchkey.clock.advance(601)
  for (const page of listPages()) expect(asksToSignIn(await ask(page)), page.name).toBe(needed[page.name]?.fresh === true)
})
