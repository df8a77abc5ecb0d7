import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { protections } from '../../adapters/sql/protection.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import { aGrant, asJob, asSystem, asUser, asWorkspace, noon } from '../support/records.ts'
import { plantTenant, type Tenant } from '../support/tenants.ts'
import { attacks } from './attacks.ts'

const cases = Object.entries(attacks).flatMap(([repository, methods]) =>
  Object.entries(methods).map(([method, run]) => [`${repository}.${method}`, run] as const),
)

describe.each(['embedded', 'postgres'] as const)('every repository method under a foreign scope on %s', kind => {
  let state: DurableState
  let ours: Tenant
  let theirs: Tenant
  let member: Tenant
  beforeAll(async () => {
    state = await openDurableState(kind)
    ours = await plantTenant(state.data)
    theirs = await plantTenant(state.data)
    member = await plantTenant(state.data)
    // What the sweeps of sessions, grants and families could take: expired, and not ours.
    await state.data.scoped(asSystem, async ({ accounts, grants, workspaces }) => {
      await workspaces.addMember({
        workspaceId: theirs.workspace.id,
        userId: member.user.id,
        roles: ['viewer'],
        createdAt: noon,
      })
      await accounts.scheduleErasure(theirs.user.id, noon)
      await grants.upsert(aGrant(theirs.user.id, { expiresAt: new Date(0), workspaceId: theirs.workspace.id }))
    })
  })
  afterAll(() => state?.close())

  const dump = () =>
    state.database.read(asJob, async scope => {
      const contents = Object.keys(protections).map(async table => {
        const { rows } = await scope.query(`select row_to_json(t)::text as line from latchkey.${table} as t order by 1`)
        return [table, rows.map(({ line }) => line)]
      })
      return Object.fromEntries(await Promise.all(contents)) as Record<string, unknown[]>
    })

  it.each(cases)('%s finds nothing and changes nothing', async (_, run) => {
    const before = await dump()
    // Of another workspace, or of none: a scope whose person or workspace is not there.
    for (const mode of [asUser(ours.user.id), asWorkspace(ours.workspace.id), asUser(newId()), asWorkspace(newId())]) {
      for (const access of ['scoped', 'read'] as const) {
        const answer = await state.data[access](mode, repositories => run(repositories, theirs, ours)).catch(
          (error: unknown) => error,
        )
        const refused =
          (answer instanceof AppError && ['forbidden', 'not-found', 'conflict'].includes(answer.code)) ||
          // Reading refuses to write before anybody asks who may.
          (access === 'read' && answer instanceof Error && 'code' in answer && answer.code === '25006')
        const nothing = answer === undefined || answer === false || answer === 0 || (Array.isArray(answer) && answer.length === 0)
        expect(refused || nothing, String(answer)).toBe(true)
      }
    }
    expect(await dump()).toEqual(before)
  })

  it.each(cases)('%s shows a member nothing of the others, and lets them change nothing', async (_, run) => {
    const before = await dump()
    const { user, formerMember, otherAddress, session, grant, privateGrant, family, invitation, passkey, totpDevice } = theirs
    const people = [user.id, user.address, formerMember.id, formerMember.address, otherAddress.address, invitation.address]
    const things = [session.uid, grant.id, privateGrant.id, family.id, passkey.name, totpDevice.name, totpDevice.id]
    for (const access of ['scoped', 'read'] as const) {
      const answer: unknown = await state.data[access](asUser(member.user.id), repositories =>
        run(repositories, theirs, member),
      ).catch((error: unknown) => (error instanceof Error ? error.message : error))
      const shown = JSON.stringify(answer) ?? ''
      expect([...people, ...things].filter(mark => shown.includes(mark))).toEqual([])
    }
    expect(await dump()).toEqual(before)
  })
})
