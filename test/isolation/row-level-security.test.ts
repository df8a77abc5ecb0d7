import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SqlScope } from '../../adapters/sql/database.ts'
import { protections } from '../../adapters/sql/protection.ts'
import { type AccessMode, systemReasons } from '../../provider/kernel/access-mode.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { type DurableState, databaseKinds, openDurableState } from '../support/durable-state.ts'
import { asSystem, asUser, asWorkspace } from '../support/records.ts'
import { marksOf, plantTenant, type Tenant } from '../support/tenants.ts'

/**
 * Attacks in plain SQL, as if a repository had forgotten every condition: what is shown and changed is up to the database
 * alone.
 */

const tables = Object.keys(protections) as (keyof typeof protections)[]

/** How many rows of one tenant each scope sees; a table that is missing here is closed to it altogether. */
const visible: Record<'self' | 'workspace', Partial<Record<keyof typeof protections, number>>> = {
  self: {
    users: 1,
    user_keys: 1,
    user_addresses: 2,
    address_claims: 1,
    passkeys: 1,
    totp_devices: 1,
    recovery_codes: 1,
    upstream_identities: 1,
    known_browsers: 1,
    workspaces: 1,
    workspace_keys: 1,
    memberships: 1,
    roles: 1,
    sessions: 1,
    grants: 2,
    consents: 1,
    refresh_families: 2,
    audit_events: 1,
    api_answers: 1,
  },
  workspace: {
    users: 1,
    // Theirs, and of whoever left, whose doings stay in the log.
    user_keys: 2,
    user_addresses: 2,
    workspaces: 1,
    workspace_keys: 1,
    memberships: 1,
    former_members: 1,
    roles: 1,
    invitations: 1,
    grants: 1,
    refresh_families: 1,
    audit_events: 3,
    audit_chains: 1,
    audit_links: 1,
    audit_checkpoints: 1,
    api_keys: 1,
    api_answers: 1,
  },
}

class Undo extends Error {}

