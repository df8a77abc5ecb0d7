/** A workspace always has an Admin: also when one of them has their account deleted. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { visitAccount } from '../support/account.ts'
import { callApi, newPerson, newWorkspace, startWithApi, tokenOf } from '../support/api.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { asSystem } from '../support/records.ts'
import { headingOf } from '../support/sign-in.ts'

let latchkey: RunningLatchkey
beforeAll(async () => {
  latchkey = await startWithApi({ on: 'postgres' })
})
afterAll(() => latchkey?.stop())

type Workspace = Awaited<ReturnType<typeof newWorkspace>>
const any = { 'if-match': '*' }
const deleteAccount = ({ token }: Workspace['admin']) => callApi(latchkey, 'DELETE', '/users/me', { as: token })
const giveRoles = ({ path, admin }: Workspace, userId: string, roles: string[]) =>
  callApi(latchkey, 'PATCH', `${path}/members/${userId}`, { as: admin.token, headers: any, body: { roles } })

it('the only Admin hands the workspace over, or has it deleted, before their account is', async () => {
  const workspace = await newWorkspace(latchkey)
  const { path, admin, member } = workspace
  expect(await deleteAccount(admin)).toMatchObject({ status: 409, body: { code: 'last-admin' } })
  const visitor = await visitAccount(latchkey, admin.address)
  const answer = await visitor.send('/account/data/delete', { address: admin.address })
  expect([answer.status, headingOf(answer)]).toEqual([409, 'A workspace needs an Admin'])
  expect((await callApi(latchkey, 'GET', '/users/me', { as: admin.token })).body['erasure_due_at']).toBeNull()
  expect((await deleteAccount(member)).status).toBe(202)
  expect((await callApi(latchkey, 'DELETE', path, { as: admin.token, headers: any })).status).toBe(202)
  expect((await deleteAccount(admin)).status).toBe(202)
  workspace.close()
})

it('of two Admins who have their accounts deleted at once, one stays', async () => {
  for (let round = 0; round < 5; round += 1) {
    const workspace = await newWorkspace(latchkey, { roles: ['admin'] })
    const answers = await Promise.all([workspace.admin, workspace.member].map(deleteAccount))
    expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['202', '409'])
    workspace.close()
  }
})

it('whoever is about to be deleted is not the Admin who stays', async () => {
  const workspace = await newWorkspace(latchkey, { roles: ['admin'] })
  const { path, admin, member } = workspace
  expect((await deleteAccount(member)).status).toBe(202)
  expect((await giveRoles(workspace, admin.userId, ['manager'])).body['code']).toBe('last-admin')
  expect((await callApi(latchkey, 'DELETE', `${path}/members/${admin.userId}`, { as: admin.token })).status).toBe(409)
  const handOver = { as: admin.token, body: { to: member.userId } }
  expect((await callApi(latchkey, 'POST', `${path}/transfer`, handOver)).status).toBe(409)
  expect((await giveRoles(workspace, member.userId, ['viewer'])).status).toBe(200)
  workspace.close()
})

it('a personal workspace is not deleted by itself: its person could sign in to nothing', async () => {
  const person = await newPerson(latchkey)
  const token = await tokenOf(latchkey, person)
  const [own] = await latchkey.adapters.data.read(asSystem, ({ workspaces }) => workspaces.listForUser(person.userId))
  const asked = await callApi(latchkey, 'DELETE', `/workspaces/${own?.id}`, { as: token, headers: any })
  expect(asked).toMatchObject({ status: 409, body: { code: 'personal-workspace' } })
  expect(await tokenOf(latchkey, person)).toEqual(expect.any(String))
  person.agent.close()
})
