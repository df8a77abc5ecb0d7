/** Whoever has a great deal is deleted piece by piece: no statement is giant, and what was begun is never undone by half. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSqlData } from '../../adapters/sql/data.ts'
import { withoutRequest } from '../../provider/audit/record.ts'
import type { Data } from '../../provider/ports/data.ts'
import { eraseDueAccounts } from '../../provider/users/erasure.ts'
import { deleteDueWorkspaces } from '../../provider/workspaces/deletion.ts'
import { permissions } from '../../provider/kernel/permissions.ts'
import { cancelDeletion } from '../../provider/workspaces/workspace.ts'
import { anApiKey } from '../support/api-records.ts'
import { countDeletions, type CountedDeletion, insertMany } from '../support/counted-deletions.ts'
import { deleteBatch, eraseBatch } from '../support/deletion.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import { anApp, anEvent, asJob, asSystem, asUser, asWorkspace, createUser, createWorkspace, noon } from '../support/records.ts'

const batch = 100
const many = 250

describe.each(['embedded', 'postgres'] as const)('on %s', kind => {
  let state: DurableState
  let data: Data
  let deletions: () => Promise<CountedDeletion[]>
  beforeEach(async () => {
    state = await openDurableState(kind)
    data = state.data
    deletions = await countDeletions(state)
  })
  afterEach(() => state?.close())

  const rowsOf = async (table: string, condition: string, values: unknown[]) => {
    const text = `select count(*)::integer as count from latchkey.${table} where ${condition}`
    return (await state.database.read(asJob, scope => scope.query(text, values))).rows[0]?.['count']
  }

  /** Every table that a workspace may have a great deal in, with two refresh families for each grant. */
  async function plantWorkspace(): Promise<{ id: string; slug: string; userId: string; apiKeyId: string }> {
    const { id, slug } = await createWorkspace(data)
    const user = await createUser(data, id)
    const apiKey = anApiKey(id, user.id)
    await data.scoped(asWorkspace(id), async ({ apiKeys, auditEvents }) => {
      await apiKeys.create(apiKey)
      await auditEvents.append([anEvent({ workspaceId: id })])
    })
    const insert = (text: string, ...values: unknown[]) => insertMany(state, `insert into latchkey.${text}`, values)
    const numbers = `generate_series(1, ${many}) as number`
    await insert(`users (id, status, locale, created_at) select gen_random_uuid(), 'active', 'en', $1 from ${numbers}`, noon)
    const others = `(select id as user_id from latchkey.users where id <> $2)`
    await insert(`memberships select $1, user_id, array['viewer'], $3::timestamptz, 1 from ${others} as u`, id, user.id, noon)
    await insert(`former_members select $1, user_id, $3::timestamptz from ${others} as u`, id, user.id, noon)
    await insert(
      `access_passes select $1, user_id, '\\x00', $3::timestamptz, $3::timestamptz, null from ${others} as u`,
      id,
      user.id,
      noon,
    )
    await insert(
      `api_keys select $1, gen_random_uuid(), '\\x00', '\\x00', '{}', $2, $3::timestamptz, $3::timestamptz, null from ${numbers}`,
      id,
      user.id,
      noon,
    )
    await insert(`roles select $1, 'role-' || number, 'A role', '{}', $2::timestamptz, 1 from ${numbers}`, id, noon)
    await insert(
      `invitations (workspace_id, id, address_index, address_sealed, roles, token_hash, created_at, expires_at)
       select $1, gen_random_uuid(), sha256(number::text::bytea), '\\x00', '{}', sha256(number::text::bytea), $2, $2 from ${numbers}`,
      id,
      noon,
    )
    await insert(
      `api_answers select 'answer-' || number, $1::uuid, null, '\\x00', '\\x00', $2::timestamptz from ${numbers}`,
      id,
      noon,
    )
    await plantGrants(user.id, id)
    return { id, slug, userId: user.id, apiKeyId: apiKey.id }
  }

  async function plantGrants(userId: string, workspaceId: string | null): Promise<void> {
    await insertMany(
      state,
      `insert into latchkey.grants select 'grant-' || number, $1, $2::uuid, 'an-app', null, '{}', $3::timestamptz, $3::timestamptz
       from generate_series(1, ${many}) as number`,
      [userId, workspaceId, noon],
    )
    await insertMany(
      state,
      `insert into latchkey.refresh_families (id, grant_id, user_id, client_id, current_hash, payload, created_at, expires_at)
       select gen_random_uuid(), 'grant-' || number, $1, 'an-app', '\\x00', '{}', $2, $2
       from generate_series(1, ${many}) as number, generate_series(1, 2)`,
      [userId, noon],
    )
  }

  async function plantPerson(): Promise<string> {
    const { id } = await createUser(data)
    const numbers = `generate_series(1, ${many}) as number`
    const insert = (text: string, ...values: unknown[]) => insertMany(state, `insert into latchkey.${text}`, values)
    await insert(
      `workspaces (id, slug, name_sealed, personal, created_at)
       select gen_random_uuid(), 'w-' || number, '\\x00', false, $1 from ${numbers}`,
      noon,
    )
    const workspaces = `(select id as workspace_id from latchkey.workspaces)`
    await insert(`memberships select workspace_id, $1, array['viewer'], $2::timestamptz, 1 from ${workspaces} as w`, id, noon)
    await insert(`former_members select workspace_id, $1, $2::timestamptz from ${workspaces} as w`, id, noon)
    await insert(
      `api_keys select workspace_id, gen_random_uuid(), '\\x00', '\\x00', '{}', $1, $2::timestamptz, $2::timestamptz, null
       from ${workspaces} as w, generate_series(1, 2)`,
      id,
      noon,
    )
    await insert(
      `invitations (workspace_id, id, address_index, address_sealed, roles, token_hash, created_at, expires_at)
       select workspace_id, gen_random_uuid(), a.address_index, '\\x00', '{}', sha256(workspace_id::text::bytea), $2, $2
       from ${workspaces} as w, latchkey.user_addresses as a where a.user_id = $1`,
      id,
      noon,
    )
    await insert(
      `sessions select 'session-' || number, sha256(number::text::bytea), $1, '{}', '\\x00', $2::timestamptz, $2::timestamptz,
       $2::timestamptz from ${numbers}`,
      id,
      noon,
    )
    await insert(`apps select 'app-' || number, null, '{}', 'api', $1::timestamptz from ${numbers}`, noon)
    await insert(`consents select $1, client_id, '{}', $2::timestamptz from latchkey.apps`, id, noon)
    await insert(
      `known_browsers select $1, sha256(number::text::bytea), 'email', $2::timestamptz, $2::timestamptz from ${numbers}`,
      id,
      noon,
    )
    await insert(
      `api_answers select 'answer-' || number, null, $1::uuid, '\\x00', '\\x00', $2::timestamptz from ${numbers}`,
      id,
      noon,
    )
    await insert(
      `attempts (id, interaction_uid, browser_hash, client_id, state, user_id, proofs_sealed, details_sealed, locale, created_at, expires_at)
       select gen_random_uuid(), 'i', '\\x00', 'an-app', 'open', $1, '\\x00', '\\x00', 'en', $2, $2 from ${numbers}`,
      id,
      noon,
    )
    await plantGrants(id, null)
    return id
  }

  /** That many tables had more than a batch, each went in several transactions, and none of these was large. */
  async function expectSmallSteps(tables: readonly string[]): Promise<void> {
    const counted = await deletions()
    expect(Math.max(...counted.map(({ rows }) => rows))).toBeLessThanOrEqual(batch)
    const byTransaction = Object.values(Object.groupBy(counted, ({ transaction }) => transaction))
    const sizes = byTransaction.map(each => (each ?? []).reduce((sum, { rows }) => sum + rows, 0))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3 * batch)
    for (const table of tables) {
      const statements = counted.filter(each => each.table === table)
      expect([table, statements.length > 2]).toEqual([table, true])
      expect(statements.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThanOrEqual(many)
    }
  }

  it('a workspace of any size goes in small steps, and what they leave is its log with the key of that', async () => {
    const { id } = await plantWorkspace()
    await data.scoped(asJob, ({ workspaces }) => workspaces.scheduleDeletion(id, noon))
    while (await deleteBatch(data, batch));
    await expectSmallSteps([
      'memberships',
      'former_members',
      'access_passes',
      'api_keys',
      'roles',
      'invitations',
      'api_answers',
      'grants',
      'refresh_families',
    ])
    expect(await rowsOf('workspaces', 'id = $1', [id])).toBe(0)
    expect(await rowsOf('deleted_workspaces', 'id = $1', [id])).toBe(1)
    expect(await rowsOf('audit_events', 'workspace_id = $1', [id])).toBe(1)
    expect(await rowsOf('audit_events', `action = 'workspace.deleted' and target = $1`, [`workspace:${id}`])).toBe(1)
  })

  it('a workspace whose deletion is killed again and again is gone for everybody from the first step on, and at last entirely', async () => {
    const { id, slug, userId, apiKeyId } = await plantWorkspace()
    await data.scoped(asJob, ({ workspaces }) => workspaces.scheduleDeletion(id, noon))
    const circumstances = withoutRequest(asJob, () => noon)
    const authority = { workspaceId: id, actor: asJob, permissions: new Set<string>(permissions), ofApps: [] }
    class Killed extends Error {}
    let left = true
    let steps = 0
    while (left) {
      // Each step is undone once, when all of it was done, and taken again by another node, which has nothing in memory.
      const killed = data.scoped(asJob, async repositories => {
        await deleteDueWorkspaces(repositories, batch, circumstances)
        throw new Killed()
      })
      await expect(killed).rejects.toThrow(Killed)
      data = createSqlData(state.database, await state.openCipher())
      left = await deleteBatch(data, batch)
      steps += 1
      const [bySlug, keyFacts, memberships] = await data.read(asSystem, async ({ workspaces, apiKeys }) => [
        await workspaces.findBySlug(slug),
        await apiKeys.findFacts(apiKeyId),
        await workspaces.listMembershipFacts(userId),
      ])
      expect(bySlug).toBeUndefined()
      expect(keyFacts?.membership.open ?? false).toBe(false)
      expect(memberships.filter(({ open }) => open)).toEqual([])
      expect(await data.read(asWorkspace(id), ({ workspaces }) => workspaces.findById(id))).toBeUndefined()
      expect(await data.read(asUser(userId), ({ workspaces }) => workspaces.listForUser(userId))).toEqual([])
      const takeBack = data.scoped(asWorkspace(id), repositories => cancelDeletion(repositories, authority, circumstances))
      await expect(takeBack).rejects.toMatchObject({ code: 'not-found' })
    }
    expect(steps).toBeGreaterThan(10)
    expect(await rowsOf('workspaces', 'id = $1', [id])).toBe(0)
    expect(await rowsOf('audit_events', `action = 'workspace.deleted'`, [])).toBe(1)
  })

  it('a person of any history goes in small steps, and is nobody from the first one on', async () => {
    const userId = await plantPerson()
    const address = (await data.read(asSystem, ({ users }) => users.findById(userId)))?.address ?? ''
    await data.scoped(asJob, ({ accounts }) => accounts.scheduleErasure(userId, noon))
    const keysLeft = () => rowsOf('user_keys', 'user_id = $1', [userId])
    // Invitations name the address, and go while it can be found still.
    while ((await keysLeft()) === 1) await eraseBatch(data, batch)
    expect(await rowsOf('sessions', 'user_id = $1', [userId])).toBe(many)
    for (const each of [data, createSqlData(state.database, await state.openCipher())]) {
      expect(await each.read(asSystem, ({ users }) => users.findById(userId))).toBeUndefined()
      expect(await each.read(asSystem, ({ users }) => users.findByAddress(address))).toBeUndefined()
      expect(await each.read(asSystem, ({ sessions }) => sessions.findByUid('session-1'))).toBeUndefined()
      expect(await each.read(asSystem, ({ grants }) => grants.findFacts('grant-1'))).toBeUndefined()
    }
    // Whoever would take it back at this moment is too late.
    await data.scoped(asUser(userId), ({ accounts }) => accounts.scheduleErasure(userId, undefined))
    class Killed extends Error {}
    const killed = data.scoped(asJob, async repositories => {
      await eraseDueAccounts(repositories, () => noon, batch)
      throw new Killed()
    })
    await expect(killed).rejects.toThrow(Killed)
    while (await eraseBatch(data, batch));
    await expectSmallSteps([
      'memberships',
      'former_members',
      'api_keys',
      'invitations',
      'sessions',
      'consents',
      'known_browsers',
      'api_answers',
      'attempts',
      'grants',
      'refresh_families',
    ])
    expect(await rowsOf('users', 'id = $1', [userId])).toBe(0)
    expect(await rowsOf('audit_events', `action = 'account.erased'`, [])).toBe(1)
  })

  it('an app that very many have allowed something goes by no giant statement', async () => {
    const app = anApp()
    await data.scoped(asJob, ({ apps }) => apps.insert(app))
    const people = `insert into latchkey.users (id, status, locale, created_at)
      select gen_random_uuid(), 'active', 'en', $1 from generate_series(1, 1100)`
    await insertMany(state, people, [noon])
    const allow = `insert into latchkey.consents select id, $1, '{}', $2::timestamptz from latchkey.users`
    await insertMany(state, allow, [app.clientId, noon])
    await data.scoped(asJob, ({ apps }) => apps.delete(app.clientId))
    const sizes = (await deletions()).map(({ table, rows }) => [table, rows])
    expect(sizes).toEqual([
      ['consents', 500],
      ['consents', 500],
      ['consents', 100],
      ['apps', 1],
    ])
  })
})
