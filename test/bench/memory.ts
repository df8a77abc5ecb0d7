import { concurrency } from './apps.ts'
import type { PassResult } from './load/generator.ts'
import type { MemoryReading } from './server-probe.ts'
import type { Subject } from './subject.ts'
import type { WorkloadName } from './workloads.ts'

export interface MemoryResult {
  subject: Subject['name']
  idle: MemoryReading
  /** After each tenth of the operations. */
  course: Array<{ operations: number; reading: MemoryReading }>
  /** Bytes that live on the heap after a full collection, before and after: level, where nothing leaks. */
  heldBefore: number
  heldAfter: number
}

const mixture: WorkloadName[] = ['refresh', 'userinfo', 'client-credentials', 'code', 'discovery']

export async function readMemory(subject: Subject, collect = false): Promise<MemoryReading> {
  const reading = await subject.probe({ ask: 'memory', collect })
  if (!reading) throw new Error('the server did not say how much memory it has')
  return reading
}

/** Runs the mixture of workloads up to `operations`, and reads the server's memory ten times on the way. */
export async function measureMemory(subject: Subject, idle: MemoryReading, operations: number): Promise<MemoryResult> {
  const course: MemoryResult['course'] = []
  const share = Math.ceil(operations / 10 / mixture.length)
  let heldBefore = 0
  for (let step = 1; step <= 10; step += 1) {
    for (const workload of mixture) {
      await subject.load({ do: 'prepare', workload, operations: share })
      await subject.load<PassResult>({ do: 'run', workload, operations: share, clients: concurrency })
    }
    course.push({ operations: step * share * mixture.length, reading: await readMemory(subject) })
    // Once, when caches have filled: the steps after it show how memory goes without help.
    if (step === 1) heldBefore = (await readMemory(subject, true)).heapUsed
  }
  return { subject: subject.name, idle, course, heldBefore, heldAfter: (await readMemory(subject, true)).heapUsed }
}
