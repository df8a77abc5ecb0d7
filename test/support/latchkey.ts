import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSettings } from '../../config/load.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { type RunningServer, startServer } from '../../provider/server.ts'
import type { MailMessage } from '../../provider/ports/mailer.ts'
import { isNotice } from './mail.ts'
import { createTestDatabase } from './postgres.ts'
import { createTestRedis } from './redis-database.ts'
import { findFreePort } from './servers.ts'

/** A clock that a test sets forward: everything of ours reads it, oidc-provider's own expiries read the machine's. */
export interface TestClock {
  now(): Date
  advance(seconds: number): void
}

export function createTestClock(): TestClock {
  let offsetMilliseconds = 0
  return {
    now: () => new Date(systemClock().getTime() + offsetMilliseconds),
    advance: seconds => {
      offsetMilliseconds += seconds * 1000
    },
  }
}

export interface RunningLatchkey {
  issuer: string
  port: number
  clock: TestClock
  adapters: RunningServer['adapters']
  routes: RunningServer['routes']
  /** Where durable and short-lived state lie; undefined where it is in this process. */
  databaseUrl: string | undefined
  redisUrl: string | undefined
  dataDirectory: string
  /** The newest mail by which an address can sign in, as soon as it has been delivered to the mailbox. */
  waitForMail(address: string, after?: Date): Promise<MailMessage>
  /** Stops in an orderly way, and starts once more on the same state. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface LatchkeyOptions {
  apps: ReadonlyArray<Record<string, unknown>>
  /**
   * Where state lies: on one machine with nothing installed, or on PostgreSQL and Redis, or on PostgreSQL and in this process, whose
   * expiries and limits go by the test's clock.
   */
  on?: 'embedded' | 'servers' | 'postgres'
  environment?: Record<string, string>
  /** Puts something between the process and where its state lies; answers the settings that lead there. */
  reroute?: (urls: { databaseUrl: string; redisUrl: string }) => Promise<Record<string, string>>
  /** How long slow clients are waited for. */
  patience?: Parameters<typeof startServer>[2]
}

/** The whole of Latchkey in this process, listening on a free port, with its mail in a mailbox. */
export async function startLatchkey({
  apps,
  on = 'servers',
  environment = {},
  reroute,
  patience,
}: LatchkeyOptions): Promise<RunningLatchkey> {
  const port = await findFreePort()
  const issuer = `http://localhost:${port}`
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-test-'))
  const database = on === 'embedded' ? undefined : await createTestDatabase()
  const redis = on === 'servers' ? await createTestRedis() : undefined
  const settings = {
    ...loadSettings({
      ISSUER: issuer,
      PORT: String(port),
      DATA_DIR: directory,
      LOG_LEVEL: 'silent',
      ...(database === undefined ? {} : { DATABASE_URL: database.url }),
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
      ...environment,
      ...(await reroute?.({ databaseUrl: database?.url ?? '', redisUrl: redis?.url ?? '' })),
    }),
    apps,
  }
  const clock = createTestClock()
  let server = await startServer(settings, clock.now, patience)
  return {
    issuer,
    port,
    clock,
    get adapters() {
      return server.adapters
    },
    get routes() {
      return server.routes
    },
    databaseUrl: database?.url,
    redisUrl: redis?.url,
    dataDirectory: directory,
    async waitForMail(address, after = new Date(0)) {
      const { mailbox } = server.adapters
      const deadline = Date.now() + 15_000
      while (Date.now() < deadline) {
        const mails = (await mailbox?.list())?.filter(mail => mail.to === address && mail.receivedAt > after)
        const newest = mails?.find(mail => !isNotice(mail))
        const found = newest === undefined ? undefined : await mailbox?.find(newest.id)
        if (found !== undefined) return found.message
        await new Promise(resolve => setTimeout(resolve, 20))
      }
      throw new Error('no mail arrived')
    },
    async restart() {
      await server.close()
      server = await startServer(settings, clock.now, patience)
    },
    async stop() {
      await server.close()
      await database?.drop()
      await redis?.drop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
