/** What a plan lacks is refused by its name, at every door: the admin pages, the API, and what both of them call. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withoutRequest } from '../../provider/audit/record.ts'
import { defaultPlans } from '../../config/plans.ts'
import { createApiKey } from '../../provider/workspaces/api-keys.ts'
import { findAuthority } from '../../provider/workspaces/authority.ts'
import { changeRole, createRole } from '../../provider/workspaces/custom-roles.ts'
import { createEntitlements } from '../../provider/workspaces/entitlements.ts'
import { changeRequirement } from '../../provider/workspaces/workspace.ts'
import { callApi, newWorkspace, registerApiApps } from '../support/api.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { asSystem } from '../support/records.ts'
import { serverApp } from '../support/relying-party.ts'
import { headingOf } from '../support/sign-in.ts'
import { type Colleague, foundWith, hiddenIn, visitAsColleague } from '../support/colleagues.ts'

const plans = { ...defaultPlans, none: [] }
const model = '0ea242b4-43c4-4a1b-8b17-dd6d0b6baec6'

describe.each(['embedded', 'postgres'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  let admin: Colleague
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [serverApp], on, environment: { TRUSTED_PROXIES: '1' } })
    await registerApiApps(latchkey)
    admin = await visitAsColleague(latchkey)
  })
  afterAll(() => latchkey?.stop())

  const found = (plan: string) => foundWith(latchkey, [[admin, 'admin']], { plan })
  const setPlan = (id: string, plan: string) =>
    latchkey.adapters.data.scoped(asSystem, ({ workspaces }) => workspaces.changePlan(id, plan))
  const rolesOf = (id: string) => latchkey.adapters.data.read(asSystem, ({ roles }) => roles.list(id))
  const newRole = { name: 'Bookkeeping', key: 'bookkeeping', 'permission:members.read': 'on' }

  it('the page of roles says which plans have roles of their own, and shows no form', async () => {
    const { id, path } = await found('free')
    const page = await admin.open(`${path}/roles`)
    expect(page.body).toContain('on the plan free. Roles of your own come with plans that include “custom-roles”.')
    expect(page.body).not.toContain('new-from')
    const form = `${path}/roles/new-from/viewer`
    for (const answer of [await admin.agent.get(`${latchkey.issuer}${form}`), await admin.send(form, newRole)]) {
      expect([answer.status, headingOf(answer)]).toEqual([403, 'The plan doesn’t include that'])
      expect(answer.body).toContain('It takes a plan with “custom-roles”.')
      expect(answer.body).not.toContain('<input')
    }
    expect(await rolesOf(id)).toEqual([])
  })

  it('roles of a plan that the workspace had are kept, and deleted, but not changed', async () => {
    const { id, path } = await found('pro')
    await admin.send(`${path}/roles/new-from/viewer`, newRole)
    const change = `${path}/roles/bookkeeping`
    const seen = hiddenIn(await admin.open(change), change)
    await setPlan(id, 'free')
    const page = await admin.open(`${path}/roles`)
    expect(page.body).toContain('The roles that are here keep working.')
    expect(page.body).not.toContain(`href="${change}"`)
    expect((await admin.send(change, { ...seen, name: 'Books' })).status).toBe(403)
    expect(await rolesOf(id)).toMatchObject([{ name: 'Bookkeeping' }])
    expect((await admin.submit(`${change}/delete`)).body).toContain('The role is deleted.')
  })

  it('the API refuses the same in the same name', async () => {
    const { path, admin: caller, close } = await newWorkspace(latchkey, { plan: 'free' })
    const body = { key: 'bookkeeping', name: 'Bookkeeping', permissions: ['members.read'] }
    const role = await callApi(latchkey, 'POST', `${path}/roles`, { as: caller.token, body })
    expect([role.status, role.body['detail']]).toEqual([403, 'The plan free does not include custom-roles.'])
    const requirement = { level: 'phishing-resistant', from: null, authenticators: [model] }
    const list = await callApi(latchkey, 'PATCH', path, {
      as: caller.token,
      body: { requirement },
      headers: { 'if-match': '*' },
    })
    expect([list.status, list.body['detail']]).toEqual([403, 'The plan free does not include accepted-authenticators.'])
    close()
  })

  it('a list of accepted authenticators outlives the plan that it came with, and its level is changed beside it', async () => {
    const { path, admin: caller, id, close } = await newWorkspace(latchkey, { plan: 'enterprise' })
    const send = (level: string, authenticators: string[]) =>
      callApi(latchkey, 'PATCH', path, {
        as: caller.token,
        body: { requirement: { level, from: '2030-01-01T00:00:00.000Z', authenticators } },
        headers: { 'if-match': '*' },
      })
    expect((await send('phishing-resistant', [model])).status).toBe(200)
    await setPlan(id, 'free')
    expect((await send('any-second-factor', [model])).status).toBe(200)
    expect((await send('any-second-factor', [crypto.randomUUID()])).status).toBe(403)
    close()
  })

  // So that no door that is built later can forget to ask.
  const role = { key: 'bookkeeping', name: 'Bookkeeping', permissions: [] }
  const key = { name: 'Report', permissions: ['members.read'], expiresAt: new Date('2030-01-01T00:00:00Z') }
  const requirement = { level: 'phishing-resistant', from: undefined, authenticators: [model] } as const
  it.each([
    ['custom-roles', createRole, role],
    ['custom-roles', changeRole, role],
    ['api-keys', createApiKey, key],
    ['accepted-authenticators', changeRequirement, { requirement: { ...requirement, authenticators: [model] } }],
  ] as const)('%s is asked for by what makes it', async (entitlement, make, wanted) => {
    const { id } = await found('none')
    const actor = { kind: 'user', userId: admin.userId } as const
    const circumstances = withoutRequest(actor, latchkey.clock.now)
    const made = latchkey.adapters.data.scoped({ kind: 'workspace', workspaceId: id, actor }, async repositories => {
      const authority = await findAuthority(repositories, { workspaceId: id, userId: admin.userId, ofApps: [] })
      // Each takes its own; the table pairs them.
      const act = make as (...given: unknown[]) => Promise<unknown>
      await act(repositories, authority, wanted, { circumstances, entitlements: createEntitlements(plans) })
    })
    await expect(made).rejects.toMatchObject({
      code: 'entitlement-missing',
      detail: `The plan none does not include ${entitlement}.`,
    })
  })
})
