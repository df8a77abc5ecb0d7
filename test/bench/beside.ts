import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Starts a process that is not measured; `said` is what it says when it is ready. It ends when it is disconnected. */
export async function startBeside<Said>(script: string): Promise<{ child: ChildProcess; said: Said }> {
  const child = fork(join(import.meta.dirname, script))
  const [said] = (await once(child, 'message')) as [Said]
  return { child, said }
}
