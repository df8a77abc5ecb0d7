/** Every operation of the management API refuses what it has to refuse, and in the same way: found by walking the routes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiPath } from '../../provider/apps/api-resource.ts'
import { callerLimit } from '../../provider/api/caller-limit.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { callApi, newPerson, newWorkspace, operatorToken, startWithApi, tokenOf } from '../support/api.ts'
import type { Answer } from '../support/code-flow.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'

let latchkey: RunningLatchkey
let ours: Awaited<ReturnType<typeof newWorkspace>>
let theirs: Awaited<ReturnType<typeof newWorkspace>>
let operator: string

beforeAll(async () => {
  // On this test's clock, so that limits can be used up and be over.
  latchkey = await startWithApi({ on: 'postgres' })
  ours = await newWorkspace(latchkey)
  theirs = await newWorkspace(latchkey)
  operator = await operatorToken(latchkey)
})
afterAll(async () => {
  ours.close()
  theirs.close()
  await latchkey?.stop()
})

const listRoutes = () => latchkey.routes.filter(({ access }) => access === 'bearer')
const isOfOperator = ({ mode }: { mode: unknown }) => typeof mode === 'object' && JSON.stringify(mode).includes('system-api')
const isOfWorkspace = ({ mode, path }: { mode: unknown; path: string }) =>
  path.startsWith(`${apiPath}/workspaces/:workspace`) && !isOfOperator({ mode })

/** The path of a route in a workspace; what is in it has the ids that are given, or ids that nothing has. */
function pathOf({ path }: { path: string }, values: Record<string, string>): string {
  return path.slice(apiPath.length).replaceAll(/:([A-Za-z]+)/g, (_, name: string) => values[name] ?? newId())
}

function tokenFor(route: { mode: unknown }): string {
  return isOfOperator(route) ? operator : ours.admin.token
}

const anything = { headers: { 'if-match': '*' } }

function expectProblem(answer: Answer, status: number, code: string, what: string): void {
  expect([answer.status, answer.body['code']], `${what} ${JSON.stringify(answer.body)}`).toEqual([status, code])
  expect(answer.headers.get('content-type'), what).toBe('application/problem+json')
  expect(answer.body, what).toMatchObject({
    type: 'about:blank',
    status,
    title: expect.any(String),
    request_id: expect.any(String),
  })
}

