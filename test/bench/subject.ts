/** What is measured: a server, the stores it runs on, and the load generator that speaks to it alone. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from './channel.ts'
import type { LoadRequest } from './load/generator.ts'
import { cpuMilliseconds } from './processes.ts'
import type { MemoryReading, ProbeRequest } from './server-probe.ts'

export const subjectNames = ['yardstick', 'latchkey-postgres', 'latchkey-embedded'] as const

export type SubjectName = (typeof subjectNames)[number]

export interface CpuReading {
  server: number
  postgres: number
  redis: number
}

export interface Subject {
  name: SubjectName
  issuer: string
  serverPid: number
  cpu(): CpuReading
  probe(request: ProbeRequest): Promise<MemoryReading | undefined>
  load<Value>(request: LoadRequest): Promise<Value>
  stop(): Promise<void>
}

export interface ServerProcess {
  child: ChildProcess
  issuer: string
  /** From the start of the process until discovery answered. */
  readyMilliseconds: number
  lastWords(): string
  stop(): Promise<void>
}

const here = import.meta.dirname
const startLimit = 60_000

/** Starts a server on `port` under the probe; its output goes to a file beside its data. */
export async function startServer(options: {
  script: string
  port: number
  environment: Record<string, string>
  logFile: string
}): Promise<ServerProcess> {
  const issuer = `http://localhost:${options.port}`
  const began = performance.now()
  const child = spawn(process.execPath, ['--import', join(here, 'server-probe.ts'), options.script], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'production',
      ISSUER: issuer,
      PORT: String(options.port),
      ...options.environment,
    },
  })
  const log = createWriteStream(options.logFile, { flags: 'a' })
  child.stdout?.pipe(log)
  child.stderr?.pipe(log)
  const lastWords = () => readFileSync(options.logFile, 'utf8').slice(-3000)
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    const forced = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(forced)
  }
  while (!(await answers(`${issuer}/.well-known/openid-configuration`))) {
    if (child.exitCode !== null) throw new Error(`${options.script} ended with ${child.exitCode}: ${lastWords()}`)
    if (performance.now() - began > startLimit) {
      await stop()
      throw new Error(`${options.script} did not answer within ${startLimit} ms: ${lastWords()}`)
    }
    await sleep(5)
  }
  return {
    child,
    issuer,
    readyMilliseconds: performance.now() - began,
    lastWords,
    stop,
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { headers: { connection: 'close' } })).ok
  } catch {
    return false
  }
}

export async function openSubject(options: {
  name: SubjectName
  server: ServerProcess
  stores: { postgres?: number; redis?: number }
  linkPort: number | undefined
  /** Of a generated volume: see generator.ts. */
  people?: number | undefined
}): Promise<Subject> {
  const { name, server, stores } = options
  const serverPid = server.child.pid
  if (serverPid === undefined) throw new Error('the server has no process id')
  const generator = fork(join(here, 'load/generator.ts'))
  const load = <Value>(request: LoadRequest) => ask<Value>(generator, request)
  const people = options.people === undefined ? {} : { people: options.people }
  const opaqueProfileTokens = name === 'yardstick'
  await load({ do: 'open', issuer: server.issuer, linkPort: options.linkPort, opaqueProfileTokens, ...people })
  return {
    name,
    issuer: server.issuer,
    serverPid,
    cpu: () => ({
      server: cpuMilliseconds(serverPid),
      postgres: stores.postgres === undefined ? 0 : cpuMilliseconds(stores.postgres),
      redis: stores.redis === undefined ? 0 : cpuMilliseconds(stores.redis),
    }),
    probe: request => ask(server.child, request, 120_000),
    load,
    async stop() {
      if (generator.connected) {
        generator.disconnect()
        await once(generator, 'exit')
      }
      await server.stop()
    },
  }
}
