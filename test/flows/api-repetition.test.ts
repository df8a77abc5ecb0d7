/** What is asked for twice, changed by two, or read page by page. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callApi, newWorkspace, startWithApi } from '../support/api.ts'
import { call } from '../support/code-flow.ts'
import { dumpPostgres, findSpellings } from '../support/dumps.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { asSystem, createUser } from '../support/records.ts'

let latchkey: RunningLatchkey
let ours: Awaited<ReturnType<typeof newWorkspace>>
let theirs: Awaited<ReturnType<typeof newWorkspace>>
beforeAll(async () => {
  latchkey = await startWithApi({ on: 'postgres' })
  ours = await newWorkspace(latchkey, { roles: ['admin'] })
  theirs = await newWorkspace(latchkey)
})
afterAll(async () => {
  ours.close()
  theirs.close()
  await latchkey?.stop()
})

describe('the same request with the same idempotency key', () => {
  const makeKey = (idempotencyKey: string, { as = ours.admin.token, name = 'Report' } = {}) =>
    callApi(latchkey, 'POST', `${ours.path}/api-keys`, {
      as,
      body: { name, permissions: ['members.read'] },
      headers: { 'idempotency-key': idempotencyKey },
    })

  it('is done once, and answered alike, with the secret that is shown once', async () => {
    const first = await makeKey('"a-first-one"')
    const again = await makeKey('"a-first-one"')
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.body).toEqual(first.body)
    expect([first.headers.get('idempotent-replayed'), again.headers.get('idempotent-replayed')]).toEqual([null, 'true'])
    expect((await makeKey('a-first-one', { name: 'Other' })).body).toMatchObject({ status: 422, code: 'idempotency-key-reused' })
    const others = await makeKey('"a-first-one"', { as: ours.member.token })
    expect(others.body['id']).not.toBe(first.body['id'])
    expect((await makeKey('"'.repeat(3))).status).toBe(400)
    expect((await makeKey('x'.repeat(256))).status).toBe(400)
  })

  it('twenty times at once makes one', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => makeKey('all-at-once', { name: 'At once' })))
    const made = answers.filter(({ status }) => status === 201)
    expect(new Set(made.map(({ body }) => body['id'])).size).toBe(1)
    for (const { status } of answers) expect([201, 409]).toContain(status)
    const { body } = await callApi(latchkey, 'GET', `${ours.path}/api-keys?limit=100`, { as: ours.admin.token })
    const named = (body['items'] as Array<{ name: string }>).filter(({ name }) => name === 'At once')
    expect(named).toHaveLength(1)
  })

  it('is another one at another operation, and for the same caller alone as long as they may', async () => {
    const { path, admin, member, close } = await newWorkspace(latchkey, { roles: ['manager'] })
    const headers = { 'idempotency-key': 'the-same' }
    const body = { address: 'one@example.com', roles: ['viewer'] }
    const invite = () => callApi(latchkey, 'POST', `${path}/invitations`, { as: member.token, body, headers })
    const role = { key: 'one', name: 'One', permissions: [] }
    const first = await invite()
    expect([first.status, (await invite()).body]).toEqual([201, first.body])
    expect((await callApi(latchkey, 'POST', `${path}/roles`, { as: admin.token, body: role, headers })).status).toBe(201)
    const another = { name: 'One', permissions: ['members.read'] }
    expect((await callApi(latchkey, 'POST', `${path}/api-keys`, { as: admin.token, body: another, headers })).status).toBe(201)
    const lower = { as: admin.token, body: { roles: ['viewer'] }, headers: { 'if-match': '*' } }
    expect((await callApi(latchkey, 'PATCH', `${path}/members/${member.userId}`, lower)).status).toBe(200)
    expect((await invite()).status).toBe(403)
    close()
  })

  it('is kept sealed: a secret that was shown once is in no dump', async () => {
    const made = await makeKey('sealed', { name: 'Sealed away' })
    const dump = await dumpPostgres(latchkey.databaseUrl ?? '')
    expect((await makeKey('sealed', { name: 'Sealed away' })).body).toEqual(made.body)
    for (const spelt of [String(made.body['key']).slice(36), 'Sealed away']) expect(findSpellings(dump, spelt)).toEqual([])
  })

  it('may be tried again where it was refused', async () => {
    const invite = (roles: string[]) =>
      callApi(latchkey, 'POST', `${ours.path}/invitations`, {
        as: ours.admin.token,
        body: { address: 'someone@example.com', roles },
        headers: { 'idempotency-key': 'refused-first' },
      })
    expect((await invite(['nonsense'])).body).toMatchObject({ status: 400, code: 'role-unknown' })
    expect((await invite(['viewer'])).status).toBe(201)
  })
})

it('of two who change the same version, one is told that somebody was faster', async () => {
  const read = await callApi(latchkey, 'GET', ours.path, { as: ours.admin.token })
  const tag = read.headers.get('etag') ?? ''
  const rename = (name: string, as: string) =>
    callApi(latchkey, 'PATCH', ours.path, { as, body: { name }, headers: { 'if-match': tag } })
  const answers = await Promise.all([rename('One', ours.admin.token), rename('Other', ours.member.token)])
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 412])
})

it('two Admins who demote each other at once leave one', async () => {
  const pair = await newWorkspace(latchkey, { roles: ['admin'] })
  const demote = (as: string, userId: string) =>
    callApi(latchkey, 'PATCH', `${pair.path}/members/${userId}`, {
      as,
      body: { roles: ['viewer'] },
      headers: { 'if-match': '*' },
    })
  const answers = await Promise.all([demote(pair.admin.token, pair.member.userId), demote(pair.member.token, pair.admin.userId)])
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 403])
  pair.close()
})

it('a list goes on where its page ended, by a cursor that is good for nothing else', async () => {
  const { data } = latchkey.adapters
  const people = await Promise.all(Array.from({ length: 5 }, () => createUser(data, theirs.id)))
  const list = (query: string, path = theirs.path, as = theirs.admin.token) =>
    callApi(latchkey, 'GET', `${path}/members?${query}`, { as })
  const found: string[] = []
  let cursor: string | null = ''
  let pages = 0
  while (cursor !== null) {
    const { body } = await list(`limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
    for (const { user_id: id } of body['items'] as Array<{ user_id: string }>) found.push(id)
    cursor = body['next_cursor'] as string | null
    pages += 1
  }
  expect([pages, new Set(found).size, found.length]).toEqual([4, 7, 7])
  for (const { id } of people) expect(found).toContain(id)

  const { body } = await list('limit=2')
  const good = String(body['next_cursor'])
  const forged = [`${good.slice(0, -2)}AA`, 'nonsense', `A${good.slice(1)}`, '%00']
  for (const each of forged) expect((await list(`cursor=${each}`)).status, each).toBe(400)
  expect((await list(`cursor=${good}`, ours.path, ours.admin.token)).status).toBe(400)
  const elsewhere = await callApi(latchkey, 'GET', `${theirs.path}/invitations?cursor=${good}`, { as: theirs.admin.token })
  expect(elsewhere.status).toBe(400)
  for (const query of ['limit=0', 'limit=101', 'limit=1&limit=2', 'nonsense=1'])
    expect((await list(query)).status, query).toBe(400)

  // Whoever it ended at has left since.
  const second = body['items'] as Array<{ user_id: string }>
  await callApi(latchkey, 'DELETE', `${theirs.path}/members/${second[1]?.user_id}`, { as: theirs.admin.token })
  const after = await list(`limit=100&cursor=${good}`)
  expect(after.body['items']).toHaveLength(5)

  const byAddress = await list(`address=${encodeURIComponent(people[0]?.address ?? '')}`)
  expect(byAddress.body['items']).toMatchObject([{ user_id: people[0]?.id }])
  const viewed = await callApi(latchkey, 'GET', `${theirs.path}/events?action=members.viewed&limit=1`, { as: theirs.admin.token })
  expect(viewed.body['items']).toMatchObject([{ actor: `user:${theirs.admin.userId}`, details: { list: 'members', shown: '1' } }])
  expect(await data.read(asSystem, ({ members }) => members.count(theirs.id))).toBe(6)
})

it('a search of the log goes on as the search that it was', async () => {
  const search = (query: string) => callApi(latchkey, 'GET', `${theirs.path}/events?limit=1&${query}`, { as: theirs.admin.token })
  for (let count = 0; count < 3; count += 1) await search('action=members.viewed')
  const { body } = await search('action=audit-log.viewed')
  const cursor = String(body['next_cursor'])
  expect((await search(`action=audit-log.viewed&cursor=${cursor}`)).status).toBe(200)
  for (const other of ['action=members.viewed', `action=audit-log.viewed&user=${theirs.admin.userId}`, ''])
    expect((await search(`${other}&cursor=${cursor}`)).status, other).toBe(400)
})

it('another spelling of the path is nothing, and another method is named', async () => {
  expect((await call(`${latchkey.issuer}/api/v1/Users/me`)).status).toBe(404)
  const answer = await callApi(latchkey, 'POST', '/users/me', { as: ours.admin.token, body: {} })
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, DELETE'])
})

// Last, since the tokens from above are over by then.
it('an idempotency key is remembered for a day', async () => {
  const body = { name: 'Nightly', permissions: ['members.manage', 'workspace.read'], expires_in_days: 7 }
  const made = await callApi(latchkey, 'POST', `${ours.path}/api-keys`, { as: ours.admin.token, body })
  const invite = () =>
    callApi(latchkey, 'POST', `${ours.path}/invitations`, {
      as: String(made.body['key']),
      body: { address: 'daily@example.com', roles: ['viewer'] },
      headers: { 'idempotency-key': 'daily' },
    })
  const first = await invite()
  latchkey.clock.advance(86_000)
  expect((await invite()).body).toEqual(first.body)
  latchkey.clock.advance(401)
  const next = await invite()
  expect([next.status, next.headers.get('idempotent-replayed')]).toEqual([201, null])
  expect(next.body['id']).not.toBe(first.body['id'])
})
