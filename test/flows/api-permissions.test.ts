/** Which permission each operation of a workspace needs, and no other: a table for whoever adds one to write down what they mean. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiPath } from '../../provider/apps/api-resource.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { permissions } from '../../provider/kernel/permissions.ts'
import { callApi, newWorkspace, startWithApi } from '../support/api.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'

const needed: Record<string, (typeof permissions)[number]> = {
  'GET ': 'workspace.read',
  'PATCH ': 'workspace.update',
  'DELETE ': 'workspace.delete',
  'POST /restore': 'workspace.delete',
  'GET /roles': 'workspace.read',
  'GET /roles/:role': 'workspace.read',
  'POST /roles': 'roles.manage',
  'PUT /roles/:role': 'roles.manage',
  'DELETE /roles/:role': 'roles.manage',
  'GET /members': 'members.read',
  'GET /members/:member': 'members.read',
  'PATCH /members/:member': 'members.manage',
  // Whoever leaves needs none.
  'DELETE /members/:member': 'members.manage',
  'POST /transfer': 'members.manage',
  'GET /members/:member/sessions': 'sessions.manage',
  'DELETE /members/:member/sessions': 'sessions.manage',
  'DELETE /members/:member/sessions/:session': 'sessions.manage',
  'GET /invitations': 'members.manage',
  'POST /invitations': 'members.manage',
  'DELETE /invitations/:invitation': 'members.manage',
  'GET /api-keys': 'api-keys.manage',
  'POST /api-keys': 'api-keys.manage',
  'DELETE /api-keys/:apiKey': 'api-keys.manage',
  'POST /members/:member/reset': 'members.manage',
  'GET /events': 'audit.read',
  'GET /events/export': 'audit.export',
}

let latchkey: RunningLatchkey
let found: Awaited<ReturnType<typeof newWorkspace>>
beforeAll(async () => {
  latchkey = await startWithApi({ on: 'postgres' })
  found = await newWorkspace(latchkey)
  await callApi(latchkey, 'POST', `${found.path}/roles`, {
    as: found.admin.token,
    body: { key: 'tested', name: 'Tested', permissions: [] },
  })
  const give = { as: found.admin.token, body: { roles: ['tested'] }, headers: { 'if-match': '*' } }
  await callApi(latchkey, 'PATCH', `${found.path}/members/${found.member.userId}`, give)
})
afterAll(async () => {
  found?.close()
  await latchkey?.stop()
})

const beginning = `${apiPath}/workspaces/:workspace`
const listOperations = () =>
  latchkey.routes
    .filter(({ path, mode }) => path.startsWith(beginning) && !JSON.stringify(mode).includes('system-api'))
    .map(({ method, path }) => ({ method, path, name: `${method} ${path.slice(beginning.length)}` }))

async function may(held: readonly string[]): Promise<void> {
  const role = { as: found.admin.token, body: { name: 'Tested', permissions: held }, headers: { 'if-match': '*' } }
  expect((await callApi(latchkey, 'PUT', `${found.path}/roles/tested`, role)).status).toBe(200)
}

/** Asks for what there is not, so that whoever may changes nothing. */
async function ask(method: string, template: string, as = found.member.token): Promise<string> {
  const path = template
    .slice(apiPath.length)
    .replaceAll(/:([A-Za-z]+)/g, (_, name: string) => (name === 'workspace' ? found.id : newId()))
  const answer = await callApi(latchkey, method, path, { as, headers: { 'if-match': '"nonsense"' } })
  return String(answer.body['detail'])
}

