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

/** In shares: what apps ask day in, day out, for people who are signed in. Cheap, so that there are many. */
const mixture: Array<[WorkloadName, share: number]> = [
  ['refresh', 0.3],
  ['userinfo', 0.3],
  ['client-credentials', 0.2],
  ['discovery', 0.1],
  ['code', 0.1],
]

export async function readMemory(subject: Subject, collect = false): Promise<MemoryReading> {
  const reading = await subject.probe({ ask: 'memory', collect })
  if (!reading) throw new Error('the server did not say how much memory it has')
  return reading
}

/** Runs the mixture of workloads up to `operations`, and reads the server's memory ten times on the way. */
export async function measureMemory(subject: Subject, idle: MemoryReading, operations: number): Promise<MemoryResult> {
  const course: MemoryResult['course'] = []
  const perStep = Math.ceil(operations / 10)
  let heldBefore = 0
  for (let step = 1; step <= 10; step += 1) {
    for (const [workload, share] of mixture) {
      const count = Math.ceil(perStep * share)
      await subject.load({ do: 'prepare', workload, operations: count })
      await subject.load<PassResult>({ do: 'run', workload, operations: count, clients: concurrency })
    }
    course.push({ operations: step * perStep, reading: await readMemory(subject) })
    // Once, when caches have filled: the steps after it show how memory goes without help.
    if (step === 1) heldBefore = (await readMemory(subject, true)).heapUsed
  }
  return { subject: subject.name, idle, course, heldBefore, heldAfter: (await readMemory(subject, true)).heapUsed }
}
