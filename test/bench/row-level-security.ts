/** What row-level security costs: the same code and the same named statements, with the policies on and off, in turns. */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import { createSqlData } from '../../adapters/sql/data.ts'
import type { SqlDatabase } from '../../adapters/sql/database.ts'
import { createInstallationKeys } from '../../adapters/sql/installation-keys.ts'
import { migrateJobs } from '../../adapters/sql/jobs.ts'
import { migrate } from '../../adapters/sql/migrate.ts'
import { openPostgres } from '../../adapters/sql/postgres.ts'
import { protections } from '../../adapters/sql/protection.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import type { Data } from '../../provider/ports/data.ts'
import { findFreePort } from '../support/servers.ts'
import { multiplyRows } from '../support/many-rows.ts'
import { anEvent, asSystem, asUser, asWorkspace, createUser } from '../support/records.ts'
import { plantTenant, type Tenant } from '../support/tenants.ts'
import type { Fleet } from './fleet.ts'
import { measurePass } from './measure.ts'
import { cpuMilliseconds } from './processes.ts'
import { inDatabase, type Stores } from './stores.ts'
import type { WorkloadName } from './workloads.ts'

export interface PolicyCost {
  what: string
  /** CPU milliseconds an operation, of the application and of its stores, in each pass. */
  on: number[]
  off: number[]
  goal: number
}

const goal = 1.1
const clients = 16
const members = 50
const rows = 10_000

/** `share`: a sign-in takes as long as a dozen reads. */
const requests: Array<{ what: string; workload: WorkloadName; share: number }> = [
  { what: 'a sign-in by link', workload: 'magic-link', share: 0.1 },
  { what: 'a refresh', workload: 'refresh', share: 0.5 },
]

type Operation = (data: Data, tenant: Tenant) => Promise<unknown>

const operations: Record<string, Operation> = {
  'what a refresh reads (system)': (data, { grant, family, user }) =>
    data.read(asSystem, ({ refreshFamilies, grants, users }) =>
      Promise.all([refreshFamilies.find(family.id), grants.findFactsWithFactors(grant.id), users.findById(user.id)]),
    ),
  'what a person sees of their account (self)': (data, { user }) =>
    data.read(asUser(user.id), ({ users, accounts, sessions }) =>
      Promise.all([users.findById(user.id), accounts.findFactors(user.id), sessions.listForUser(user.id)]),
    ),
  [`a page of ${members} members (workspace)`]: (data, { workspace }) =>
    data.read(asWorkspace(workspace.id), ({ members: all }) => all.list(workspace.id, { after: undefined, limit: members })),
  'a change with its event (workspace)': (data, { workspace }) =>
    data.scoped(asWorkspace(workspace.id), async ({ workspaces, auditEvents }) => {
      await workspaces.rename(workspace.id, workspace.name)
      await auditEvents.append([anEvent({ workspaceId: workspace.id })])
    }),
}

export async function measurePolicies(
  fleet: Fleet,
  stores: Stores,
  options: { count: number; passes: number; say: (line: string) => void },
): Promise<PolicyCost[]> {
  return [...(await measureRequests(fleet, stores, options)), ...(await measureRepositories(stores, options))]
}

/** Whole operations of a server: its database is switched behind its back. */
async function measureRequests(
  fleet: Fleet,
  stores: Stores,
  { passes, count, say }: { count: number; passes: number; say: (line: string) => void },
): Promise<PolicyCost[]> {
  const database = `latchkey_policies_${randomBytes(4).toString('hex')}`
  const databaseUrl = inDatabase(stores.databaseUrl, database)
  await stores.query(`create database ${database} owner ${decodeURIComponent(new URL(databaseUrl).username)}`)
  const redisUrl = inDatabase(stores.redisUrl, '3')
  const subject = await fleet.openInstallation({ name: 'policies', databaseUrl, redisUrl, port: await findFreePort() })
  const owner = new Client({ connectionString: inDatabase(stores.superuserUrl, database) })
  await owner.connect()
  const costs: PolicyCost[] = []
  for (const { what, workload, share } of requests) {
    const operations = Math.ceil(count * share)
    const pass = async () => (await measurePass(subject, workload, operations)).total
    const execute = (text: string) => owner.query(text)
    costs.push(await compare({ what, passes, say, execute, warmUp: pass, pass }))
  }
  await owner.end()
  await subject.stop()
  await stores.query(`drop database ${database} with (force)`)
  return costs
}

