import { appendFile } from 'node:fs/promises'
import { StartError } from '../provider/kernel/errors.ts'

/**
 * A file that only grows, one checkpoint a line: on a disk, or a share, that whoever may write to the database may not. Rejects
 * with StartError where nothing can be added to it.
 */
export async function openCheckpointFile(path: string): Promise<(signed: string) => Promise<void>> {
  const append = (text: string) => appendFile(path, text, { mode: 0o600 })
  await append('').catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new StartError(`AUDIT_CHECKPOINT_FILE: expected a file that can be added to; it cannot (${code}).`, { cause })
  })
  return signed => append(`${signed}\n`)
}
