import { Cluster, type CommonRedisOptions, Redis, type RedisOptions } from 'ioredis'
import { AppError, StartError } from '../../provider/kernel/errors.ts'
import type { Logger } from '../../provider/ports/telemetry.ts'
import { parseRedisUrl, type RedisAddress } from './connection-url.ts'

export type RedisConnection = Redis | Cluster

/** Every key of ours begins with it, so that an access list can confine the login and a Redis may have other tenants. */
export const keyPrefix = 'latchkey:'

const commandMilliseconds = 1_000
const startMilliseconds = 10_000

// Fail at once rather than queue while there is no connection, and never send a command twice: `take` and `increment` are not
// to be repeated, and a queue would grow for as long as the outage lasts.
const commandOptions = {
  commandTimeout: commandMilliseconds,
  // A peer that vanished without a word: an unanswered command ends the connection, and the next attempt may find another.
  socketTimeout: 2 * commandMilliseconds,
  connectTimeout: 3_000,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  // What different requests ask in one turn of the event loop travels in one write: a write costs more than the command in it.
  enableAutoPipelining: true,
  // After a failover the old master may live on as a replica.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
} satisfies CommonRedisOptions

const pauseBeforeReconnect = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000)

/**
 * Connects to Redis, and reconnects in the background for as long as the process lives. Without a connection, commands fail
 * at once; with one, within a second. The forms of the URL:
 *
 * - `redis://user:password@host:6379/0`, and `rediss://…` for TLS;
 * - `redis+sentinel://user:password@host1:26379,host2:26379/master-name?db=0&sentinelUsername=…&sentinelPassword=…`;
 * - `redis+cluster://user:password@host1:6379,host2:6379`;
 * - `rediss+sentinel://…` and `rediss+cluster://…`, the same over TLS.
 *
 * Rejects with StartError where the URL is malformed or nobody answers within ten seconds.
 */
export async function connectRedis(url: string, log?: Logger): Promise<RedisConnection> {
  const address = parseRedisUrl(url)
  const connection = address.kind === 'cluster' ? openCluster(address) : openSingle(address)
  let lastError: Error | undefined
  connection.on('error', (error: Error) => {
    lastError = error
  })
  try {
    await becomeReady(connection)
  } catch (error) {
    connection.disconnect()
    throw new StartError(
      `REDIS_URL: Redis at ${describe(address)} does not answer (${lastError?.message ?? messageOf(error)}).`,
      { cause: error },
    )
  }
  reportOutages(connection, log)
  return connection
}

/** Runs one command; its failure surfaces as AppError `unavailable`. */
export async function command<Result>(promise: Promise<Result>): Promise<Result> {
  try {
    return await promise
  } catch (error) {
    // The library's error carries the command's arguments: they stay behind.
    throw new AppError('unavailable', { cause: new Error(`Redis: ${messageOf(error)}`) })
  }
}

function openSingle(address: RedisAddress): Redis {
  const target =
    address.kind === 'sentinel'
      ? {
          sentinels: address.hosts,
          name: address.masterName,
          sentinelUsername: address.sentinelUsername,
          sentinelPassword: address.sentinelPassword,
          sentinelCommandTimeout: commandMilliseconds,
          sentinelRetryStrategy: pauseBeforeReconnect,
          failoverDetector: true,
          ...(address.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
        }
      : address.hosts[0]
  return new Redis({
    ...commandOptions,
    ...target,
    ...login(address),
    db: address.database,
    keyPrefix,
    enableOfflineQueue: false,
    retryStrategy: pauseBeforeReconnect,
  })
}

function openCluster(address: RedisAddress): Cluster {
  return new Cluster(address.hosts, {
    keyPrefix,
    enableOfflineQueue: false,
    clusterRetryStrategy: pauseBeforeReconnect,
    // Together below the command's time limit: a failover that takes longer is an outage, and is said to be one.
    maxRedirections: 6,
    slotsRefreshTimeout: commandMilliseconds,
    slotsRefreshInterval: 2_000,
    // Managed clusters announce names, and their certificates hold them.
    ...(address.tls
      ? { dnsLookup: (name: string, callback: (error: null, address: string) => void) => callback(null, name) }
      : {}),
    redisOptions: { ...commandOptions, ...login(address) },
  })
}

function login(address: RedisAddress): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  return { username: address.username, password: address.password, ...(address.tls ? { tls: {} } : {}) }
}

function becomeReady(connection: RedisConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer within ten seconds')), startMilliseconds)
    connection.once('ready', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** One line when the connection goes and one when it is back, instead of one for each attempt. */
function reportOutages(connection: RedisConnection, log: Logger | undefined): void {
  let lost = false
  connection.on('close', () => {
    if (lost || connection.status === 'end') return
    lost = true
    log?.warn({}, 'The connection to Redis is lost; trying again in the background')
  })
  connection.on('ready', () => {
    if (lost) log?.info({}, 'The connection to Redis is back')
    lost = false
  })
}

function describe(address: RedisAddress): string {
  return address.hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(', ')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