describe.each(databaseKinds)('row-level security on %s', kind => {
  let state: DurableState
  let ours: Tenant
  let theirs: Tenant
  beforeAll(async () => {
    state = await openDurableState(kind)
    ours = await plantTenant(state.data)
    theirs = await plantTenant(state.data)
  })
  afterAll(() => state?.close())

  const modes = () => ({ self: asUser(ours.user.id), workspace: asWorkspace(ours.workspace.id) })

  /** The rows that a statement shows, as text, or `forbidden`; what it changed is undone. */
  async function attack(mode: AccessMode, text: string, values: unknown[] = []): Promise<string[] | 'forbidden'> {
    let rows: string[] = []
    const work = async (scope: SqlScope) => {
      rows = (await scope.query(text, values)).rows.map(row => JSON.stringify(row))
      throw new Undo()
    }
    const error: unknown = await state.database.transaction(mode, work).catch((reason: unknown) => reason)
    if (error instanceof Undo) return rows
    if (error instanceof AppError && error.code === 'forbidden') return 'forbidden'
    throw error
  }

  it.each(tables)('shows of %s what is its own, and nothing of others', async table => {
    for (const [name, mode] of Object.entries(modes())) {
      const expected = visible[name as 'self' | 'workspace'][table]
      const rows = await attack(mode, `select * from latchkey.${table}`)
      if (table === 'apps') expect(rows).toHaveLength(2)
      else if (expected === undefined) expect(rows).toBe('forbidden')
      else {
        expect(rows).toHaveLength(expected)
        const text = String(rows)
        expect(marksOf(theirs).filter(mark => text.includes(mark))).toEqual([])
        expect(marksOf(ours).filter(mark => text.includes(mark))).not.toEqual([])
      }
    }
  })

  it.each(tables)('shows and changes nothing of %s in an empty, malformed or unknown scope', async table => {
    const nobody: AccessMode[] = ['', 'not-an-id', "' or true --", newId()].flatMap(id => [asUser(id), asWorkspace(id)])
    // A reason cannot be empty by its type; a defect could make it so.
    nobody.push({ kind: 'system', reason: '' as 'start' })
    for (const mode of nobody) {
      const rows = await attack(mode, `select * from latchkey.${table}`)
      // Apps are everybody's who is somebody: the database does not know which ids exist.
      if (table === 'apps' && mode.kind !== 'system' && rows !== 'forbidden' && rows.length > 0) {
        expect([mode.kind === 'self' ? mode.userId : mode.workspaceId]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)])
      } else expect(rows === 'forbidden' || rows.length === 0).toBe(true)
      const deleted = await attack(mode, `delete from latchkey.${table} returning *`)
      expect(deleted === 'forbidden' || deleted.length === 0).toBe(true)
    }
  })

  it.each(tables)('deletes and changes no foreign row of %s', async table => {
    const { rows: columns } = await state.execute(
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and attgenerated = '' order by attnum limit 1`,
      [`latchkey.${table}`],
    )
    const column = String(columns[0]?.['name'])
    for (const mode of Object.values(modes())) {
      for (const text of [
        `delete from latchkey.${table} returning *`,
        `update latchkey.${table} set ${column} = ${column} returning *`,
      ]) {
        const rows = await attack(mode, text)
        expect(marksOf(theirs).filter(mark => String(rows).includes(mark))).toEqual([])
      }
    }
  })

  it('lets nobody write an audit event into a foreign log', async () => {
    const insert = `insert into latchkey.audit_events values ($1, $2, $3, 'forged', now(), '{}', '')`
    const { self, workspace } = modes()
    expect(await attack(self, insert, [newId(), null, ours.user.id])).toEqual([])
    expect(await attack(workspace, insert, [newId(), ours.workspace.id, null])).toEqual([])
    for (const [mode, workspaceId, userId] of [
      [self, null, theirs.user.id],
      [self, theirs.workspace.id, ours.user.id],
      [self, ours.workspace.id, ours.user.id],
      [self, null, null],
      [workspace, theirs.workspace.id, null],
      [workspace, null, ours.user.id],
    ] as const) {
      expect(await attack(mode, insert, [newId(), workspaceId, userId])).toBe('forbidden')
    }
  })

  it('lets nobody make themselves a member elsewhere, nor somebody else a member here', async () => {
    const insert = `insert into latchkey.memberships values ($1, $2, '{Admin}', now())`
    const { self, workspace } = modes()
    expect(await attack(self, insert, [theirs.workspace.id, ours.user.id])).toBe('forbidden')
    expect(await attack(workspace, insert, [ours.workspace.id, theirs.user.id])).toBe('forbidden')
  })

  it('keeps a workspace from its former members, and them from it', async () => {
    const { user, workspace } = await plantTenant(state.data)
    const rows = () => attack(asWorkspace(workspace.id), 'select * from latchkey.users')
    expect(await rows()).toHaveLength(1)
    const remove = `delete from latchkey.memberships where user_id = '${user.id}'`
    await state.database.asOwner(owner =>
      owner.execute(`begin; alter table latchkey.memberships no force row level security; ${remove};
      alter table latchkey.memberships force row level security; commit`),
    )
    expect(await rows()).toEqual([])
    expect(await attack(asUser(user.id), 'select * from latchkey.workspaces')).toEqual([])
  })

  it('shows the keys of deleted workspaces to the system for the reasons that need them, and for no other', async () => {
    const needed = new Set<string>(['deleted-workspace', 'job', 'command-line', 'start'])
    for (const reason of systemReasons) {
      const mode = { kind: 'system', reason } as const
      const rows = await attack(mode, 'select * from latchkey.deleted_workspaces')
      expect([reason, rows.length > 0]).toEqual([reason, needed.has(reason)])
      const changed = await attack(mode, 'update latchkey.deleted_workspaces set wrapped = wrapped returning id')
      expect([reason, changed.length > 0]).toEqual([reason, needed.has(reason)])
    }
    const insert = `insert into latchkey.deleted_workspaces (id, wrapped, deleted_at) values ($1, '', now())`
    expect(await attack(asSystem, insert, [newId()])).toBe('forbidden')
  })

  it('shows a scope of the system everything else there is', async () => {
    for (const table of tables.filter(each => each !== 'deleted_workspaces')) {
      const rows = await attack(asSystem, `select * from latchkey.${table}`)
      const text = String(rows)
      expect(rows).not.toHaveLength(0)
      if (visible.self[table]) expect(marksOf(theirs).some(mark => text.includes(mark))).toBe(true)
    }
  })
})
