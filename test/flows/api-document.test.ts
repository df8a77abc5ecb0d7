/** What the management API says of itself: every example in its document is done, on a real server, and answers what the document says. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { Agent } from '../support/agent.ts'
import { callApi, newPerson, newWorkspace, operatorToken, startWithApi, tokenOf } from '../support/api.ts'
import { call } from '../support/code-flow.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { asSystem, newAddress } from '../support/records.ts'

interface Described {
  operationId: string
  description: string
  parameters: Array<{ name: string; in: string; required: boolean; example?: string }>
  requestBody?: { content: { 'application/json': { example: unknown } } }
  responses: Record<string, { content?: Record<string, { schema: z.core.JSONSchema.BaseSchema; example?: unknown }> }>
}

let latchkey: RunningLatchkey
let document: { openapi: string; servers: Array<{ url: string }>; paths: Record<string, Record<string, Described>> }

beforeAll(async () => {
  latchkey = await startWithApi({ on: 'embedded' })
  document = (await callApi(latchkey, 'GET', '/openapi.json')).body as unknown as typeof document
})
afterAll(() => latchkey?.stop())

const listOperations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ path, method: method.toUpperCase(), described })),
  )

it('describes every route of the API, and is OpenAPI 3.1 at the address that it names', () => {
  expect([document.openapi, document.servers[0]?.url]).toEqual(['3.1.0', `${latchkey.issuer}/api/v1`])
  const described = listOperations().map(({ path, method }) => `${method} /api/v1${path.replaceAll(/\{([A-Za-z]+)\}/g, ':$1')}`)
  const served = latchkey.routes.filter(({ access }) => access === 'bearer').map(({ method, path }) => `${method} ${path}`)
  expect(new Set(described)).toEqual(new Set(served))
  expect(served.length).toBeGreaterThan(30)
  const ids = listOperations().map(({ described: { operationId } }) => operationId)
  expect(new Set(ids).size).toBe(ids.length)
})

/** A workspace in which there is one of everything that an example may be about. */
async function plant() {
  const workspace = await newWorkspace(latchkey)
  const { admin, member, path } = workspace
  const operator = await operatorToken(latchkey)
  const invitation = await callApi(latchkey, 'POST', `${path}/invitations`, {
    as: admin.token,
    body: { address: newAddress(), roles: ['viewer'] },
  })
  const role = { key: 'planted', name: 'Planted', permissions: ['members.read'] }
  await callApi(latchkey, 'POST', `${path}/roles`, { as: admin.token, body: role })
  const key = await callApi(latchkey, 'POST', `${path}/api-keys`, {
    as: admin.token,
    body: { name: 'Planted', permissions: ['members.read'] },
  })
  const sessions = await callApi(latchkey, 'GET', `${path}/members/${member.userId}/sessions`, { as: admin.token })
  const metadata = { client_id: `app-${workspace.id}`, client_name: 'An app', redirect_uris: ['https://app.example.com/'] }
  await callApi(latchkey, 'POST', '/apps', { as: operator, body: metadata })
  const [session] = sessions.body['items'] as Array<{ id: string }>
  return {
    workspace,
    operator,
    names: {
      workspace: workspace.id,
      member: member.userId,
      invitation: String(invitation.body['id']),
      role: 'planted',
      session: session?.id ?? '',
      apiKey: String(key.body['id']),
      app: metadata.client_id,
    } as Record<string, string>,
  }
}

type Planted = Awaited<ReturnType<typeof plant>>

/** What has to be otherwise in the planted workspace for the example to make sense. */
const arrangements: Record<string, (planted: Planted) => Promise<unknown>> = {
  restoreWorkspace: ({ workspace: { path, admin } }) =>
    callApi(latchkey, 'DELETE', path, { as: admin.token, headers: { 'if-match': '*' } }),
  // Its only Admin deletes it, or hands it over, before their account is deleted.
  deleteMe: ({ workspace: { path, admin } }) =>
    callApi(latchkey, 'DELETE', path, { as: admin.token, headers: { 'if-match': '*' } }),
}

