import type { PassResult } from './load/generator.ts'
import type { Stores } from './stores.ts'
import type { Subject } from './subject.ts'
import type { WorkloadName } from './workloads.ts'

/** What one operation asks of the stores: statements (transaction control and settings apart) and Redis commands, by name. */
export interface StoreCommands {
  workload: WorkloadName
  /** Queries on tables, an operation. */
  queries: number
  /** BEGIN, COMMIT, SET and set_config, an operation. */
  control: number
  redis: number
  /** The most frequent of each, with calls an operation. */
  detail: Array<[text: string, perOperation: number]>
}

const counted = 40
const controlStatement =
  /^\s*(BEGIN|START|COMMIT|ROLLBACK|SET|RESET|DISCARD|SAVEPOINT|RELEASE|SELECT\s+(pg_catalog\.)?set_config)\b/i
/** What runs on a clock, whether or not anybody signs in. */
const housekeeping = /pgboss\.(version|queue|warning|bam|schedule)\b|maintain|monitor|deleteExpired/i

/** Counts over a few operations, one after the other, so that nothing is shared between neighbours. */
export async function countStoreCommands(subject: Subject, stores: Stores, workload: WorkloadName): Promise<StoreCommands> {
  await subject.load({ do: 'prepare', workload, operations: 32 * counted })
  // The first ones fill caches; what is counted is the steady state.
  await subject.load<PassResult>({ do: 'run', workload, operations: 8, clients: 1 })
  await stores.counts.begin()
  await subject.load<PassResult>({ do: 'run', workload, operations: counted, clients: 1 })
  const { postgres, redis } = await stores.counts.end()
  await subject.load({ do: 'inspect' })
  const statements = [...postgres].filter(([text]) => !housekeeping.test(text))
  const total = (entries: Array<[string, number]>) => entries.reduce((sum, [, calls]) => sum + calls, 0) / counted
  const shown = [...statements, ...[...redis].map(([name, calls]): [string, number] => [`redis ${name}`, calls])]
  return {
    workload,
    queries: total(statements.filter(([text]) => !controlStatement.test(text))),
    control: total(statements.filter(([text]) => controlStatement.test(text))),
    redis: total([...redis]),
    detail: shown
      .map(([text, calls]): [string, number] => [text.replaceAll(/\s+/g, ' ').slice(0, 150), calls / counted])
      .filter(([, calls]) => calls >= 0.1)
      .toSorted(([, a], [, b]) => b - a),
  }
}
