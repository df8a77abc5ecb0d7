import { LRUCache } from 'lru-cache'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimit, RateLimiter, RateLimitVerdict } from '../../provider/ports/rate-limiter.ts'
import { createMemoryRateLimiter, judge } from '../memory/rate-limiter.ts'
import type { RedisConnection } from './connection.ts'
import { createLease, type TakenPoints } from './lease.ts'
import type { NameLimitKey } from './limit-keys.ts'

// The library's own, with two commands in place of three: a window begins with whoever finds none.
const spendScript = `
local spent = redis.call('INCRBY', KEYS[1], ARGV[1])
if spent ~= tonumber(ARGV[1]) then
  local left = redis.call('PTTL', KEYS[1])
  if left > 0 then return {spent, left} end
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return {spent, ARGV[2] * 1000}`

/** From how many points on a limit is generous: it keeps floods away rather than counting what somebody may do. */
const generousPoints = 500
const maximumLeases = 20_000

/**
 * Limits shared by all nodes. Below 500 points every use is counted in Redis, at one round trip each, and a key that has used up
 * its limit is answered from memory until its window ends, so that a flood stops here.
 *
 * From 500 points on each node takes a fiftieth of the limit (or what those waiting need) in advance and spends it by itself.
 * All nodes together still let no more through than the limit. What a node has taken and does not spend before the window ends,
 * or before it stops, is wasted: with n nodes at work on one key, a limit may refuse up to n fiftieths early.
 *
 * Without Redis each node counts by itself, with half the points, beside what it has taken.
 */
export function createRedisRateLimiter(connection: RedisConnection, nameKey: NameLimitKey): RateLimiter {
  const insurance = createMemoryRateLimiter()
  const limiters = new Map<string, RateLimiterRedis>()
  const leases = new LRUCache<string, () => Promise<RateLimitVerdict>>({ max: maximumLeases })

  function limiterFor(limit: RateLimit, name: string): RateLimiterRedis {
    let limiter = limiters.get(name)
    if (limiter === undefined) {
      limiter = new RateLimiterRedis({
        storeClient: connection,
        keyPrefix: name,
        points: limit.points,
        duration: limit.windowSeconds,
        // A lease remembers by itself that its limit is used up.
        inMemoryBlockOnConsumed: isGenerous(limit) ? 0 : limit.points,
        rejectIfRedisNotReady: true,
        customIncrTtlLuaScript: spendScript,
      })
      limiters.set(name, limiter)
    }
    return limiter
  }

  function leaseFor(limit: RateLimit, name: string, key: string): () => Promise<RateLimitVerdict> {
    const leaseName = `${name}\n${key}`
    let spend = leases.get(leaseName)
    if (spend === undefined) {
      spend = createLease({
        limit,
        size: Math.floor(limit.points / 50),
        take: points => takePoints(limiterFor(limit, name), nameKey(key), points),
        insure: () => insure(limit, key),
      })
      leases.set(leaseName, spend)
    }
    return spend
  }

  async function spendOne(limit: RateLimit, name: string, key: string): Promise<RateLimitVerdict> {
    try {
      const { consumedPoints, msBeforeNext } = await limiterFor(limit, name).consume(nameKey(key))
      return judge(limit, consumedPoints, msBeforeNext)
    } catch (reason) {
      // The library rejects with its result where the limit is used up, and with an error where Redis is away.
      if (reason instanceof RateLimiterRes) return judge(limit, limit.points + 1, reason.msBeforeNext)
      return insure(limit, key)
    }
  }

  function insure(limit: RateLimit, key: string): Promise<RateLimitVerdict> {
    return insurance.consume({ ...limit, points: Math.max(1, Math.floor(limit.points / 2)) }, key)
  }

  return {
    consume(limit, key) {
      // Points and window belong to the name: where a limit is set anew, its counts start anew on every node.
      const name = `limit:${limit.name}:${limit.points}/${limit.windowSeconds}`
      return isGenerous(limit) ? leaseFor(limit, name, key)() : spendOne(limit, name, key)
    },
  }
}

function isGenerous({ points }: RateLimit): boolean {
  return points >= generousPoints
}

async function takePoints(limiter: RateLimiterRedis, name: string, points: number): Promise<TakenPoints> {
  try {
    const { msBeforeNext, remainingPoints } = await limiter.consume(name, points)
    return { points, left: remainingPoints, millisecondsLeft: msBeforeNext }
  } catch (reason) {
    if (!(reason instanceof RateLimiterRes)) throw reason
    // Those up to the limit were still to be had; the count is beyond it now, and refuses everybody else.
    const before = reason.consumedPoints - points
    return { points: Math.max(0, limiter.points - before), left: 0, millisecondsLeft: reason.msBeforeNext }
  }
}
