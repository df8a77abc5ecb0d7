/** What an operation costs in a small installation and in a large one, in turns. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { concurrency } from '../apps.ts'
import type { Fleet } from '../fleet.ts'
import type { Latencies } from '../latencies.ts'
import { measurePass, type Pass } from '../measure.ts'
import type { Stores } from '../stores.ts'
import type { VolumeSize } from './people.ts'
import { type Lister, openVolume, type Volume } from './volume.ts'
import { countWholeScans, type WholeScan } from './whole-scans.ts'

export const smallVolume: VolumeSize = { workspaces: 10, users: 1000, events: 10_000 }
export const largeVolume: VolumeSize = { workspaces: 10_000, users: 1_000_000, events: 5_000_000 }

/** Enough to see that it works. */
export const quickVolume: VolumeSize = { workspaces: 100, users: 10_000, events: 50_000 }

export interface Growth {
  operation: string
  small: Pass[]
  large: Pass[]
  /** In the large one, while the measured passes ran. */
  wholeScans: WholeScan[]
  operations: number
}

export interface GrowthResult {
  small: VolumeSize
  large: VolumeSize
  fillSeconds: number
  growths: Growth[]
}

const cli = join(import.meta.dirname, '../../../.build/cli.mjs')

interface Operation {
  name: string
  operations: number
  pass(volume: Volume, operations: number): Promise<Pass>
}

const measured: Operation[] = [
  { name: 'sign-in', operations: 480, pass: ({ subject }, count) => measurePass(subject, 'magic-link', count) },
  { name: 'refresh', operations: 2000, pass: ({ subject }, count) => measurePass(subject, 'refresh', count) },
  { name: 'member list', operations: 1000, pass: ({ lister }, count) => listMembers(lister, count) },
]

export async function measureGrowth(
  fleet: Fleet,
  stores: Stores,
  {
    large: size,
    passes,
    operations,
    say,
  }: { large: VolumeSize; passes: number; operations: number | undefined; say: (line: string) => void },
): Promise<GrowthResult> {
  const small = await openVolume(fleet, stores, smallVolume, 1)
  verifyLog(small)
  const large = await openVolume(fleet, stores, size, 2)
  say(`filled ${size.users} users and ${size.events} events in ${large.fillSeconds.toFixed(0)} s`)
  const growths: Growth[] = []
  for (const { name, operations: usual, pass } of measured) {
    const count = operations ?? usual
    const growth: Growth = { operation: name, small: [], large: [], wholeScans: [], operations: count * passes }
    for (const volume of [small, large]) await pass(volume, Math.ceil(count / 3))
    growth.wholeScans = await countWholeScans(large.superuserUrl, async () => {
      for (let turn = 1; turn <= passes; turn += 1) {
        for (const which of ['small', 'large'] as const) {
          const result = await pass(which === 'small' ? small : large, count)
          growth[which].push(result)
          say(`${name} · ${which} · pass ${turn}: ${result.total.toFixed(3)} ms CPU, p95 ${result.p95.toFixed(1)} ms`)
        }
      }
    })
    growths.push(growth)
  }
  await small.stop()
  await large.stop()
  return { small: smallVolume, large: size, fillSeconds: large.fillSeconds, growths }
}

/** What was written in bulk is what the product would have written: every chain holds, and every event opens. */
function verifyLog({ environment }: Volume): void {
  execFileSync(process.execPath, [cli, 'audit', 'verify'], { env: { ...environment, PATH: process.env['PATH'] }, stdio: 'pipe' })
}

async function listMembers(lister: Lister, operations: number): Promise<Pass> {
  const before = lister.cpu()
  const seen: Latencies = await lister.run(operations, concurrency)
  const after = lister.cpu()
  const cpu = {
    server: (after.server - before.server) / operations,
    postgres: (after.postgres - before.postgres) / operations,
    redis: 0,
  }
  return { ...seen, cpu, total: cpu.server + cpu.postgres }
}