/** What is asked of the repositories alone, where a policy has nothing to hide behind. */
async function measureRepositories(
  stores: Stores,
  { passes, count, say }: { count: number; passes: number; say: (line: string) => void },
): Promise<PolicyCost[]> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-policies-'))
  const name = `latchkey_policies_${randomBytes(4).toString('hex')}`
  const url = inDatabase(stores.databaseUrl, name)
  await stores.query(`create database ${name} owner ${decodeURIComponent(new URL(url).username)}`)
  const database = openPostgres({ url, pooled: false, poolSize: clients })
  try {
    await migrate(database)
    await migrateJobs(database)
    const keyWrapper = await openKeyFile({ path: join(folder, 'master.key') })
    const installationKeys = createInstallationKeys(database)
    const data = createSqlData(database, await openEnvelope({ keyWrapper, installationKeys, clock: systemClock }))
    const tenant = await plantTenant(data)
    for (let index = 1; index < members; index += 1) await createUser(data, tenant.workspace.id)
    const execute: SqlDatabase['execute'] = (text, values) => database.asOwner(owner => owner.execute(text, values))
    await multiplyRows({ execute }, Object.keys(protections), rows)

    const costs: PolicyCost[] = []
    for (const [what, operation] of Object.entries(operations)) {
      const pass = async () => {
        const before = cpu(stores)
        await run(count, () => operation(data, tenant))
        return (cpu(stores) - before) / count
      }
      const warmUp = () => run(clients * 20, () => operation(data, tenant))
      await run(count, () => operation(data, tenant))
      costs.push(await compare({ what, passes, say, execute, warmUp, pass }))
    }
    await keyWrapper.close()
    return costs
  } finally {
    await database.close()
    await stores.query(`drop database ${name} with (force)`)
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compare({
  what,
  passes,
  say,
  execute,
  warmUp,
  pass,
}: {
  what: string
  passes: number
  say: (line: string) => void
  execute: (text: string) => Promise<unknown>
  /** After a switch, for statements are planned anew. */
  warmUp: () => Promise<unknown>
  pass: () => Promise<number>
}): Promise<PolicyCost> {
  const measured: Record<'on' | 'off', number[]> = { on: [], off: [] }
  for (let turn = 1; turn <= passes; turn += 1) {
    // Whichever comes second finds a warmer machine: they take turns in that, too.
    for (const policies of turn % 2 === 1 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
      await switchPolicies(execute, policies)
      await warmUp()
      measured[policies].push(await pass())
    }
    const [on, off] = [measured.on.at(-1) ?? 0, measured.off.at(-1) ?? 0]
    say(`${what} · pass ${turn}: ${on.toFixed(3)} ms CPU with policies, ${off.toFixed(3)} without`)
  }
  await switchPolicies(execute, 'on')
  return { what, ...measured, goal }
}

async function switchPolicies(execute: (text: string) => Promise<unknown>, policies: 'on' | 'off'): Promise<void> {
  const change = policies === 'on' ? 'enable' : 'disable'
  for (const table of Object.keys(protections)) await execute(`alter table latchkey.${table} ${change} row level security`)
}

function cpu(stores: Stores): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000 + cpuMilliseconds(stores.postgresPid)
}

async function run(count: number, operation: () => Promise<unknown>): Promise<void> {
  let left = count
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (left > 0) {
        left -= 1
        await operation()
      }
    }),
  )
}
