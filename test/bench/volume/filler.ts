/** A worker thread that fills some of the workspaces of a volume: sealing is what takes the time, and it takes a core each. */
import { parentPort, workerData } from 'node:worker_threads'
import { openDurable } from '../../../adapters/open-durable.ts'
import { loadSettings } from '../../../config/load.ts'
import { openEnvelope } from '../../../provider/envelope/envelope.ts'
import { systemClock } from '../../../provider/kernel/clock.ts'
import { openCopier } from './copy.ts'
import type { VolumeSize } from './people.ts'
import { buildWorkspace, type Rows, type SignInTemplate } from './rows.ts'

export interface FillerTask {
  environment: Record<string, string>
  superuserUrl: string
  folder: string
  template: SignInTemplate
  size: VolumeSize
  from: number
  to: number
  now: Date
}

/** Rows of audit events are the most and the longest; this many of them are some ten megabytes. */
const eventsAtOnce = 10_000

// What the parent gives.
const task = workerData as FillerTask
const { cipher, close } = await openDurable(loadSettings(task.environment), {
  clock: systemClock,
  openCipher: openEnvelope,
  whenOld: 'refuse',
})
const copier = await openCopier(task.superuserUrl, task.folder, `filler-${task.from}`)
let gathered: Rows = {}
for (let index = task.from; index < task.to; index += 1) {
  const { rows, ofInstallation } = await buildWorkspace(cipher, task.template, task.size, index, task.now)
  for (const [table, more] of Object.entries(rows)) gathered[table] = [...(gathered[table] ?? []), ...more]
  // Events that concern no workspace are for the one chain of the installation, and that is the parent's.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread, which has no origin
  parentPort?.postMessage(ofInstallation)
  if ((gathered['audit_events']?.length ?? 0) >= eventsAtOnce || index === task.to - 1) {
    for (const [table, many] of Object.entries(gathered)) await copier.copy(table, many)
    gathered = {}
  }
}
await copier.close()
await close()
