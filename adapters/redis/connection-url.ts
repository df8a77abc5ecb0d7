import { StartError } from '../../provider/kernel/errors.ts'

export interface RedisAddress {
  kind: 'single' | 'sentinel' | 'cluster'
  hosts: Array<{ host: string; port: number }>
  tls: boolean
  username: string | undefined
  password: string | undefined
  database: number
  /** The master's name, where Sentinel watches it. */
  masterName: string | undefined
  sentinelUsername: string | undefined
  sentinelPassword: string | undefined
}

// A list of hosts is not a URL of the standard kind, so it is taken apart by hand.
const shape = /^(redis|rediss)(?:\+(sentinel|cluster))?:\/\/(?:([^@/?]*)@)?([^@/?]+)(?:\/([^?]*))?(?:\?(.*))?$/
const hostShape = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/

/** Reads the forms that `connectRedis` documents. Rejects others with a StartError that never repeats the URL: it may hold a password. */
export function parseRedisUrl(url: string): RedisAddress {
  const match = shape.exec(url)
  if (!match) throw malformed('it is none of the known forms')
  const [, scheme, variant, credentials, hostList = '', path = '', query] = match
  const kind = variant === 'sentinel' || variant === 'cluster' ? variant : 'single'
  const parameters = new URLSearchParams(query)
  for (const name of parameters.keys()) {
    if (!['db', 'sentinelUsername', 'sentinelPassword'].includes(name))
      throw malformed(`it has an unknown parameter ${JSON.stringify(name)}`)
  }

  const hosts = hostList.split(',').map(host => parseHost(host, kind === 'sentinel' ? 26379 : 6379))
  if (kind === 'single' && hosts.length > 1) throw malformed('several hosts need redis+sentinel:// or redis+cluster://')
  if (kind === 'sentinel' && path === '') throw malformed("redis+sentinel:// needs the master's name as its path")
  if (kind === 'cluster' && (path !== '' || parameters.has('db'))) throw malformed('a cluster has database 0 alone')

  const database = Number(parameters.get('db') ?? (kind === 'single' && path !== '' ? path : '0'))
  if (!Number.isInteger(database) || database < 0) throw malformed('the database has to be a whole number')

  return {
    kind,
    hosts,
    tls: scheme === 'rediss',
    ...parseCredentials(credentials),
    database,
    masterName: kind === 'sentinel' ? decode(path) : undefined,
    sentinelUsername: parameters.get('sentinelUsername') ?? undefined,
    sentinelPassword: parameters.get('sentinelPassword') ?? undefined,
  }
}

function parseHost(text: string, defaultPort: number): { host: string; port: number } {
  const match = hostShape.exec(text)
  const port = Number(match?.[2] ?? defaultPort)
  if (!match?.[1] || port < 1 || port > 65535) throw malformed('each host has to read host or host:port')
  return { host: match[1].replace(/^\[|\]$/g, ''), port }
}

function parseCredentials(text: string | undefined): Pick<RedisAddress, 'username' | 'password'> {
  if (text === undefined || text === '') return { username: undefined, password: undefined }
  const colon = text.indexOf(':')
  if (colon < 0) return { username: decode(text), password: undefined }
  return { username: colon === 0 ? undefined : decode(text.slice(0, colon)), password: decode(text.slice(colon + 1)) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed('special characters in names and passwords have to be percent-encoded')
  }
}

function malformed(why: string): StartError {
  return new StartError(
    `REDIS_URL cannot be used: ${why}. Expected redis://user:password@host:6379/0, rediss:// for TLS, redis+sentinel://host:26379,host:26379/master-name or redis+cluster://host:6379,host:6379`,
  )
}
