import { createHash, createHmac, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createMemoryRateLimiter } from '../../adapters/memory/rate-limiter.ts'
import { connectRedis, type RedisConnection } from '../../adapters/redis/connection.ts'
import { createLimitKeyNamer } from '../../adapters/redis/limit-keys.ts'
import { createRedisRateLimiter } from '../../adapters/redis/rate-limiter.ts'
import { newSecret } from '../../provider/kernel/secrets.ts'
import type { RateLimiter, RateLimitVerdict } from '../../provider/ports/rate-limiter.ts'
import { startOwnRedis, startRedis, startRedisCluster } from '../support/redis.ts'

interface OpenLimiter {
  limiter: RateLimiter
  advance(seconds: number): Promise<void>
  close(): Promise<void>
}

/** What an installation calls keys: nodes of one installation have the same cipher. */
function installationNamer() {
  const secret = randomBytes(32)
  return createLimitKeyNamer({
    blindIndex: (purpose, value) =>
      createHmac('sha256', secret)
        .update(purpose + value)
        .digest(),
  })
}

async function openMemoryLimiter(): Promise<OpenLimiter> {
  let now = Date.UTC(2030, 0, 1)
  return {
    limiter: createMemoryRateLimiter(() => new Date(now)),
    advance: async seconds => void (now += seconds * 1000),
    close: async () => {},
  }
}

async function openRedisLimiter(start: () => Promise<{ url: string; stop(): Promise<void> }>): Promise<OpenLimiter> {
  const server = await start()
  const connection = await connectRedis(server.url)
  return {
    limiter: createRedisRateLimiter(connection, installationNamer()),
    advance: seconds => pause(seconds * 1000 + 20),
    close: async () => {
      connection.disconnect()
      await server.stop()
    },
  }
}

const allowed = (verdicts: RateLimitVerdict[]) => verdicts.filter(verdict => verdict.allowed).length

describe.each([
  { name: 'in memory', open: openMemoryLimiter },
  { name: 'on Redis', open: () => openRedisLimiter(startRedis) },
  { name: 'on a Redis cluster', open: () => openRedisLimiter(startRedisCluster) },
])('a rate limiter $name', ({ open }) => {
  let opened: OpenLimiter
  let limiter: RateLimiter
  beforeAll(async () => {
    opened = await open()
    limiter = opened.limiter
  }, 30_000)
  afterAll(() => opened?.close())

  const limitOf = (points: number, windowSeconds: number) => ({ name: `test-${newSecret()}`, points, windowSeconds })

  it('lets exactly five of twenty through at once, and says how long to wait', async () => {
    const limit = limitOf(5, 60)
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => limiter.consume(limit, 'somebody@example.com')))
    expect(allowed(verdicts)).toBe(5)
    for (const verdict of verdicts) {
      if (verdict.allowed) continue
      expect(verdict.retryAfterSeconds).toBeGreaterThanOrEqual(59)
      expect(verdict.retryAfterSeconds).toBeLessThanOrEqual(60)
    }
  })

  it('counts each key and each limit by itself', async () => {
    const [one, other] = [limitOf(1, 60), limitOf(1, 60)]
    expect(await limiter.consume(one, 'a')).toMatchObject({ allowed: true })
    expect(await limiter.consume(one, 'b')).toMatchObject({ allowed: true })
    expect(await limiter.consume(other, 'a')).toMatchObject({ allowed: true })
    expect(await limiter.consume(one, 'a')).toMatchObject({ allowed: false })
  })

  it('says how many more there are, and until when', async () => {
    const limit = limitOf(3, 60)
    const verdicts = [await limiter.consume(limit, 'a'), await limiter.consume(limit, 'a'), await limiter.consume(limit, 'a')]
    expect(verdicts.map(verdict => verdict.allowed && verdict.remaining)).toEqual([2, 1, 0])
    for (const verdict of verdicts) expect(verdict.allowed && verdict.resetSeconds).toBeGreaterThanOrEqual(59)
  })

  it('gives new points when the window is over, and a flood does not prolong it', async () => {
    const limit = limitOf(2, 1)
    expect(allowed(await Promise.all(Array.from({ length: 10 }, () => limiter.consume(limit, 'key'))))).toBe(2)
    await opened.advance(0.5)
    expect(await limiter.consume(limit, 'key')).toEqual({ allowed: false, retryAfterSeconds: 1 })
    await opened.advance(0.5)
    expect(await limiter.consume(limit, 'key')).toMatchObject({ allowed: true })
  })
})