describe('every operation', () => {
  it('asks who calls', async () => {
    for (const route of listRoutes()) {
      const what = `${route.method} ${route.path}`
      for (const as of [undefined, 'nonsense', `lk_${'0'.repeat(32)}_${'A'.repeat(43)}`, `${ours.admin.token}x`]) {
        const answer = await callApi(latchkey, route.method, pathOf(route, { workspace: ours.id }), { as })
        expectProblem(answer, 401, 'not-signed-in', what)
        expect(answer.headers.get('www-authenticate'), what).toMatch(as === undefined ? /^Bearer$/ : /invalid_token/)
      }
    }
  })

  it('is for those whom it is for', async () => {
    for (const route of listRoutes()) {
      const what = `${route.method} ${route.path}`
      const path = pathOf(route, { workspace: ours.id, member: theirs.member.userId })
      const body = route.method === 'GET' || route.method === 'DELETE' ? {} : { body: {} }
      if (isOfOperator(route)) {
        expectProblem(
          await callApi(latchkey, route.method, path, { as: ours.admin.token, ...anything, ...body }),
          403,
          'forbidden',
          what,
        )
      } else if (isOfWorkspace(route) && !/^\/workspaces\/[^/]+$/.test(path) && !path.includes('restore')) {
        expectProblem(await callApi(latchkey, route.method, path, { as: operator, ...anything, ...body }), 403, 'forbidden', what)
      }
      if (route.path.startsWith(`${apiPath}/users`))
        expectProblem(await callApi(latchkey, route.method, path, { as: operator, ...anything, ...body }), 403, 'forbidden', what)
    }
  })

  it('of a workspace wants a permission that a Viewer has not, but to read the workspace and its roles, and to leave', async () => {
    const mayViewer = new Set(['GET /', 'GET /roles', 'GET /roles/:role', 'DELETE /members/:member'])
    for (const route of listRoutes().filter(isOfWorkspace)) {
      const below = `${route.method} ${route.path.replace(/^.*:workspace/, '') || '/'}`
      const path = pathOf(route, { workspace: ours.id, member: ours.admin.userId })
      const answer = await callApi(latchkey, route.method, path, { as: ours.member.token, ...anything })
      if (mayViewer.has(below)) expect([200, 403, 404], below).toContain(answer.status)
      else expectProblem(answer, 403, 'forbidden', below)
    }
    const removal = await callApi(latchkey, 'DELETE', `${ours.path}/members/${ours.admin.userId}`, { as: ours.member.token })
    expectProblem(removal, 403, 'forbidden', 'a Viewer removes the Admin')
  })

  it('answers 404 alike for what is another workspace’s and for what there is not', async () => {
    for (const route of listRoutes().filter(isOfWorkspace)) {
      const what = `${route.method} ${route.path}`
      const bodies: Answer[] = []
      for (const workspace of [theirs.id, newId(), 'nonsense', '%00', 'a'.repeat(300)]) {
        const path = pathOf(route, { workspace, member: theirs.member.userId })
        const answer = await callApi(latchkey, route.method, path, { as: ours.admin.token, ...anything })
        expectProblem(answer, 404, 'not-found', `${what} ${workspace}`)
        bodies.push(answer)
      }
      const said = bodies.map(({ body }) => JSON.stringify({ ...body, request_id: undefined }))
      expect(new Set(said).size, what).toBe(1)
    }
  })

  it('answers 404 for ids of another workspace’s things within one’s own, and changes nothing of them', async () => {
    const { admin } = theirs
    const invited = await callApi(latchkey, 'POST', `${theirs.path}/invitations`, {
      as: admin.token,
      body: { address: 'invited@theirs.example', roles: ['viewer'] },
    })
    const key = await callApi(latchkey, 'POST', `${theirs.path}/api-keys`, {
      as: admin.token,
      body: { name: 'Theirs', permissions: ['members.read'] },
    })
    const role = { key: 'theirs', name: 'Theirs', permissions: ['members.read'] }
    await callApi(latchkey, 'POST', `${theirs.path}/roles`, { as: admin.token, body: role })
    const listOf = async (what: string) => {
      const { body } = await callApi(latchkey, 'GET', `${theirs.path}/${what}`, { as: admin.token })
      return JSON.stringify(body)
    }
    const lists = ['members', 'invitations', 'roles', 'api-keys', `members/${theirs.member.userId}/sessions`]
    const before = await Promise.all(lists.map(listOf))
    const sessions = await callApi(latchkey, 'GET', `${theirs.path}/members/${theirs.member.userId}/sessions`, {
      as: admin.token,
    })
    const [session] = sessions.body['items'] as Array<{ id: string }>
    const values = {
      workspace: ours.id,
      member: theirs.member.userId,
      invitation: String(invited.body['id']),
      apiKey: String(key.body['id']),
      role: 'theirs',
      session: session?.id ?? '',
    }
    const deep = listRoutes().filter(route => isOfWorkspace(route) && /:workspace\/.*:/.test(route.path))
    expect(deep.length).toBeGreaterThan(8)
    for (const route of deep) {
      const body = { PATCH: { roles: ['viewer'] }, PUT: { name: 'Mine', permissions: [] } }[route.method as string]
      const answer = await callApi(latchkey, route.method, pathOf(route, values), { as: ours.admin.token, ...anything, body })
      expectProblem(answer, 404, 'not-found', `${route.method} ${route.path}`)
    }
    const given = await callApi(latchkey, 'POST', `${ours.path}/transfer`, { as: ours.admin.token, body: { to: admin.userId } })
    expectProblem(given, 404, 'not-found', 'handed over to a stranger')
    expect(await Promise.all(lists.map(listOf))).toEqual(before)
  })

  it('answers 404 for what can be no id of a thing at all', async () => {
    const deep = listRoutes().filter(({ path }) => /:workspace\/.*:|\/:app/.test(path))
    for (const route of deep) {
      for (const id of ['nonsense', '%00', 'a%0Ab', 'a'.repeat(300), '..%2F..', '%F0%9F%97%9D']) {
        const names = ['member', 'invitation', 'apiKey', 'role', 'session', 'app']
        const path = pathOf(route, { workspace: ours.id, ...Object.fromEntries(names.map(name => [name, id])) })
        const body = { PATCH: { roles: ['viewer'] }, PUT: { name: 'Mine', permissions: [] } }[route.method as string]
        const answer = await callApi(latchkey, route.method, path, { as: tokenFor(route), ...anything, body })
        expectProblem(answer, 404, 'not-found', `${route.method} ${route.path} ${id}`)
      }
    }
  })

  it('takes nothing from a prototype that a body brings along', async () => {
    const change = (body: string) =>
      callApi(latchkey, 'PATCH', `${ours.path}/members/${ours.member.userId}`, { as: ours.admin.token, ...anything, body })
    for (const body of [
      '{"__proto__":{"roles":["admin"]}}',
      '{"roles":["viewer"],"__proto__":{"roles":["admin"]}}',
      '{"roles":["viewer"],"constructor":{"prototype":{"roles":["admin"]}}}',
      '{"roles":["__proto__"]}',
      '{"roles":["constructor"]}',
    ])
      expect((await change(body)).status, body).toBe(400)
    const app = `{"client_id":"proto","client_name":"Proto","redirect_uris":["https://app.example.com/"],"__proto__":{"system":true}}`
    const made = await callApi(latchkey, 'POST', '/apps', { as: operator, body: app })
    expect(made.body['metadata']).toMatchObject({ client_id: 'proto' })
    expect(JSON.stringify(made.body)).not.toContain('system')
    const { body } = await callApi(latchkey, 'GET', `${ours.path}/members/${ours.member.userId}`, { as: ours.admin.token })
    expect(body).toMatchObject({ roles: ['viewer'], version: 1 })
  })

  it('wants JSON that it knows: an identity in a body, or anything else that is not asked for, is refused', async () => {
    for (const route of listRoutes().filter(({ method }) => method !== 'GET')) {
      const what = `${route.method} ${route.path}`
      const path = pathOf(route, { workspace: ours.id, member: newId(), app: serverApp.client_id })
      const as = tokenFor(route)
      if (route.path === `${apiPath}/users/me`) continue
      const identity = { user_id: theirs.admin.userId, workspace_id: theirs.id, actor: 'system', client_secret: 'x'.repeat(43) }
      expectProblem(await callApi(latchkey, route.method, path, { as, ...anything, body: identity }), 400, 'bad-request', what)
      expectProblem(await callApi(latchkey, route.method, path, { as, ...anything, body: '{"a":' }), 400, 'bad-request', what)
      expectProblem(
        await callApi(latchkey, route.method, path, {
          as,
          body: 'a=1',
          headers: { 'if-match': '*', 'content-type': 'application/x-www-form-urlencoded' },
        }),
        415,
        'unsupported-media-type',
        what,
      )
      const novel = { name: 'a'.repeat(70_000) }
      expectProblem(await callApi(latchkey, route.method, path, { as, ...anything, body: novel }), 413, 'too-large', what)
    }
    for (const route of listRoutes().filter(({ method, path }) => method === 'GET' && path.endsWith('s'))) {
      const path = pathOf(route, { workspace: ours.id, member: ours.member.userId })
      const answer = await callApi(latchkey, 'GET', `${path}?limit=0`, { as: tokenFor(route) })
      expect([200, 400], route.path).toContain(answer.status)
    }
  })

  it('refuses names that would be read as something else in a page or a mail of ours', async () => {
    const rename = (name: string) =>
      callApi(latchkey, 'PATCH', ours.path, { as: ours.admin.token, headers: { 'if-match': '*' }, body: { name } })
    for (const name of [
      'Acme \u202egnp.exe',
      'Ac\u200bme',
      'Ac\u00adme',
      '\u2800',
      'https://evil.example',
      'evil.example/sign-in',
    ])
      expect([name, (await rename(name)).status]).toEqual([name, 400])
    for (const name of ['Acme & Söhne e.V.', 'Zażółć 株式会社', '👩\u200d🔬 Labs'])
      expect([name, (await rename(name)).status]).toEqual([name, 200])
  })

  it('that changes what has a version wants to be told which one', async () => {
    const conditional = listRoutes().filter(
      ({ method, path }) => /^P(?:ATCH|UT)$/.test(method) || (method === 'DELETE' && path.endsWith(':workspace')),
    )
    expect(conditional.length).toBe(7)
    for (const route of conditional) {
      const path = pathOf(route, { workspace: ours.id })
      expectProblem(await callApi(latchkey, route.method, path, { as: tokenFor(route) }), 428, 'version-needed', route.path)
      for (const tag of ['nonsense', '"a", "b"', '"a'])
        expectProblem(
          await callApi(latchkey, route.method, path, { as: tokenFor(route), headers: { 'if-match': tag } }),
          400,
          'bad-request',
          route.path,
        )
    }
  })

  it('stops a caller who has used up their requests, and nobody else', async () => {
    const busy = await newPerson(latchkey)
    const token = await tokenOf(latchkey, busy)
    const first = await callApi(latchkey, 'GET', '/users/me', { as: token })
    expect(first.headers.get('ratelimit-policy')).toBe('"caller";q=600;w=60')
    expect(first.headers.get('ratelimit')).toMatch(/^"caller";r=599;t=(?:60|59)$/)
    for (let count = 1; count < callerLimit.points; count += 1)
      await latchkey.adapters.rateLimiter.consume(callerLimit, `user:${busy.userId}`)
    for (const route of listRoutes()) {
      const answer = await callApi(latchkey, route.method, pathOf(route, {}), { as: token })
      expectProblem(answer, 429, 'too-many-requests', route.path)
      expect(answer.headers.get('ratelimit')).toMatch(/^"caller";r=0;t=\d+$/)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect((await callApi(latchkey, 'GET', '/users/me', { as: ours.member.token })).status).toBe(200)
    latchkey.clock.advance(60)
    expect((await callApi(latchkey, 'GET', '/users/me', { as: token })).status).toBe(200)
    busy.agent.close()
  })
})
