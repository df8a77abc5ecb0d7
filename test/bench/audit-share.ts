/**
 * How much of a sign-in is its audit log: the same sign-in on the product, and on bundles of it in which nothing is sealed into chains, or
 * nothing recorded at all. They are made here, by leaving lines out of the source, and are good for nothing else.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { bundling } from '../../config/tooling/build.mjs'
import { findFreePort } from '../support/servers.ts'
import type { Fleet } from './fleet.ts'
import { mean, measurePass, type Pass } from './measure.ts'
import { milliseconds, table, verdict } from './report.ts'
import { inDatabase, type Stores } from './stores.ts'
import type { Subject } from './subject.ts'

export interface AuditShare {
  variant: string
  passes: Pass[]
}

/** Of a file of the product, what is exchanged for what. */
type Exchange = [path: string, from: string, to: string]

const project = join(import.meta.dirname, '../..')
const unsealed: Exchange[] = [
  ['provider/audit/sequencer.ts', 'if (await data.read(system, ', 'if (false && await data.read(system, '],
]
const unrecorded: Exchange[] = [
  ...unsealed,
  ['provider/audit/record.ts', 'await repositories.auditEvents.append([buildEvent(event, circumstances)])', ''],
  ['adapters/sql/repositories/audit-events.ts', 'const rows = await Promise.all(events.map(seal))', 'const rows = []'],
]
/** The whole first: the others are held against it. */
const variants: Array<[variant: string, exchanges: Exchange[]]> = [
  ['as it is', []],
  ['recorded, and never sealed into chains', unsealed],
  ['not recorded', unrecorded],
]
const operationsOfPass = 480
/** At most so much more than without. */
const goal = 0.15

export async function measureAuditShare(
  fleet: Fleet,
  stores: Stores,
  { passes, operations = operationsOfPass, say }: { passes: number; operations: number | undefined; say: (line: string) => void },
): Promise<AuditShare[]> {
  const taken: Array<[Subject, AuditShare]> = []
  for (const [index, [variant, exchanges]] of variants.entries()) {
    const script = await bundleWithout(exchanges, `audit-share-${index}`)
    taken.push([await openOn(fleet, stores, script, index), { variant, passes: [] }])
  }
  for (const [subject] of taken) await measurePass(subject, 'magic-link', Math.ceil(operations / 3))
  for (let turn = 1; turn <= passes; turn += 1) {
    for (const [subject, share] of taken) {
      const pass = await measurePass(subject, 'magic-link', operations)
      share.passes.push(pass)
      say(`audit share · ${share.variant} · pass ${turn}: ${pass.total.toFixed(3)} ms CPU`)
    }
  }
  for (const [subject] of taken) await subject.stop()
  return taken.map(([, share]) => share)
}

async function openOn(fleet: Fleet, stores: Stores, script: string, index: number): Promise<Subject> {
  const database = `latchkey_audit_share_${randomBytes(4).toString('hex')}`
  const databaseUrl = inDatabase(stores.databaseUrl, database)
  await stores.query(`create database ${database} owner ${decodeURIComponent(new URL(databaseUrl).username)}`)
  const redisUrl = inDatabase(stores.redisUrl, String(10 + index))
  return fleet.openInstallation({ name: `audit-share-${index}`, databaseUrl, redisUrl, port: await findFreePort(), script })
}

/** Beside .build/, so that what a bundle looks for around itself is there. */
async function bundleWithout(exchanges: Exchange[], name: string): Promise<string> {
  const outdir = join(project, '.bench')
  mkdirSync(outdir, { recursive: true })
  const entryPoints = [{ in: 'provider/main.ts', out: name }]
  await build({ ...bundling, entryPoints, outdir, plugins: [exchangeLines(exchanges)] })
  return join(outdir, `${name}.mjs`)
}

function exchangeLines(exchanges: Exchange[]): Plugin {
  return {
    name: 'exchange-lines',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const exchange = exchanges.find(([file]) => path === join(project, file))
        if (exchange === undefined) return undefined
        const [file, from, to] = exchange
        const text = readFileSync(path, 'utf8')
        if (!text.includes(from)) throw new Error(`${file} doesn't read as expected any more: ${from}`)
        return { contents: text.replace(from, to), loader: 'ts' }
      })
    },
  }
}

/** How much the log adds to what a sign-in costs without it, and its chains to that. */
export function describeAuditShare(shares: AuditShare[]): string {
  const totals = shares.map(({ passes }) => mean(passes.map(pass => pass.total)))
  const [whole = 0] = totals
  const rows = shares.map(({ variant, passes }, index) => {
    const total = totals[index] ?? 0
    const less = whole / total - 1
    const isLast = index === shares.length - 1
    return [
      variant,
      milliseconds(total),
      milliseconds(mean(passes.map(pass => pass.cpu.server))),
      milliseconds(mean(passes.map(pass => pass.cpu.postgres))),
      passes.map(pass => milliseconds(pass.total)).join(', '),
      index === 0 ? '' : `${(less * 100).toFixed(0)} %`,
      isLast ? `${goal * 100} %` : '',
      isLast ? verdict(less <= goal) : '',
    ]
  })
  return table(['a sign-in by link', 'CPU ms', 'server', 'Postgres', 'each pass', 'the product takes more by', 'goal', ''], rows)
}
