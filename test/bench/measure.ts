import type { PassResult } from './load/generator.ts'
import type { CpuReading, Subject } from './subject.ts'
import type { WorkloadName } from './workloads.ts'
import { concurrency } from './apps.ts'

/** One measured pass: CPU milliseconds per operation of server and stores, and what the clients saw. */
export interface Pass extends PassResult {
  cpu: CpuReading
  total: number
}

/** Runs one pass at full concurrency. Preparation and inspection stay outside the measured time. */
export async function measurePass(subject: Subject, workload: WorkloadName, operations: number): Promise<Pass> {
  await subject.load({ do: 'prepare', workload, operations })
  const before = subject.cpu()
  const result = await subject.load<PassResult>({ do: 'run', workload, operations, clients: concurrency })
  const after = subject.cpu()
  await subject.load({ do: 'inspect' })
  const perOperation = (store: keyof CpuReading) => (after[store] - before[store]) / operations
  const cpu = { server: perOperation('server'), postgres: perOperation('postgres'), redis: perOperation('redis') }
  return { ...result, cpu, total: cpu.server + cpu.postgres + cpu.redis }
}

export interface Measurement {
  subject: Subject['name']
  workload: WorkloadName
  passes: Pass[]
}

export function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function meanTotal(measurement: Measurement): number {
  return mean(measurement.passes.map(pass => pass.total))
}
