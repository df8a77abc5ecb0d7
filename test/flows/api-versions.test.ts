/** Whoever changes what somebody else has changed meanwhile is told so, and writes over nothing: operation by operation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callApi, newWorkspace, operatorToken, startWithApi } from '../support/api.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'

let latchkey: RunningLatchkey
let operator: string
beforeAll(async () => {
  latchkey = await startWithApi({ on: 'postgres' })
  operator = await operatorToken(latchkey)
})
afterAll(() => latchkey?.stop())

type Found = Awaited<ReturnType<typeof newWorkspace>>

/** What is read, and how it is changed: each time into something else. */
interface Subject {
  read: string
  change: { method: string; path: string; body?(name: string): unknown }
  as: string
}

const asAdmin = ({ admin }: Found) => admin.token
const requirementFrom = (name: string) => ({
  requirement: { level: 'any-second-factor', from: `2031-01-01T00:00:00.${name.length}00Z`, authenticators: null },
})

const subjects: Record<string, (found: Found) => Promise<Subject>> = {
  'the name of a workspace': async found => ({
    read: found.path,
    change: { method: 'PATCH', path: found.path, body: name => ({ name }) },
    as: asAdmin(found),
  }),
  'what a workspace requires': async found => ({
    read: found.path,
    change: { method: 'PATCH', path: found.path, body: requirementFrom },
    as: asAdmin(found),
  }),
  'both at once': async found => ({
    read: found.path,
    change: { method: 'PATCH', path: found.path, body: name => ({ name, ...requirementFrom(name) }) },
    as: asAdmin(found),
  }),
  'its plan': async found => ({
    read: found.path,
    change: { method: 'PUT', path: `${found.path}/plan`, body: name => ({ plan: name === 'One' ? 'pro' : 'free' }) },
    as: operator,
  }),
  'whether it is suspended': async found => ({
    read: found.path,
    change: { method: 'PUT', path: `${found.path}/status`, body: name => ({ status: name === 'One' ? 'suspended' : 'active' }) },
    as: operator,
  }),
  'the roles of a member': async found => {
    const path = `${found.path}/members/${found.member.userId}`
    const body = (name: string) => ({ roles: [name === 'One' ? 'manager' : 'operator'] })
    return { read: path, change: { method: 'PATCH', path, body }, as: asAdmin(found) }
  },
  'a role of its own': async found => {
    const role = { key: 'auditor', name: 'Auditor', permissions: ['audit.read'] }
    await callApi(latchkey, 'POST', `${found.path}/roles`, { as: found.admin.token, body: role })
    const path = `${found.path}/roles/auditor`
    return { read: path, change: { method: 'PUT', path, body: name => ({ name, permissions: [] }) }, as: asAdmin(found) }
  },
  'an app': async ({ id }) => {
    const metadata = { client_id: `app-${id}`, client_name: 'An app', redirect_uris: ['https://app.example.com/'] }
    expect((await callApi(latchkey, 'POST', '/apps', { as: operator, body: metadata })).status).toBe(201)
    const path = `/apps/${metadata.client_id}`
    return { read: path, change: { method: 'PUT', path, body: name => ({ ...metadata, client_name: name }) }, as: operator }
  },
}

describe.each(Object.entries(subjects))('%s', (_what, find) => {
  it('has another tag when it is another, is not written over, and is changed by who has seen it, or does not mind', async () => {
    const found = await newWorkspace(latchkey)
    const { read, change, as } = await find(found)
    const show = async () => {
      const { body, headers } = await callApi(latchkey, 'GET', read, { as })
      return { body, tag: headers.get('etag') ?? '' }
    }
    const write = (name: string, tag: string) =>
      callApi(latchkey, change.method, change.path, { as, body: change.body?.(name), headers: { 'if-match': tag } })
    const before = await show()
    expect(before.tag).toMatch(/^"[\w-]+"$/)
    expect((await show()).tag).toBe(before.tag)

    const changed = await write('One', before.tag)
    expect(changed.status).toBe(200)
    const between = await show()
    expect(between.body).not.toEqual(before.body)
    expect(between.tag).not.toBe(before.tag)
    expect(changed.headers.get('etag')).toBe(between.tag)

    for (const stale of [before.tag, '"nonsense"', `W/${between.tag}`])
      expect((await write('Another', stale)).body, stale).toMatchObject({ status: 412, code: 'version-stale' })
    expect(await show()).toEqual(between)

    expect((await write('Another', between.tag)).status).toBe(200)
    expect((await show()).body).not.toEqual(between.body)
    expect((await write('One', '*')).status).toBe(200)
    found.close()
  })
})

it('a workspace that was renamed meanwhile is not deleted', async () => {
  const { path, admin, close } = await newWorkspace(latchkey)
  const { headers } = await callApi(latchkey, 'GET', path, { as: admin.token })
  const seen = headers.get('etag') ?? ''
  const rename = await callApi(latchkey, 'PATCH', path, {
    as: admin.token,
    body: { name: 'Kept' },
    headers: { 'if-match': seen },
  })
  const remove = (tag: string) => callApi(latchkey, 'DELETE', path, { as: admin.token, headers: { 'if-match': tag } })
  expect((await remove(seen)).body).toMatchObject({ status: 412, code: 'version-stale' })
  expect((await callApi(latchkey, 'GET', path, { as: admin.token })).body).toMatchObject({ name: 'Kept', deletion_due_at: null })
  expect((await remove(rename.headers.get('etag') ?? '')).status).toBe(202)
  close()
})
