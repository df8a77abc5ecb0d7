/**
 * Two hundred clients of all access modes on a few connections, some of which are cut off in the middle: what is left on a connection
 * by one of them never reaches another.
 */
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { protections } from '../../adapters/sql/protection.ts'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import { anEvent, asSystem, asUser, asWorkspace } from '../support/records.ts'
import { marksOf, plantTenant, type Tenant } from '../support/tenants.ts'

const tenantCount = 12
const clientCount = 200
const turns = 12

type TenantMode = Exclude<AccessMode, { kind: 'system' }>

const tables = Object.entries(protections)
/** What a mode may read, without any condition: all that keeps a tenant's rows from it is the database. */
const readable = {
  workspace: tables.filter(([, byMode]) => byMode.workspace?.rights.includes('select')).map(([table]) => table),
  self: tables.filter(([, byMode]) => byMode.self?.rights.includes('select')).map(([table]) => table),
}

describe.each(['postgres', 'postgres behind a pooler'] as const)('two hundred clients on %s', kind => {
  let state: DurableState
  const tenants: Tenant[] = []
  /** Whose a mark is. */
  const owners = new Map<string, Tenant>()

  beforeAll(async () => {
    state = await openDurableState(kind, { poolSize: 20 })
    for (let index = 0; index < tenantCount; index += 1) tenants.push(await plantTenant(state.data))
    for (const tenant of tenants) for (const mark of marksOf(tenant)) owners.set(mark, tenant)
  })
  afterAll(() => state?.close())

  /** Every name of a tenant that stands in these rows. */
  function tenantsIn(rows: readonly unknown[]): Set<Tenant> {
    const words = JSON.stringify(rows).match(/[\w-]{20,}/g) ?? []
    return new Set(words.flatMap(word => owners.get(word) ?? []))
  }

  async function readEverything(mode: AccessMode, table: string): Promise<unknown[]> {
    return state.database.read(mode, async scope => (await scope.query(`select * from latchkey.${table}`)).rows)
  }

  it('see what is theirs, and write what is theirs, while connections are cut', async () => {
    const seen = { reads: 0, writes: 0, unscoped: 0, refused: 0, strangers: [] as string[] }
    /** Events by id, with the workspace and the person that they were written for; whether they were acknowledged. */
    const written = new Map<string, { tenant: Tenant; mode: 'self' | 'workspace'; acknowledged: boolean }>()

    async function readAsTenant(mode: TenantMode, tenant: Tenant, turn: number): Promise<void> {
      const names = readable[mode.kind]
      const table = names[turn % names.length] ?? ''
      const rows = await readEverything(mode, table)
      seen.reads += 1
      const strangers = [...tenantsIn(rows)].filter(found => found !== tenant)
      if (strangers.length > 0) seen.strangers.push(`${mode.kind} saw ${strangers.length} others in ${table}`)
    }

    async function writeAsTenant(mode: TenantMode, tenant: Tenant): Promise<void> {
      const event = anEvent(mode.kind === 'self' ? { userId: tenant.user.id } : { workspaceId: tenant.workspace.id })
      const entry = { tenant, mode: mode.kind, acknowledged: false }
      written.set(event.id, entry)
      // Several flights, so that a connection can be cut between any two.
      const found = await state.data.scoped(mode, async repositories => {
        const before = await repositories.users.findById(tenant.user.id)
        await repositories.auditEvents.append([event])
        const [foreign] = tenants.filter(each => each !== tenant)
        return [before, await repositories.users.findById(foreign?.user.id ?? '')]
      })
      entry.acknowledged = true
      seen.writes += 1
      if (found[0]?.id !== tenant.user.id || found[1] !== undefined) seen.strangers.push(`${mode.kind} found another person`)
    }

    /** As the job queue and the doctor are: with no scope at all, behind whoever had the connection before. */
    async function lookWithoutScope(): Promise<void> {
      const { rows } = await state.database.execute(
        `select current_user = session_user as own, concat(current_setting('latchkey.workspace_id', true),
           current_setting('latchkey.user_id', true), current_setting('latchkey.reason', true)) as scope,
           current_setting('transaction_read_only') as reading,
           (select count(*) from latchkey.users) + (select count(*) from latchkey.audit_events) as visible`,
      )
      seen.unscoped += 1
      const left = JSON.stringify(rows)
      if (left !== JSON.stringify([{ own: true, scope: '', reading: 'off', visible: '0' }])) seen.strangers.push(`left: ${left}`)
    }

    async function takeTurn(client: number, turn: number): Promise<void> {
      const tenant = tenants[(client * 7 + turn * 5) % tenants.length]
      if (tenant === undefined) throw new Error('no such tenant')
      const what = (client + turn) % 6
      if (what === 0) return readAsTenant(asWorkspaceOf(tenant), tenant, client + turn)
      if (what === 1) return readAsTenant(asPersonOf(tenant), tenant, client + turn)
      if (what === 2) return writeAsTenant(asWorkspaceOf(tenant), tenant)
      if (what === 3) return writeAsTenant(asPersonOf(tenant), tenant)
      if (what === 4) return lookWithoutScope()
      // Whoever may see all of them leaves the most behind, if anything is left.
      const rows = await readEverything(asSystem, 'users')
      if (tenantsIn(rows).size !== tenantCount) seen.strangers.push('the system did not see everybody')
    }

    async function runClient(client: number): Promise<void> {
      for (let turn = 0; turn < turns; turn += 1) {
        await takeTurn(client, turn).catch((error: unknown) => {
          if (!(error instanceof AppError && error.code === 'unavailable')) throw error
          seen.refused += 1
        })
      }
    }

    const cutter = startCutting(state.url ?? '')
    try {
      await Promise.all(Array.from({ length: clientCount }, (_, client) => runClient(client)))
    } finally {
      await cutter.stop()
    }

    expect(seen.strangers).toEqual([])
    expect(cutter.cut).toBeGreaterThan(20)
    expect(seen.refused).toBeGreaterThan(0)
    for (const count of [seen.reads, seen.writes, seen.unscoped]) expect(count).toBeGreaterThan(100)

    // Whatever was written is where it belongs, and whatever was acknowledged is there.
    const rows = (await readEverything(asSystem, 'audit_events')) as {
      id: string
      workspace_id: string | null
      user_id: string | null
    }[]
    const found = new Map(rows.map(row => [row.id, row]))
    for (const [id, { tenant, mode, acknowledged }] of written) {
      const row = found.get(id)
      expect(row !== undefined || !acknowledged, 'what was acknowledged is there').toBe(true)
      const expected = mode === 'self' ? [null, tenant.user.id] : [tenant.workspace.id, null]
      expect(row === undefined ? expected : [row.workspace_id, row.user_id]).toEqual(expected)
    }
  })
})

const asWorkspaceOf = ({ workspace }: Tenant) => asWorkspace(workspace.id)
const asPersonOf = ({ user }: Tenant) => asUser(user.id)

/** Ends server processes of the database, two at a time, as fast as it can, until it is stopped. */
function startCutting(url: string) {
  const state = { cut: 0, stopping: false }
  const cutting = (async () => {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      while (!state.stopping) {
        const { rowCount } = await client.query(
          `select pg_terminate_backend(pid), pg_sleep(0.02) from (select pid from pg_stat_activity where datname = current_database()
             and usename = current_user and pid <> pg_backend_pid() order by random() limit 2) as victims`,
        )
        state.cut += rowCount ?? 0
      }
    } finally {
      await client.end()
    }
  })()
  return {
    get cut() {
      return state.cut
    },
    async stop() {
      state.stopping = true
      await cutting
    },
  }
}
