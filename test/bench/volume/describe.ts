import { mean, type Pass } from '../measure.ts'
import { milliseconds, table, verdict } from '../report.ts'
import type { Growth, GrowthResult } from './growth.ts'
import type { VolumeSize } from './people.ts'

/** At most so much more. */
const goal = 0.15

export function describeGrowth({ small, large, fillSeconds, growths }: GrowthResult): string {
  return [
    `From ${describeSize(small)} to ${describeSize(large)} (written in ${fillSeconds.toFixed(0)} s). Everybody has been away: who signs in or`,
    'refreshes is somebody whom the server has not met since it started, as far as there are so many. A server holds 10,000 data keys for',
    'five minutes, of those who sign in and refresh: that is everybody of the small volume, and few of the large one. A list of members',
    'unwraps the keys that are not held, and holds none.',
    '',
    table(
      [
        'operation',
        'volume',
        'CPU ms',
        'server',
        'Postgres',
        'Redis',
        'each pass',
        'p50 ms',
        'p95 ms',
        'CPU grows',
        'p95 grows',
        'goal',
        '',
      ],
      growths.flatMap(growth => [
        describePasses(growth.operation, 'small', growth.small, ['', '', '', '']),
        describePasses('', 'large', growth.large, judge(growth)),
      ]),
    ),
    '',
    describeScans(growths),
  ].join('\n')
}

function describeSize({ workspaces, users, events }: VolumeSize): string {
  const count = (value: number) => value.toLocaleString('en')
  return `${count(workspaces)} workspaces, ${count(users)} users and ${count(events)} audit events`
}

function describePasses(operation: string, volume: string, passes: Pass[], judgement: string[]): string[] {
  const average = (pick: (pass: Pass) => number) => mean(passes.map(pick))
  return [
    operation,
    volume,
    milliseconds(average(pass => pass.total)),
    milliseconds(average(pass => pass.cpu.server)),
    milliseconds(average(pass => pass.cpu.postgres)),
    milliseconds(average(pass => pass.cpu.redis)),
    passes.map(pass => milliseconds(pass.total)).join(', '),
    average(pass => pass.p50).toFixed(1),
    average(pass => pass.p95).toFixed(1),
    ...judgement,
  ]
}

function judge({ small, large }: Growth): string[] {
  const grows = (pick: (pass: Pass) => number) => mean(large.map(pick)) / mean(small.map(pick)) - 1
  const [cpu, p95] = [grows(pass => pass.total), grows(pass => pass.p95)]
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`
  return [percent(cpu), percent(p95), percent(goal), verdict(cpu <= goal && p95 <= goal)]
}

function describeScans(growths: Growth[]): string {
  const rows = growths.flatMap(({ operation, operations, wholeScans }) =>
    wholeScans.map(({ table: name, rows: all, scans, read }) => [
      operation,
      name,
      String(all),
      String(scans),
      (read / operations).toFixed(1),
    ]),
  )
  if (rows.length === 0) return 'No table of more than 1,000 rows was scanned whole meanwhile, by these operations or by any job.'
  return table(['scanned whole meanwhile', 'table', 'rows', 'scans', 'rows read an operation'], rows)
}
