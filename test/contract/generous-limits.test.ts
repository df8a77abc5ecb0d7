import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectRedis, type RedisConnection } from '../../adapters/redis/connection.ts'
import { createRedisRateLimiter } from '../../adapters/redis/rate-limiter.ts'
import type { RateLimit, RateLimiter, RateLimitVerdict } from '../../provider/ports/rate-limiter.ts'
import { startOwnRedis } from '../support/redis.ts'

const allowed = (verdicts: RateLimitVerdict[]) => verdicts.filter(verdict => verdict.allowed).length

/** So many uses at once. */
function use(limiter: RateLimiter, limit: RateLimit, times: number): Promise<RateLimitVerdict[]> {
  return Promise.all(Array.from({ length: times }, () => limiter.consume(limit, 'key')))
}

/** So many uses, one after the other. */
async function useInTurn(limiter: RateLimiter, limit: RateLimit, times: number): Promise<RateLimitVerdict[]> {
  const verdicts: RateLimitVerdict[] = []
  for (let count = 0; count < times; count += 1) verdicts.push(await limiter.consume(limit, 'key'))
  return verdicts
}

describe('a generous limit on Redis', () => {
  let server: Awaited<ReturnType<typeof startOwnRedis>>
  let connections: RedisConnection[]
  let one: RateLimiter
  let other: RateLimiter
  const limit = { name: 'generous', points: 600, windowSeconds: 60 }

  beforeEach(async () => {
    server = await startOwnRedis()
    connections = await Promise.all([connectRedis(server.url), connectRedis(server.url)])
    ;[one, other] = connections.map(connection => createRedisRateLimiter(connection, key => key)) as [RateLimiter, RateLimiter]
  })
  afterEach(async () => {
    for (const connection of connections) connection.disconnect()
    await server.stop()
  })

  async function countScripts(): Promise<number> {
    const statistics = (await connections[0]?.info('commandstats')) ?? ''
    return [...statistics.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0)
  }

  it('lets exactly its points through, and asks Redis for a fiftieth of them at a time', async () => {
    const before = await countScripts()
    const verdicts = await useInTurn(one, limit, 700)
    expect(allowed(verdicts)).toBe(600)
    expect(verdicts.slice(0, 600).every(verdict => verdict.allowed)).toBe(true)
    expect(verdicts.at(-1)).toEqual({ allowed: false, retryAfterSeconds: 60 })
    // The last one is told that there is nothing left; the flood behind it asks no more.
    expect((await countScripts()) - before).toBe(51)
  })

  it('asks once for all who come at the same time', async () => {
    const before = await countScripts()
    expect(allowed(await use(one, limit, 300))).toBe(300)
    // The first asked for itself and a few to come, and the others together while they waited.
    expect((await countScripts()) - before).toBe(2)
  })

  it('counts each key by itself', async () => {
    expect(allowed(await use(one, limit, 601))).toBe(600)
    expect(await one.consume(limit, 'another key')).toMatchObject({ allowed: true, remaining: 599 })
  })

  it('lets exactly its points through over two nodes', async () => {
    const verdicts = await Promise.all([use(one, limit, 500), use(other, limit, 500)])
    expect(allowed(verdicts.flat())).toBe(600)
  })

  it('never lets more through over two nodes, whatever one of them has taken and not spent', async () => {
    await one.consume(limit, 'key')
    expect(allowed(await useInTurn(other, limit, 700))).toBe(588)
    // Eleven of its twelve are left to the first node, and no more.
    expect(allowed(await useInTurn(one, limit, 20))).toBe(11)
  })

  it('gives new points when the window is over, and none of the old ones', async () => {
    const short = { name: 'short', points: 500, windowSeconds: 1 }
    await one.consume(short, 'key')
    await pause(1_050)
    expect(allowed(await use(other, short, 600))).toBe(500)
    // What was taken in the window before has ended with it: there is nothing in this one.
    expect(allowed(await use(one, short, 20))).toBe(0)
    await pause(1_050)
    expect(allowed(await use(one, short, 20))).toBe(20)
  })

  it('is stricter while Redis hangs or is gone: half the points for each node, beside what it has taken', async () => {
    expect(allowed(await useInTurn(one, limit, 6))).toBe(6)
    server.suspend()
    expect(allowed(await use(one, limit, 400))).toBe(306)
    server.resume()
    await server.stop()
    await pause(50)
    expect(allowed(await use(other, limit, 400))).toBe(300)
    expect(allowed(await use(one, limit, 400))).toBe(0)
  }, 15_000)
})
