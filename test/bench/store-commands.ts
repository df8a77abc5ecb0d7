import { concurrency } from './apps.ts'
import type { PassResult } from './load/generator.ts'
import type { StoreCounts, Stores } from './stores.ts'
import type { Subject } from './subject.ts'
import type { WorkloadName } from './workloads.ts'

/** What one operation asks of the stores. */
export interface StoreCommands {
  /** Statements on the product's tables, but for those of the sequencer. */
  queries: number
  /** How often a scope was set, but by the sequencer: once for each transaction, and once for each flight of reads. */
  scopes: number
  /** Commands that Redis ran, those of scripts included. */
  redis: number
  /** Statements of the job queue, which also asks by the clock. */
  jobs: number
  /** Statements of the audit log's sequencer, which works by the clock: the slower an operation, the more of them. */
  sealing: number
}

const productTable = /"latchkey"\./
const jobTable = /latchkey_jobs\./
const scopeStatement = /^select set_config\('role'/i
const sealingStatement =
  /^(?:select|delete)\b.*"audit_unsealed"|"audit_chains"|latchkey\.audit_(?:chains|links)|pg_try_advisory_xact_lock\([\d$]+\)/is
/** With one of each, the sequencer sets a scope. */
const sealingScope = /"audit_unsealed"\) as "some"|pg_try_advisory_xact_lock\([\d$]+\)/i
/** What runs on a clock, whether or not anybody signs in. */
const housekeeping = /as "expired"/

const counted = 40
const warmUp = 8

/** Counts over a few operations, one after the other, so that nothing is shared between neighbours. */
export async function countStoreCommands(
  subject: Subject,
  stores: Stores,
  workload: WorkloadName,
): Promise<{ commands: StoreCommands; detail: Array<[text: string, perOperation: number]> }> {
  await subject.load({ do: 'prepare', workload, operations: concurrency * (warmUp + counted) })
  // The first ones fill caches; what is counted is the steady state.
  await subject.load<PassResult>({ do: 'run', workload, operations: warmUp, clients: 1 })
  await stores.counts.begin()
  await subject.load<PassResult>({ do: 'run', workload, operations: counted, clients: 1 })
  const counts = await stores.counts.end()
  await subject.load({ do: 'inspect' })
  return { commands: summarizeCounts(counts, counted), detail: describeCounts(counts, counted) }
}

export function summarizeCounts({ postgres, redis }: StoreCounts, operations: number): StoreCommands {
  const sum = (calls: Iterable<number>) => [...calls].reduce((total, count) => total + count, 0) / operations
  const statements = (matches: (text: string) => boolean) =>
    sum([...postgres].filter(([text]) => matches(text)).map(([, calls]) => calls))
  return {
    queries: statements(
      text => productTable.test(text) && ![jobTable, housekeeping, sealingStatement].some(other => other.test(text)),
    ),
    scopes: statements(text => scopeStatement.test(text)) - statements(text => sealingScope.test(text)),
    redis: sum(redis.values()),
    jobs: statements(text => jobTable.test(text)),
    sealing: statements(text => sealingStatement.test(text)),
  }
}

/** The most frequent statements and commands, with calls an operation. */
function describeCounts({ postgres, redis }: StoreCounts, operations: number): Array<[text: string, perOperation: number]> {
  const entries = [...postgres, ...[...redis].map(([name, calls]): [string, number] => [`redis ${name}`, calls])]
  return entries
    .map(([text, calls]): [string, number] => [text.replaceAll(/\s+/g, ' ').trim().slice(0, 150), calls / operations])
    .filter(([, calls]) => calls >= 0.1)
    .toSorted(([, a], [, b]) => b - a)
}