it('the table has every operation, and none that is none', () => {
  expect(
    listOperations()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(Object.keys(needed).toSorted())
})

describe.each([...new Set(Object.values(needed))])('%s', permission => {
  const refusal = `This needs the permission ${permission}.`

  it('is needed where the table says so, by whoever has all the others', async () => {
    await may(permissions.filter(each => each !== permission))
    for (const { method, path, name } of listOperations().filter(each => needed[each.name] === permission))
      expect(await ask(method, path), name).toBe(refusal)
  })

  it('is enough there, and for nothing else', async () => {
    await may([permission])
    for (const { method, path, name } of listOperations()) {
      const said = await ask(method, path)
      if (needed[name] === permission) expect(said, name).not.toMatch(/^This needs the permission/)
      else expect(said, name).toBe(`This needs the permission ${needed[name]}.`)
    }
  })
})

it('whoever may change roles takes nothing away that they do not have, and gives nothing', async () => {
  const { path, admin } = found
  const big = { key: 'big', name: 'Big', permissions: ['workspace.read', 'audit.read'] }
  expect((await callApi(latchkey, 'POST', `${path}/roles`, { as: admin.token, body: big })).status).toBe(201)
  await may(['workspace.read', 'roles.manage'])
  const put = (held: string[]) =>
    callApi(latchkey, 'PUT', `${path}/roles/big`, {
      as: found.member.token,
      body: { name: 'Big', permissions: held },
      headers: { 'if-match': '*' },
    })
  for (const held of [['workspace.read'], ['workspace.read', 'audit.read'], ['workspace.read', 'members.read'], []])
    expect((await put(held)).body, held.join()).toMatchObject({ status: 403, code: 'more-than-own' })
  const { body } = await callApi(latchkey, 'GET', `${path}/roles/big`, { as: admin.token })
  expect(body).toMatchObject({ permissions: ['audit.read', 'workspace.read'], version: 1 })
})

/** What no key does, whatever it was made for: a person has to be there. */
const forPeople = new Set(['POST /api-keys', 'POST /transfer', 'POST /members/:member/reset'])
/** For which a person has to have signed in just before, as on the admin pages: a table, as above. */
const forWhoIsFresh = new Set([
  'DELETE ',
  'PATCH /members/:member',
  'DELETE /members/:member',
  'POST /transfer',
  'POST /members/:member/reset',
  'DELETE /members/:member/sessions',
  'DELETE /members/:member/sessions/:session',
  'DELETE /invitations/:invitation',
  'DELETE /roles/:role',
  // A key lasts longer than any sign-in.
  'POST /api-keys',
  'DELETE /api-keys/:apiKey',
])

it('a key with every permission does all but what is for people', async () => {
  await may(permissions)
  const body = { name: 'All', permissions: [...permissions] }
  const made = await callApi(latchkey, 'POST', `${found.path}/api-keys`, { as: found.member.token, body })
  for (const { method, path, name } of listOperations()) {
    const said = await ask(method, path, String(made.body['key']))
    expect(said === 'This is for people, not for keys.', `${name}: ${said}`).toBe(forPeople.has(name))
  }
})

describe('a sign-in of more than ten minutes ago', () => {
  const isAskedFor = (said: string) => said.startsWith('This needs a token of a sign-in with')
  let key: string
  // Last, since nobody is freshly signed in from here on.
  beforeAll(async () => {
    await may(permissions)
    const body = { name: 'Night job', permissions: [...permissions] }
    const made = await callApi(latchkey, 'POST', `${found.path}/api-keys`, { as: found.member.token, body })
    key = String(made.body['key'])
    latchkey.clock.advance(601)
  })

  it('is enough for a person, but for what takes away from others and for what outlasts it', async () => {
    for (const { method, path, name } of listOperations())
      expect(isAskedFor(await ask(method, path)), name).toBe(forWhoIsFresh.has(name))
  })

  it('is not asked about where a key calls, which no person stands behind at that moment', async () => {
    for (const { method, path, name } of listOperations()) expect(isAskedFor(await ask(method, path, key)), name).toBe(false)
  })

  it('renames the workspace, and says nothing about what everybody needs to sign in', async () => {
    const { path, admin } = found
    const change = (body: unknown, as = admin.token) =>
      callApi(latchkey, 'PATCH', path, { as, body, headers: { 'if-match': '*' } })
    const requirement = { level: 'any-second-factor', from: null, authenticators: null }
    expect((await change({ name: 'Acme Trading' })).status).toBe(200)
    for (const body of [{ requirement }, { name: 'Acme', requirement }]) {
      const refused = await change(body)
      expect(refused.status).toBe(401)
      expect(refused.headers.get('www-authenticate')).toMatch(/error="insufficient_user_authentication".*max_age="600"/)
    }
    expect((await callApi(latchkey, 'GET', path, { as: admin.token })).body).toMatchObject({
      name: 'Acme Trading',
      requirement: { level: 'none' },
    })
    expect((await change({ requirement }, key)).body).toMatchObject({ requirement: { level: 'any-second-factor' } })
  })
})