describe('a rate limiter on Redis', () => {
  it('is shared by two nodes', async () => {
    const server = await startRedis()
    onTestFinished(() => server.stop())
    const connections = await Promise.all([connectRedis(server.url), connectRedis(server.url)])
    const nameKey = installationNamer()
    const limiters = connections.map(connection => createRedisRateLimiter(connection, nameKey))
    const limit = { name: `test-${newSecret()}`, points: 5, windowSeconds: 60 }
    const verdicts = await Promise.all(
      limiters.flatMap(limiter => Array.from({ length: 10 }, () => limiter.consume(limit, 'key'))),
    )
    expect(allowed(verdicts)).toBe(5)
    for (const connection of connections) connection.disconnect()
  })

  it('asks Redis once for each use, and not at all for a key that is over its limit', async () => {
    const server = await startOwnRedis()
    onTestFinished(() => server.stop())
    const connection = await connectRedis(server.url)
    const limiter = createRedisRateLimiter(connection, installationNamer())
    const limit = { name: 'flood', points: 5, windowSeconds: 60 }
    const before = await countScripts(connection)
    for (let use = 0; use < 100; use++) await limiter.consume(limit, 'key')
    expect((await countScripts(connection)) - before).toBe(5)
    connection.disconnect()
  })

  it('keeps no address in Redis, and nothing from which one could be found by trying', async () => {
    const server = await startOwnRedis()
    onTestFinished(() => server.stop())
    const connection = await connectRedis(server.url)
    const limit = { name: 'recipient', points: 5, windowSeconds: 60 }
    const address = 'somebody@example.com'
    // Two installations, whose keys would be the same if nothing secret went into them.
    await createRedisRateLimiter(connection, installationNamer()).consume(limit, address)
    await createRedisRateLimiter(connection, installationNamer()).consume(limit, address)
    // KEYS is not given the prefix by the client.
    const keys = await connection.keys('*')
    expect(keys).toHaveLength(2)
    for (const key of keys) expect(key).toMatch(/^latchkey:limit:recipient:5\/60:[\w-]{22}$/)
    expect(keys.join()).not.toContain(createHash('sha256').update(address).digest('base64url').slice(0, 21))
    connection.disconnect()
  })

  it('counts by itself, more strictly, while Redis is gone or hangs', async () => {
    const server = await startOwnRedis()
    onTestFinished(() => server.stop())
    const connection = await connectRedis(server.url)
    const limiter = createRedisRateLimiter(connection, installationNamer())
    server.suspend()
    const hanging = await Promise.all(
      Array.from({ length: 20 }, () => limiter.consume({ name: 'hanging', points: 10, windowSeconds: 60 }, 'key')),
    )
    expect(allowed(hanging)).toBe(5)
    server.resume()
    await server.stop()
    await pause(50)
    const gone = await Promise.all(
      Array.from({ length: 20 }, () => limiter.consume({ name: 'gone', points: 10, windowSeconds: 60 }, 'key')),
    )
    expect(allowed(gone)).toBe(5)
    const single = await Promise.all(
      Array.from({ length: 3 }, () => limiter.consume({ name: 'single', points: 1, windowSeconds: 60 }, 'key')),
    )
    expect(allowed(single)).toBe(1)
    connection.disconnect()
  }, 15_000)
})

async function countScripts(connection: RedisConnection): Promise<number> {
  const statistics = await connection.info('commandstats')
  return [...statistics.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0)
}

describe('a rate limiter in memory', () => {
  it('stays bounded when every request comes with a new key', async () => {
    const { limiter } = await openMemoryLimiter()
    const limit = { name: 'flood', points: 1, windowSeconds: 3600 }
    await limiter.consume(limit, 'first')
    for (let at = 0; at < 100_000; at++) await limiter.consume(limit, `key ${at}`)
    expect(await limiter.consume(limit, 'first')).toMatchObject({ allowed: true })
    expect(await limiter.consume(limit, 'key 99999')).toMatchObject({ allowed: false })
  })

  it('does not forget an hour’s count for all the keys of a minute', async () => {
    const { limiter } = await openMemoryLimiter()
    const hour = { name: 'hour', points: 1, windowSeconds: 3600 }
    const minute = { name: 'minute', points: 1, windowSeconds: 60 }
    await limiter.consume(hour, 'recipient')
    for (let at = 0; at < 100_000; at++) await limiter.consume(minute, `key ${at}`)
    expect(await limiter.consume(hour, 'recipient')).toMatchObject({ allowed: false })
  })
})
