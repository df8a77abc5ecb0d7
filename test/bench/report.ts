/** The figures as tables of Markdown, the same on the terminal and in RESULTS.md. */
import type { AuditLogResult } from './audit-log.ts'
import type { GateResult } from './gate.ts'
import { mean, type Measurement, meanTotal } from './measure.ts'
import type { MemoryResult } from './memory.ts'
import type { PolicyCost } from './row-level-security.ts'
import type { RotationResult } from './rotations.ts'
import type { StartResult } from './start-up.ts'
import type { StoreCommands } from './store-commands.ts'
import type { SubjectName } from './subject.ts'
import { workloads } from './workloads.ts'

export const memoryGoals: Partial<Record<SubjectName, { idle?: number; after: number }>> = {
  'latchkey-postgres': { idle: 160, after: 250 },
  'latchkey-embedded': { after: 480 },
}

export function table(head: string[], rows: string[][]): string {
  const all = [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
  return all.map(row => `| ${row.join(' | ')} |`).join('\n')
}

export const verdict = (met: boolean) => (met ? 'met' : '**missed**')
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0)
export const milliseconds = (value: number) => value.toFixed(value < 1 ? 3 : 2)

/** What a measurement is compared with, of the same run. */
function findReference(measurements: Measurement[], { subject, workload }: Measurement): Measurement | undefined {
  const { comparedWith, withItself } = workloads[workload]
  const reference = withItself === true ? subject : subject === 'yardstick' ? undefined : 'yardstick'
  return measurements.find(other => other.subject === reference && other.workload === comparedWith)
}

/** CPU an operation, against the yardstick's or the server's own of the same run. */
export function describeWorkloads(measurements: Measurement[]): string {
  const head = [
    'workload',
    'subject',
    'CPU ms',
    'server',
    'Postgres',
    'Redis',
    'each pass',
    'ratio',
    'goal',
    '',
    'p50 ms',
    'p99 ms',
    'per second',
  ]
  const rows = measurements.map(measurement => {
    const { workload, subject, passes } = measurement
    const average = (pick: (pass: Measurement['passes'][number]) => number) => mean(passes.map(pick))
    const reference = findReference(measurements, measurement)
    const ratio = reference && meanTotal(measurement) / meanTotal(reference)
    // Goals are for servers on stores of their own.
    const goal = subject === 'latchkey-postgres' ? workloads[workload].goal : undefined
    const judged = ratio !== undefined && goal !== undefined
    return [
      workload,
      subject,
      milliseconds(meanTotal(measurement)),
      milliseconds(average(pass => pass.cpu.server)),
      milliseconds(average(pass => pass.cpu.postgres)),
      milliseconds(average(pass => pass.cpu.redis)),
      passes.map(pass => milliseconds(pass.total)).join(', '),
      ratio === undefined ? '' : ratio.toFixed(2),
      judged ? goal.toFixed(1) : '',
      judged ? verdict(ratio <= goal) : '',
      average(pass => pass.p50).toFixed(1),
      average(pass => pass.p99).toFixed(1),
      average(pass => pass.operations / pass.seconds).toFixed(0),
    ]
  })
  return table(head, rows)
}

export function describeStoreCommands(counts: Array<[workload: string, commands: StoreCommands]>): string {
  return table(
    ['workload', 'queries', 'scopes set', 'Redis commands', 'job queue', 'sealing of the log'],
    counts.map(([workload, { queries, scopes, redis, jobs, sealing }]) => [
      workload,
      ...[queries, scopes, redis, jobs, sealing].map(count => count.toFixed(1)),
    ]),
  )
}

