import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { RunningLatchkey } from './latchkey.ts'
import { runLatchkey } from './terminal.ts'

const system = { kind: 'system', reason: 'job' } as const

/** Waits until nothing of a workspace's log is left to be sealed; answers how far it goes. */
export async function sealed(latchkey: RunningLatchkey, { id }: { id: string }): Promise<number> {
  const { data } = latchkey.adapters
  const isSealed = async () => (await data.read(system, ({ auditChain }) => auditChain.countUnsealed(id))) === 0
  await vi.waitUntil(isSealed, { timeout: 30_000, interval: 50 })
  return (await data.read(system, ({ auditLog }) => auditLog.findHead(id)))?.position ?? 0
}

/** What the command line says of an exported log where there is no database. */
export async function verifyExported(latchkey: RunningLatchkey, text: string, ...words: string[]) {
  const file = join(latchkey.dataDirectory, 'export')
  await writeFile(file, text)
  return runLatchkey({}, ['audit', 'verify', '--export', file, ...words])
}
