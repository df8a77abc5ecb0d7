/** Nobody takes more than they have: to take an invitation back, or to put another in its place, is to take its roles from somebody. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callApi, newWorkspace, startWithApi } from '../support/api.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { newAddress } from '../support/sign-in.ts'

describe.each(['embedded', 'postgres'] as const)('a Manager, on %s', on => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startWithApi({ on })
  })
  afterAll(() => latchkey?.stop())

  async function invite({ path }: { path: string }, as: string, address: string, role: string) {
    return callApi(latchkey, 'POST', `${path}/invitations`, { as, body: { address, roles: [role] } })
  }

  it('neither replaces nor revokes the invitation of an Admin', async () => {
    const workspace = await newWorkspace(latchkey, { roles: ['manager'] })
    const { path, admin, member: manager, close } = workspace
    const boss = newAddress()
    const invited = await invite(workspace, admin.token, boss, 'admin')
    expect(invited.status).toBe(201)
    const beyond = { status: 403, body: { code: 'more-than-own' } }
    expect(await invite(workspace, manager.token, boss, 'viewer')).toMatchObject(beyond)
    const invitation = `${path}/invitations/${String(invited.body['id'])}`
    expect(await callApi(latchkey, 'DELETE', invitation, { as: manager.token })).toMatchObject(beyond)
    const { body } = await callApi(latchkey, 'GET', `${path}/invitations`, { as: admin.token })
    expect(body).toMatchObject({ items: [{ id: invited.body['id'], address: boss, roles: ['admin'] }] })
    expect((await callApi(latchkey, 'DELETE', invitation, { as: admin.token })).status).toBe(204)
    expect((await invite(workspace, manager.token, boss, 'viewer')).status).toBe(201)
    close()
  })

  it('replaces and revokes those that give what a Manager has', async () => {
    const workspace = await newWorkspace(latchkey, { roles: ['manager'] })
    const { path, admin, member: manager, close } = workspace
    const colleague = newAddress()
    expect((await invite(workspace, admin.token, colleague, 'operator')).status).toBe(201)
    const replaced = await invite(workspace, manager.token, colleague, 'viewer')
    expect(replaced.status).toBe(201)
    const invitation = `${path}/invitations/${String(replaced.body['id'])}`
    expect((await callApi(latchkey, 'DELETE', invitation, { as: manager.token })).status).toBe(204)
    close()
  })
})