export function describeAuditLog(results: AuditLogResult[]): string {
  return table(
    ['command', 'events', 'seconds', 'goal', 'CPU s', 'peak MB', 'goal', ''],
    results.map(({ what, events, seconds, cpuSeconds, goalSeconds, peakBytes, goalBytes }) => [
      what,
      String(events),
      seconds.toFixed(1),
      goalSeconds === undefined ? '' : String(goalSeconds),
      cpuSeconds.toFixed(1),
      (peakBytes / 2 ** 20).toFixed(0),
      (goalBytes / 2 ** 20).toFixed(0),
      verdict(seconds <= (goalSeconds ?? Number.POSITIVE_INFINITY) && peakBytes <= goalBytes),
    ]),
  )
}

export function describePolicies(costs: PolicyCost[]): string {
  const passes = (all: number[]) => all.map(milliseconds).join(', ')
  return table(
    ['operation', 'CPU ms with policies', 'without', 'each pass with', 'each pass without', 'ratio', 'goal', ''],
    costs.map(({ what, on, off, goal }) => {
      const ratio = mean(on) / mean(off)
      const averages = [milliseconds(mean(on)), milliseconds(mean(off))]
      return [what, ...averages, passes(on), passes(off), ratio.toFixed(2), goal.toFixed(2), verdict(ratio <= goal)]
    }),
  )
}

export function describeGate(results: GateResult[]): string {
  return table(
    ['question', 'median µs', 'slowest round', 'goal', ''],
    results.map(({ what, median, slowest, goalMicroseconds }) => [
      what,
      median.toFixed(1),
      slowest.toFixed(1),
      String(goalMicroseconds),
      verdict(median <= goalMicroseconds),
    ]),
  )
}

export function describeStarts(results: StartResult[]): string {
  return table(
    ['start', 'first page after ms', 'goal', '', 'memory MB (PSS)'],
    results.map(result => [
      result.what,
      result.milliseconds.toFixed(0),
      String(result.goalMilliseconds),
      verdict(result.milliseconds <= result.goalMilliseconds),
      megabytes(result.residentBytes),
    ]),
  )
}

export function describeMemory(results: MemoryResult[]): string {
  const rows = results.map(({ subject, idle, course, heldBefore, heldAfter }) => {
    const middle = course[Math.floor(course.length / 2) - 1]
    const last = course.at(-1)
    const goals = memoryGoals[subject]
    const met =
      goals && last
        ? last.reading.rss <= goals.after * 1e6 && idle.rss <= (goals.idle ?? Number.POSITIVE_INFINITY) * 1e6
        : undefined
    return [
      subject,
      megabytes(idle.rss),
      megabytes(idle.heapUsed),
      `${megabytes(middle?.reading.rss ?? 0)} at ${middle?.operations ?? 0}`,
      `${megabytes(last?.reading.rss ?? 0)} at ${last?.operations ?? 0}`,
      megabytes(last?.reading.heapUsed ?? 0),
      `${megabytes(heldBefore)} → ${megabytes(heldAfter)}`,
      goals ? `${goals.idle ? `${goals.idle} idle, ` : ''}${goals.after} after` : '',
      met === undefined ? '' : verdict(met),
    ]
  })
  return table(
    [
      'subject',
      'RSS idle MB',
      'heap idle',
      'RSS on the way',
      'RSS at the end',
      'heap at the end',
      'held after collection',
      'goal',
      '',
    ],
    rows,
  )
}

export function describeRotations({ rotations, before, after, pass }: RotationResult): string {
  const row = (what: string, size: RotationResult['before']) => [
    what,
    ...[size.rows, size.rowBytes, size.keys, size.keyBytes, size.auditRows, size.auditBytes].map(String),
  ]
  const level = after.rows <= before.rows && after.keys <= before.keys && after.rowBytes - before.rowBytes < 256
  return [
    table(
      ['', 'rows', 'bytes of rows', 'Redis keys', 'bytes of keys', 'audit rows', 'bytes of audit rows'],
      [row('before', before), row('after', after)],
    ),
    '',
    `${rotations} rotations of one refresh token, p50 ${pass.p50.toFixed(1)} ms, p99 ${pass.p99.toFixed(1)} ms: keys and bytes ${level ? 'constant' : '**not constant**'}.`,
  ].join('\n')
}
