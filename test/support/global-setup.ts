import type { TestProject } from 'vitest/node'
import { startPgBouncer } from './pgbouncer.ts'
import { startOwnRedis } from './redis.ts'
import { startPostgres } from './servers.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A login that may create databases and logins. */
    postgresUrl: string
    /** The same login by way of PgBouncer, in transaction mode. */
    pgBouncerUrl: string
    redisUrl: string
  }
}

type Servers = { postgresUrl: string; pgBouncerUrl: string; redisUrl: string; stop(): Promise<void> }

/**
 * One Postgres, with a PgBouncer before it, and one Redis for all projects of a run. Vitest loads this file once per project, so what is running is
 * kept on the process; the last project to end stops it.
 */
const running = process as typeof process & { latchkeyTestServers?: { servers: Promise<Servers>; users: number } }

/** Vitest's global set-up: servers given by DATABASE_URL and REDIS_URL are used, what isn't given is started. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  running.latchkeyTestServers ??= { servers: startServers(), users: 0 }
  const shared = running.latchkeyTestServers
  shared.users += 1
  const { postgresUrl, pgBouncerUrl, redisUrl, stop } = await shared.servers
  project.provide('postgresUrl', postgresUrl)
  project.provide('pgBouncerUrl', pgBouncerUrl)
  project.provide('redisUrl', redisUrl)
  return async () => {
    shared.users -= 1
    if (shared.users === 0) await stop()
  }
}

async function startServers(): Promise<Servers> {
  const { DATABASE_URL, REDIS_URL } = process.env
  const [postgres, redis] = await Promise.all([
    DATABASE_URL ? { url: DATABASE_URL, stop: async () => {} } : startPostgres(),
    REDIS_URL ? { url: REDIS_URL, stop: async () => {} } : startOwnRedis(),
  ])
  const pgBouncer = await startPgBouncer(postgres.url)
  return {
    postgresUrl: postgres.url,
    pgBouncerUrl: pgBouncer.url,
    redisUrl: redis.url,
    stop: async () => {
      await pgBouncer.stop()
      await Promise.all([postgres.stop(), redis.stop()])
    },
  }
}
