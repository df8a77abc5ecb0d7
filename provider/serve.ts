import cluster from 'node:cluster'
import { collectMetricsOfWorkers } from '../adapters/telemetry/metrics-of-workers.ts'
import { type Environment, loadSettings } from '../config/load.ts'
import { type Clock, systemClock } from './kernel/clock.ts'
import { toError } from './kernel/errors.ts'
import type { Data } from './ports/data.ts'
import { startServer } from './server.ts'
import { findSetUpLink } from './workspaces/first-set-up.ts'

const restartMilliseconds = 1000

export interface ServeOptions {
  environment: Environment
  clock?: Clock
  print(text: string): void
}

/** Serves until the process is told to stop. With WEB_CONCURRENCY, in as many processes, each replaced where it dies. */
export async function serve({ environment, clock = systemClock, print }: ServeOptions): Promise<void> {
  const settings = loadSettings(environment)
  if (settings.concurrency > 1 && cluster.isPrimary) {
    if (settings.metricsToken !== undefined) collectMetricsOfWorkers()
    superviseWorkers(settings.concurrency, print)
    return
  }
  const server = await startServer(settings, clock)
  if (settings.loopback && isFirstProcess()) await printSetUpLink(server.adapters.data, { issuer: settings.issuer, clock, print })
  server.adapters.telemetry.log.info({ issuer: settings.issuer, port: server.port }, 'Latchkey is serving')
  if (settings.databaseUrl === undefined) {
    server.adapters.telemetry.log.info(
      {},
      'the embedded database survives a crash of this process, but makes no promise about a loss of power',
    )
  }
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        server.adapters.telemetry.log.error({ error: toError(error) }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('disconnect', stop)
}

/** Whether this is the only process, or the first of several: not one that takes the place of a process that died. */
function isFirstProcess(): boolean {
  return cluster.isPrimary || cluster.worker?.id === 1
}

/**
 * Whoever has the link becomes the first Admin, so it goes to the terminal of whoever starts the server, beside the log, which is
 * collected and kept. For any other issuer there is `latchkey workspace create`.
 */
async function printSetUpLink(
  data: Data,
  { issuer, clock, print }: Pick<ServeOptions, 'print'> & { issuer: string; clock: Clock },
): Promise<void> {
  const link = await findSetUpLink(data, { issuer, clock })
  if (link !== undefined) print(`First set-up, good once: found the first workspace, and be its Admin, at ${link}`)
}

/**
 * The first process brings the database up to date and finds out whether this installation can start at all; the others follow
 * when it serves, so that a failed start is explained once.
 */
function superviseWorkers(count: number, print: ServeOptions['print']): void {
  let stopping = false
  let started = false
  const restarts = new Set<NodeJS.Timeout>()
  cluster.fork()
  cluster.on('listening', () => {
    if (started || stopping) return
    started = true
    for (let index = 1; index < count; index += 1) cluster.fork()
  })
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return
    if (!started) {
      process.exitCode = code === 0 ? 1 : (code ?? 1)
      return
    }
    print(`Worker ${worker.process.pid ?? ''} ended (${signal ?? `exit code ${code}`}); starting another.`)
    // It keeps this process alive: all of them may have ended at once.
    const restart = setTimeout(() => {
      restarts.delete(restart)
      cluster.fork()
    }, restartMilliseconds)
    restarts.add(restart)
  })
  const stop = () => {
    stopping = true
    for (const restart of restarts) clearTimeout(restart)
    for (const worker of Object.values(cluster.workers ?? {})) worker?.kill('SIGTERM')
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
