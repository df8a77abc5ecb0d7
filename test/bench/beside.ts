import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** Starts a process that is not measured; `said` is what it says when it is ready. It ends when it is disconnected. */
export async function startBeside(script: string): Promise<{ child: ChildProcess; said: unknown }> {
  const child = fork(join(import.meta.dirname, script))
  const [said]: unknown[] = await once(child, 'message')
  return { child, said }
}
