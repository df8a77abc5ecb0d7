/** Postgres and Redis for the run, with Debian's settings where they matter: everything that is acknowledged is flushed. */
import { Redis } from 'ioredis'
import { Client } from 'pg'
import { startOwnRedis } from '../support/redis.ts'
import { startPostgres } from '../support/servers.ts'

export interface Stores {
  /** The login of the database's owner: no superuser, subject to row-level security. */
  databaseUrl: string
  /** Of the same database. */
  superuserUrl: string
  redisUrl: string
  postgresPid: number
  redisPid: number
  /** Statements and commands since the last call of `begin`, by text. */
  counts: StoreCounter
  /** A login that sees everything, for sizes. */
  query<Row>(text: string): Promise<Row[]>
  redis: Redis
  versions: { postgres: string; redis: string }
  stop(): Promise<void>
}

export interface StoreCounter {
  begin(): Promise<void>
  end(): Promise<StoreCounts>
}

export interface StoreCounts {
  /** Calls by statement, those of the superuser apart. */
  postgres: Map<string, number>
  redis: Map<string, number>
}

export async function startStores(): Promise<Stores> {
  const postgres = await startPostgres({
    durable: true,
    settings: {
      shared_preload_libraries: 'pg_stat_statements',
      shared_buffers: '128MB',
      max_connections: '100',
    },
  })
  const redisServer = await startOwnRedis()
  const superuserUrl = new URL(postgres.superuserUrl)
  superuserUrl.pathname = new URL(postgres.url).pathname
  const client = new Client({ connectionString: superuserUrl.href })
  await client.connect()
  await client.query('CREATE EXTENSION pg_stat_statements')
  // Not by the command line, which would outrank what the counter sets later.
  await track(client, 'none')
  const redis = new Redis(redisServer.url)
  const [version] = (await client.query<{ server_version: string }>('SHOW server_version')).rows
  const about = await redis.info('server')
  const aboutRedis = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(about)?.[1] ?? 'unknown'
  return {
    databaseUrl: postgres.url,
    superuserUrl: superuserUrl.href,
    redisUrl: redisServer.url,
    postgresPid: postgres.processId,
    redisPid: Number(aboutRedis('process_id')),
    counts: createCounter(client, redis),
    query: async <Row>(text: string) => (await client.query(text)).rows as Row[],
    redis,
    versions: { postgres: version?.server_version ?? 'unknown', redis: aboutRedis('redis_version') },
    async stop() {
      redis.disconnect()
      await client.end()
      await Promise.all([postgres.stop(), redisServer.stop()])
    },
  }
}

/** The same server's other database: of Postgres by its name, of Redis by its number. */
export function inDatabase(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}

async function track(client: Client, what: 'top' | 'none'): Promise<void> {
  await client.query(`ALTER SYSTEM SET pg_stat_statements.track = '${what}'`)
  await client.query('SELECT pg_reload_conf()')
  // Each backend takes the setting at its next command; a moment for the signal itself.
  await client.query('SELECT pg_sleep(0.2)')
}

/** Statements are tracked only between `begin` and `end`, so that counting costs the measured passes nothing. */
function createCounter(client: Client, redis: Redis): StoreCounter {
  return {
    async begin() {
      await track(client, 'top')
      await client.query('SELECT pg_stat_statements_reset()')
      await redis.config('RESETSTAT')
    },
    async end() {
      // What goes on behind an answer, such as the mail's own record, belongs to it.
      await client.query('SELECT pg_sleep(0.5)')
      const { rows } = await client.query<{ query: string; calls: string }>(
        `SELECT s.query, sum(s.calls) AS calls FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
         WHERE r.rolname <> 'postgres' GROUP BY s.query`,
      )
      const information = await redis.info('commandstats')
      await track(client, 'none')
      const commands = [...information.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(
        ([, name = '', calls]) => [name, Number(calls)] as const,
      )
      return {
        postgres: new Map(rows.map(row => [row.query, Number(row.calls)])),
        redis: new Map(commands.filter(([name]) => !['info', 'config|resetstat', 'config'].includes(name))),
      }
    },
  }
}
