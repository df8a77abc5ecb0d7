/** No table that grows is ever read whole: the plan of every statement that the repositories send, in each access mode. */
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSqlData } from '../../adapters/sql/data.ts'
import type { SqlDatabase, SqlScope } from '../../adapters/sql/database.ts'
import { protections } from '../../adapters/sql/protection.ts'
import type { AccessMode } from '../../provider/kernel/access-mode.ts'
import { attacks } from '../isolation/attacks.ts'
import { readSources } from '../scoping/finding.ts'
import { type DurableState, openDurableState } from '../support/durable-state.ts'
import { multiplyRows } from '../support/many-rows.ts'
import { asSystem, asUser, asWorkspace } from '../support/records.ts'
import { plantTenant, type Tenant } from '../support/tenants.ts'

/** Tables that stay small however many people there are, and why. */
const small: Readonly<Record<string, string>> = {
  installation_keys: 'has one row',
  apps: 'has a row for each app of a company',
  signing_keys: 'has a handful of rows',
  audit_keys: 'has a handful of rows',
  audit_retention: 'has a row for each class of events',
  audit_unsealed: 'holds the events of the last second',
  event_resealing: 'has one row',
  first_set_up: 'has one row',
}
/** Statements that read a table whole on purpose, and why. */
const meant: Readonly<Record<string, RegExp>> = {
  // It stops at the first one that it finds, and is closed from then on.
  'a start asks whether anybody has founded a workspace': /exists \(select from latchkey\.workspaces where not personal\)/,
  'the command line asks how far the renewal of keys has come': /count\(\*\) filter \(where phase = 'requested'\)/,
}
const hot = Object.keys(protections).filter(table => !(table in small))
const rowCount = 4_000

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Plans?: PlanNode[]
}

class Undo extends Error {}

let state: DurableState
let tenant: Tenant
let client: Client
const partialIndexes = new Set<string>()
/** Every statement that was sent, with the modes that sent it. */
const statements = new Map<string, Set<AccessMode['kind']>>()

beforeAll(async () => {
  state = await openDurableState('postgres')
  const data = createSqlData(listenTo(state.database), state.cipher)
  tenant = await plantTenant(data)
  const other = await plantTenant(data)
  for (const mode of [asSystem, asUser(tenant.user.id), asWorkspace(tenant.workspace.id)]) {
    for (const methods of Object.values(attacks)) {
      for (const run of Object.values(methods)) {
        // Nothing of it stays, so that each finds what the others would have changed.
        await data
          .scoped(mode, async repositories => {
            await run(repositories, tenant, other)
            throw new Undo()
          })
          .catch(() => {})
      }
    }
  }
  await multiplyRows(state, Object.keys(protections), rowCount)
  const { rows } = await state.execute(`select indexrelid::regclass::text as name from pg_index where indpred is not null`)
  for (const { name } of rows) partialIndexes.add(String(name).replace('latchkey.', ''))
  client = new Client({ connectionString: state.url ?? '' })
  await client.connect()
  // As the connections that serve (postgres.ts).
  await client.query('set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set jit = off')
}, 120_000)
afterAll(async () => {
  await client?.end()
  await state?.close()
})

/** The same database, noting what is sent. */
function listenTo(database: SqlDatabase): SqlDatabase {
  const note = (scope: SqlScope): SqlScope => {
    const add = (statement: { text: string }) => {
      const modes = statements.get(statement.text) ?? new Set()
      statements.set(statement.text, modes.add(scope.mode.kind))
    }
    return {
      mode: scope.mode,
      run: (statement, parameters) => (add(statement), scope.run(statement, parameters)),
      change: (statement, parameters) => (add(statement), scope.change(statement, parameters)),
      post: (statement, parameters) => (add(statement), scope.post(statement, parameters)),
      query: (text, values) => scope.query(text, values),
      announce: (topic, news) => scope.announce(topic, news),
      isHeard: topic => scope.isHeard(topic),
    }
  }
  return {
    ...database,
    transaction: (mode, work) => database.transaction(mode, scope => work(note(scope))),
    read: (mode, work) => database.read(mode, scope => work(note(scope))),
  }
}

