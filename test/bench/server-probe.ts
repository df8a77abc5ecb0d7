/**
 * Preloaded into a server that is measured (`node --import`), the yardstick as well as Latchkey: answers questions about memory
 * and takes CPU profiles over the parent's channel. It does nothing until it is asked.
 */
import { writeFile } from 'node:fs/promises'
import { Session } from 'node:inspector/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { samplingInterval } from './sampling.ts'

/** `collect` runs a full garbage collection first: then it is known what is really held, but the server got help. */
export type ProbeRequest = { ask: 'memory'; collect: boolean } | { ask: 'profile-start' } | { ask: 'profile-stop'; file: string }

export interface MemoryReading {
  rss: number
  heapUsed: number
  heapTotal: number
  external: number
  arrayBuffers: number
}

let inspector: Session | undefined

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
}

function readMemory(collect: boolean): MemoryReading {
  if (collect) collectGarbage()
  const { rss, heapUsed, heapTotal, external, arrayBuffers } = process.memoryUsage()
  return { rss, heapUsed, heapTotal, external, arrayBuffers }
}

async function startProfile(): Promise<void> {
  inspector = new Session()
  inspector.connect()
  await inspector.post('Profiler.enable')
  await inspector.post('Profiler.setSamplingInterval', { interval: samplingInterval })
  await inspector.post('Profiler.start')
}

async function stopProfile(file: string): Promise<void> {
  if (!inspector) throw new Error('no profile is being taken')
  const { profile } = await inspector.post('Profiler.stop')
  inspector.disconnect()
  inspector = undefined
  await writeFile(file, JSON.stringify(profile))
}

async function answer(request: ProbeRequest): Promise<MemoryReading | undefined> {
  if (request.ask === 'memory') return readMemory(request.collect)
  if (request.ask === 'profile-start') await startProfile()
  else await stopProfile(request.file)
  return undefined
}

if (process.send) {
  process.on('message', (request: ProbeRequest) => {
    answer(request).then(
      value => process.send?.({ value }),
      (error: unknown) => process.send?.({ error: String(error) }),
    )
  })
  // The channel alone must not keep a server alive that wants to stop.
  process.channel?.unref()
}
