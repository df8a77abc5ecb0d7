/** Everything that runs during a bench: stores, mail sink, and the servers under test. Nothing of it outlives the run. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../support/servers.ts'
import { startBeside } from './beside.ts'
import { type LatchkeySettings, startLatchkey } from './latchkey.ts'
import type { SinkPorts } from './mail-sink.ts'
import { type Stores, startStores } from './stores.ts'
import { openSubject, type ServerProcess, type Subject, type SubjectName, startServer } from './subject.ts'
import type { UpstreamPlace } from './upstream.ts'

const here = import.meta.dirname
const buildScript = join(here, '../../config/tooling/build.mjs')

export interface Installation {
  name: string
  databaseUrl: string
  redisUrl: string
  port: number
  /** How many people of a generated volume are there. */
  people?: number
  /** Another bundle than the one that is built. */
  script?: string
}

export interface Fleet {
  /** Absent where no subject needs them. */
  stores: Stores | undefined
  /** Where the mail sink tells of the links that it was sent. */
  linkPort: number
  /** Starts the server alone. Data of an earlier start under the same `installation` name is found again. */
  startServer(name: SubjectName, installation?: string): Promise<ServerProcess>
  openSubject(name: SubjectName): Promise<Subject>
  /** Latchkey on a database of its own. What it keeps in files lies in `dataFolder`. */
  openInstallation(installation: Installation): Promise<Subject>
  dataFolder(installation: string): string
  /** The last lines that the servers logged: for a run that failed. */
  lastWords(): string
  stop(): Promise<void>
}

export async function startFleet(subjects: SubjectName[]): Promise<Fleet> {
  if (subjects.some(name => name !== 'yardstick') && existsSync(buildScript))
    execFileSync(process.execPath, [buildScript], { stdio: 'inherit' })
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
  const servers = new Set<ServerProcess>()
  const opened = new Set<Subject>()
  process.once('exit', () => {
    for (const { child } of servers) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

  const stores = subjects.includes('latchkey-postgres') ? await startStores() : undefined
  const { child: sink, said: sinkSaid } = await startBeside('mail-sink.ts')
  const { child: upstream, said: upstreamSaid } = await startBeside('upstream.ts')
  // Each says nothing but where it is.
  const ports = sinkSaid as SinkPorts
  const google = upstreamSaid as UpstreamPlace

  const start = async (name: SubjectName, installation: string = name): Promise<ServerProcess> => {
    const server = await startOne(name, join(folder, installation), { smtpPort: ports.smtpPort, google }, stores)
    servers.add(server)
    return server
  }
  const keep = async (options: Parameters<typeof openSubject>[0]): Promise<Subject> => {
    servers.add(options.server)
    const subject = await openSubject(options)
    opened.add(subject)
    return subject
  }
  const pids = stores ? { postgres: stores.postgresPid, redis: stores.redisPid } : {}
  return {
    stores,
    linkPort: ports.linkPort,
    startServer: start,
    async openSubject(name) {
      const linkPort = name === 'yardstick' ? undefined : ports.linkPort
      return keep({ name, server: await start(name), stores: name === 'latchkey-postgres' ? pids : {}, linkPort })
    },
    async openInstallation({ name, people, script, port, ...databases }) {
      const place = { folder: join(folder, name), smtpPort: ports.smtpPort, google, port, stores: databases }
      const server = await startLatchkey({ ...place, ...(script === undefined ? {} : { script }) })
      return keep({ name: 'latchkey-postgres', server, stores: pids, linkPort: ports.linkPort, people })
    },
    dataFolder: installation => join(folder, installation, 'data'),
    lastWords: () => [...servers].map(server => server.lastWords()).join('\n'),
    async stop() {
      for (const subject of opened) await subject.stop()
      for (const server of servers) await server.stop()
      for (const child of [sink, upstream]) {
        child.disconnect()
        await once(child, 'exit')
      }
      await stores?.stop()
    },
  }
}

async function startOne(
  name: SubjectName,
  folder: string,
  beside: Pick<LatchkeySettings, 'smtpPort' | 'google'>,
  stores: Stores | undefined,
): Promise<ServerProcess> {
  if (name === 'yardstick') {
    return startServer({
      script: join(here, 'yardstick.ts'),
      port: await findFreePort(),
      environment: {},
      logFile: `${folder}.log`,
    })
  }
  return startLatchkey({ folder, ...beside, ...(name === 'latchkey-postgres' && stores ? { stores } : {}) })
}
