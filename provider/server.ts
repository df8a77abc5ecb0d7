import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type Adapters, openAdapters } from '../adapters/open.ts'
import { openCheckpointFile } from '../adapters/checkpoint-file.ts'
import type { Settings } from '../config/schema.ts'
import { type App, createApp } from './app.ts'
import { findOrCreateAuditKey, listPublicAuditKeys } from './audit/audit-key.ts'
import { makeCheckpoints } from './audit/checkpoint.ts'
import { startCheckpointing } from './audit/checkpointing.ts'
import { startSequencer } from './audit/sequencer.ts'
import { registerConfigApps } from './apps/config-apps.ts'
import { answerUnreadable } from './http/unreadable-requests.ts'
import { openEnvelope } from './envelope/envelope.ts'
import type { Clock } from './kernel/clock.ts'
import { toError } from './kernel/errors.ts'
import { startDataKeyRotation } from './keys/data-key-rotation.ts'
import { ensureSigningKey, timingFor } from './keys/rotation.ts'
import { startJobs } from './jobs.ts'
import { listen } from './listen.ts'
import { startReminding } from './reminding.ts'
import { startSweeping } from './sweeping.ts'
import { createNoticeBudget } from './users/notice-budget.ts'
import { createRequirementReminders } from './workspaces/requirement-reminders.ts'

export interface RunningServer {
  /** The port that was bound; of use where the setting was 0. */
  port: number
  adapters: Adapters
  routes: App['routes']
  /** Stops taking connections, finishes requests and jobs in progress, and closes everything. */
  close(): Promise<void>
}

const keyRefreshMilliseconds = 60_000
/** How long a stop waits for requests in progress. */
const stopMilliseconds = 10_000
/**
 * How long a client may take, so that slow ones do not pile up: requests that take longer are cut off by the load balancer anyway.
 */
const defaultPatience = { headersTimeout: 15_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 }
const maximumHeaderBytes = 16 * 1024

/** Opens adapters, builds the app, and listens. Rejects with StartError where the installation cannot start as it is set up. */
export async function startServer(settings: Settings, clock: Clock, patience = defaultPatience): Promise<RunningServer> {
  const adapters = await openAdapters(settings, { clock, openCipher: openEnvelope })
  const { data, telemetry } = adapters
  try {
    await registerConfigApps(data, settings.apps, { issuer: settings.issuer, clock })
    const keys = await ensureSigningKey(data, settings.signingAlgorithm, clock, timingFor(settings))
    const auditKey = await findOrCreateAuditKey(data, { kind: 'system', reason: 'start' }, clock)
    const publish = await openCheckpoints(settings, telemetry)
    const auditKeys = await listPublicAuditKeys(data, { kind: 'system', reason: 'start' })
    const app = createApp(settings, adapters, clock, { signing: keys, audit: auditKeys })
    await startJobs({ adapters, clock, deliverLogout: app.deliverLogout })

    const { port, servers } = await listen(() => createHttpServer(app, settings.issuer, patience), settings)

    const retention = { days: settings.auditRetentionDays, daysAfterDeletion: settings.auditDaysAfterDeletion }
    const sweeping = startSweeping({ data, clock, telemetry, retention })
    const noticeBudget = createNoticeBudget(adapters.rateLimiter)
    const reminders = createRequirementReminders({
      issuer: settings.issuer,
      installationName: settings.installationName,
      mayBeSent: async userId => (await noticeBudget.spend(userId, 'requirement')) === 'whole',
    })
    const reminding = startReminding({ data, clock, telemetry, reminders })
    const sequencer = startSequencer({ data, telemetry })
    const checkpointing = startCheckpointing({
      make: () => makeCheckpoints(data, { key: auditKey, clock, publish }),
      seconds: settings.auditCheckpointSeconds,
      telemetry,
    })
    const { heldSeconds } = adapters.cipher.keyrings
    const rotatingDataKeys = startDataKeyRotation({ data, clock, telemetry, heldSeconds })

    const refreshKeys = setInterval(() => {
      data
        .read({ kind: 'system', reason: 'protocol' }, ({ signingKeys }) => signingKeys.list())
        .then(app.useKeys)
        .catch((error: unknown) => telemetry.log.warn({ error: toError(error) }, 'the signing keys could not be read again'))
    }, keyRefreshMilliseconds)
    refreshKeys.unref()

    return {
      port,
      adapters,
      routes: app.routes,
      async close() {
        clearInterval(refreshKeys)
        const stopped = Promise.all([sweeping.stop(), reminding.stop(), rotatingDataKeys.stop()])
        await Promise.all(servers.map(stopServing))
        await stopped
        await app.close()
        await sequencer.stop()
        await checkpointing.stop()
        await adapters.close()
      },
    }
  } catch (error) {
    await adapters.close()
    throw error
  }
}

/** By which checkpoints leave the database: the log, and a file where there is one. */
async function openCheckpoints(
  { auditCheckpointFile }: Settings,
  { log }: Adapters['telemetry'],
): Promise<(signed: string) => Promise<void>> {
  const append = auditCheckpointFile === undefined ? undefined : await openCheckpointFile(auditCheckpointFile)
  return async signed => {
    log.info({ checkpoint: signed }, 'the audit log was signed')
    await append?.(signed)
  }
}

function createHttpServer({ listener }: App, issuer: string, patience: typeof defaultPatience): Server {
  const server = createServer(
    {
      ...patience,
      maxHeaderSize: maximumHeaderBytes,
      keepAliveTimeout: 65_000,
      // Without a Host it is the wrong one: ours says so, with its headers.
      requireHostHeader: false,
    },
    listener,
  )
  server.on('checkExpectation', listener)
  server.on('clientError', answerUnreadable(issuer))
  return server
}

async function stopServing(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const cutOff = setTimeout(() => server.closeAllConnections(), stopMilliseconds)
  await closed
  clearTimeout(cutOff)
}
