import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { protections } from '../../adapters/sql/protection.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import { aGrant, asSystem, asUser, asWorkspace, noon } from '../support/records.ts'
import { plantTenant, type Tenant } from '../support/tenants.ts'
import { attacks } from './attacks.ts'

const cases = Object.entries(attacks).flatMap(([repository, methods]) =>
  Object.entries(methods).map(([method, run]) => [`${repository}.${method}`, run] as const),
)

describe.each(['embedded', 'postgres'] as const)('every repository method under a foreign scope on %s', kind => {
  let state: DurableState
  let ours: Tenant
  let theirs: Tenant
  beforeAll(async () => {
    state = await openDurableState(kind)
    ours = await plantTenant(state.data)
    theirs = await plantTenant(state.data)
    // What the sweeps of sessions, grants and families could take: expired, and not ours.
    await state.data.scoped(asSystem, async ({ accounts, grants }) => {
      await accounts.scheduleErasure(theirs.user.id, noon)
      await grants.upsert(aGrant(theirs.user.id, { expiresAt: new Date(0), workspaceId: theirs.workspace.id }))
    })
  })
  afterAll(() => state?.close())

  const dump = () =>
    state.database.read(asSystem, async scope => {
      const contents = Object.keys(protections).map(async table => {
        const { rows } = await scope.query(`select row_to_json(t)::text as line from latchkey.${table} as t order by 1`)
        return [table, rows.map(({ line }) => line)]
      })
      return Object.fromEntries(await Promise.all(contents)) as Record<string, unknown[]>
    })

  it.each(cases)('%s finds nothing and changes nothing', async (_, run) => {
    const before = await dump()
    for (const mode of [asUser(ours.user.id), asWorkspace(ours.workspace.id)]) {
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
})
