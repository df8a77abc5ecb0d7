import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { build, buildFolder } from '../../config/tooling/build.mjs'
import { createTestDatabase } from './postgres.ts'
import { createTestRedis } from './redis-database.ts'
import { findFreePort } from './servers.ts'

/** One process of an installation that has several. */
export interface NodeProcess {
  /** Where this node listens; its Host has to be the issuer's. */
  url: string
  /** Ends it as a power cut would, as far as it can tell. */
  kill(): Promise<void>
  /** The same node once more, on the same state. */
  restart(): Promise<void>
}

export interface Installation {
  issuer: string
  nodes: NodeProcess[]
  /** All that the nodes have written to standard output and standard error. */
  output(): string
  /** Where state lies; the URLs are undefined where it is in the data directory. */
  databaseUrl: string | undefined
  redisUrl: string | undefined
  dataDirectory: string
  stop(): Promise<void>
}

let built: Promise<void> | undefined

/** As many real processes as asked for, on one database and one Redis or, with one, on the embedded ones. */
export async function startInstallation(options: {
  apps: ReadonlyArray<Record<string, unknown>>
  nodes: number
  on?: 'embedded' | 'servers'
  environment?: Record<string, string>
}): Promise<Installation> {
  built ??= build()
  await built
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-processes-'))
  const configuration = join(directory, 'latchkey.yaml')
  await writeFile(configuration, stringify({ apps: options.apps }))
  const onServers = options.on !== 'embedded'
  const database = onServers ? await createTestDatabase() : undefined
  const redis = onServers ? await createTestRedis() : undefined
  const ports = await Promise.all(Array.from({ length: options.nodes }, () => findFreePort()))
  const issuer = `http://localhost:${ports[0]}`

  let output = ''

  const startNode = async (port: number): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [join(buildFolder, 'main.mjs')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        ISSUER: issuer,
        PORT: String(port),
        DATA_DIR: join(directory, 'data'),
        LATCHKEY_CONFIG: configuration,
        LOG_LEVEL: 'silent',
        ...(database === undefined ? {} : { DATABASE_URL: database.url }),
        ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
        ...options.environment,
      },
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    await answers(`http://localhost:${port}`, new URL(issuer).host, child, () => output)
    return child
  }

  const children: ChildProcess[] = []
  // One after the other: the first makes the key file that the others read.
  for (const port of ports) children.push(await startNode(port))
  const end = async (child: ChildProcess | undefined, signal: NodeJS.Signals) => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
  return {
    issuer,
    output: () => output,
    databaseUrl: database?.url,
    redisUrl: redis?.url,
    dataDirectory: join(directory, 'data'),
    nodes: ports.map((port, index) => ({
      url: `http://localhost:${port}`,
      kill: () => end(children[index], 'SIGKILL'),
      async restart() {
        await end(children[index], 'SIGKILL')
        children[index] = await startNode(port)
      },
    })),
    async stop() {
      await Promise.all(children.map(child => end(child, 'SIGTERM')))
      await database?.drop()
      await redis?.drop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function answers(url: string, host: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`a node ended with ${child.exitCode} before it answered: ${output()}`)
    const answered = await fetch(`${url}/health`, { headers: { host } }).then(
      response => response.status < 500,
      () => false,
    )
    if (answered) return
    await sleep(50)
  }
  throw new Error('a node did not answer within a minute')
}