/** The plan of a statement under the scope of `kind`; undefined where that mode may not run it. */
async function explain(text: string, kind: AccessMode['kind']): Promise<PlanNode | undefined> {
  const roles = await state.database.roles()
  await client.query('begin')
  try {
    const scope =
      kind === 'workspace' ? [tenant.workspace.id, '', ''] : kind === 'self' ? ['', tenant.user.id, ''] : ['', '', 'job']
    await client.query(
      `select set_config('role', $1, true), set_config('latchkey.workspace_id', $2, true), set_config('latchkey.user_id', $3, true),
         set_config('latchkey.reason', $4, true)`,
      [roles[kind], ...scope],
    )
    await client.query(`prepare planned as ${text}`)
    const { rows: prepared } = await client.query<{ count: number }>(
      `select cardinality(parameter_types) as count from pg_prepared_statements where name = 'planned'`,
    )
    const values = Array.from({ length: prepared[0]?.count ?? 0 }, () => 'null').join(', ')
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
      `explain (format json) execute planned${values === '' ? '' : `(${values})`}`,
    )
    return rows[0]?.['QUERY PLAN'][0]?.Plan
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '42501') return undefined
    throw error
  } finally {
    await client.query('rollback')
    await client.query('deallocate all')
  }
}

/** The tables of `names` that a plan reads from end to end, by whatever way; a page that an index orders is cut short by its limit. */
function findWholeReads(node: PlanNode, names: readonly string[], isLimited = false): string[] {
  const table = node['Relation Name']
  const isScan = node['Node Type'].endsWith('Scan') && table !== undefined && names.includes(table)
  const limited = isLimited || node['Node Type'] === 'Limit'
  const below = (node.Plans ?? []).flatMap(child =>
    findWholeReads(child, names, limited && !/Sort|Aggregate|Hash/.test(node['Node Type'])),
  )
  const index = node['Index Name']
  // A partial index may be just what is looked for.
  const isByIndex = node['Index Cond'] !== undefined || (index !== undefined && (limited || partialIndexes.has(index)))
  const isWhole = isScan && node['Node Type'] !== 'Bitmap Heap Scan' && !isByIndex
  const bitmap = node['Node Type'] === 'Bitmap Index Scan' && !isByIndex
  return [...(isWhole ? [`${node['Node Type']} of ${table}`] : []), ...(bitmap ? [`Bitmap of ${index}`] : []), ...below]
}

describe('the plan of every statement', () => {
  it('reads no table that grows from end to end, in any access mode', async () => {
    // Each that is written down was sent: whatever is not reached would go unseen.
    const written = readSources(join(import.meta.dirname, '../..')).filter(({ path }) =>
      path.startsWith('adapters/sql/repositories/'),
    )
    const count = written.reduce((sum, { text }) => sum + text.split(/\bprepare</).length - 1, 0)
    expect(count).toBeGreaterThan(150)
    expect(statements.size).toBeGreaterThanOrEqual(count)
    const found: string[] = []
    for (const [why, pattern] of Object.entries(meant))
      expect(
        [...statements.keys()].some(text => pattern.test(text)),
        why,
      ).toBe(true)
    for (const [text, modes] of statements) {
      if (Object.values(meant).some(pattern => pattern.test(text))) continue
      for (const kind of modes) {
        const plan = await explain(text, kind)
        const whole = plan === undefined ? [] : findWholeReads(plan, hot)
        if (whole.length > 0) found.push(`${kind}: ${whole.join(', ')} in ${text}`)
      }
    }
    expect(found).toEqual([])
  }, 60_000)

  it.each([
    ['select id from latchkey.users where status = $1', 'Seq Scan of users'],
    ['select count(*) from latchkey.sessions', 'of sessions'],
    ['select uid from latchkey.sessions order by user_id', 'of sessions'],
    ['delete from latchkey.grants where created_at < $1', 'Seq Scan of grants'],
  ])('would be seen: %s', async (text, words) => {
    const plan = await explain(text, 'system')
    expect(plan && findWholeReads(plan, hot).join()).toContain(words)
  })
})