/** Ids and client ids in an example stand for those of what is there. */
function fill(example: unknown, { names, workspace }: Planted, operationId: string): unknown {
  if (operationId === 'transferWorkspace') return { to: workspace.member.userId }
  if (operationId === 'changeApp') return { ...(example as object), client_id: names['app'] }
  // Taken once, where it is tried again.
  if (operationId === 'registerApp') return { ...(example as object), client_id: `other-${names['app']}` }
  if (operationId === 'createWorkspace') return { ...(example as object), slug: `acme-${workspace.id}` }
  return example
}

it('has an example for every operation, which works and answers what the document says', async () => {
  for (const { path, method, described } of listOperations()) {
    const planted = await plant()
    const { workspace, operator, names } = planted
    await arrangements[described.operationId]?.(planted)
    const place = path.replaceAll(/\{([A-Za-z]+)\}/g, (_, name: string) => names[name] ?? 'missing')
    const query = new URLSearchParams(
      described.parameters.flatMap(({ name, in: where, example }) =>
        where === 'query' && example !== undefined ? [[name, example]] : [],
      ),
    )
    const isConditional = described.parameters.some(({ name }) => name === 'If-Match')
    const isForOperators = described.description.includes('**Who may:** An app of the operator’s')
    const example = described.requestBody?.content['application/json'].example
    const answer = await callApi(latchkey, method, query.size === 0 ? place : `${place}?${query}`, {
      as: isForOperators ? operator : workspace.admin.token,
      ...(example === undefined ? {} : { body: fill(example, planted, described.operationId) }),
      ...(isConditional ? { headers: { 'if-match': '*' } } : {}),
    })
    const [status = '', response] = Object.entries(described.responses).find(([each]) => each.startsWith('2')) ?? []
    expect([answer.status, answer.body], described.operationId).toEqual([Number(status), expect.anything()])
    const type = answer.headers.get('content-type')?.split(';')[0] ?? ''
    if (response?.content !== undefined) expect(Object.keys(response.content), described.operationId).toContain(type)
    const content = response?.content?.['application/json']
    // Of what is no JSON, the first line has the members that the document shows.
    const shownLine = type === 'application/x-ndjson' ? String(response?.content?.[type]?.example) : '{}'
    const answeredLine = type === 'application/x-ndjson' ? String(answer.body['text']) : '{}'
    const membersOf = (lines: string) => Object.keys(JSON.parse(lines.split('\n')[0] ?? '') as object)
    expect(membersOf(answeredLine)).toEqual(membersOf(shownLine))
    const schema = content && z.fromJSONSchema(content.schema)
    for (const shown of content === undefined ? [] : [answer.body, content.example])
      expect(schema?.safeParse(shown).error?.issues ?? [], described.operationId).toEqual([])
    workspace.close()
  }
}, 120_000)

it('has a page for people, in their language, that loads nothing from anywhere else', async () => {
  const agent = new Agent()
  const page = await agent.get(`${latchkey.issuer}/api/v1`)
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  for (const { described } of listOperations()) expect(page.body).toContain(`id="${described.operationId}"`)
  for (const [, loaded = ''] of page.body.matchAll(/<(?:link|script|img|iframe)[^>]*(?:href|src)="([^"]*)"/g))
    expect(loaded).toMatch(/^\/assets\//)
  expect((await agent.get(`${latchkey.issuer}/api/v1?language=de`)).body).toContain('Verwaltungs-API')
  agent.close()
})

it('shows what an app’s own document cannot know: nothing without a credential, and nothing by a cookie', async () => {
  const person = await newPerson(latchkey)
  const cookie = person.agent.cookies(latchkey.issuer)
  const refused = await call(`${latchkey.issuer}/api/v1/users/me`, { headers: { cookie, origin: latchkey.issuer } })
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  expect(refused.headers.get('content-type')).toBe('application/problem+json')
  const own = await callApi(latchkey, 'GET', '/users/me', {
    as: await tokenOf(latchkey, person),
    headers: { origin: 'https://evil.example' },
  })
  expect([own.status, own.body['id']]).toEqual([200, person.userId])
  expect(own.headers.get('access-control-allow-origin')).toBeNull()
  expect(await latchkey.adapters.data.read(asSystem, ({ users }) => users.findById(person.userId))).toBeDefined()
  person.agent.close()
})
