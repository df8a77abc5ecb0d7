import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { build, buildFolder } from '../../config/tooling/build.mjs'
import type { RunningLatchkey } from './latchkey.ts'
import { findFreePort } from './servers.ts'

/** One more process of an installation, whose memory is nobody else's. */
export interface ProcessBeside {
  port: number
  pid: number
  /** The most that it has ever held, as the kernel counts it. */
  peakBytes(): number
  stop(): Promise<void>
}

/** Starts the bundle on the database and the keys of a Latchkey that runs in this process. */
export async function startBeside(latchkey: RunningLatchkey, environment: Record<string, string> = {}): Promise<ProcessBeside> {
  await build()
  const port = await findFreePort()
  const child = spawn(process.execPath, [join(buildFolder, 'main.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      ISSUER: latchkey.issuer,
      PORT: String(port),
      DATA_DIR: latchkey.dataDirectory,
      DATABASE_URL: latchkey.databaseUrl,
      LOG_LEVEL: 'silent',
      ...environment,
    },
  })
  const pid = child.pid ?? 0
  const { host } = new URL(latchkey.issuer)
  const health = () => fetch(`http://127.0.0.1:${port}/health`, { headers: { host } })
  while (
    !(await health().then(
      answer => answer.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode} before it answered`)
    await sleep(50)
  }
  return {
    port,
    pid,
    peakBytes: () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
    async stop() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined
      child.kill('SIGTERM')
      await ended
    },
  }
}
