import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimit, RateLimiter, RateLimitVerdict } from '../../provider/ports/rate-limiter.ts'
import { createMemoryRateLimiter, judge } from '../memory/rate-limiter.ts'
import type { RedisConnection } from './connection.ts'
import type { NameLimitKey } from './limit-keys.ts'

/**
 * Limits shared by all nodes, at one round trip each. A key that has used up its limit is answered from memory until its
 * window ends, so that a flood stops here. Without Redis each node counts by itself, with half the points.
 */
export function createRedisRateLimiter(connection: RedisConnection, nameKey: NameLimitKey): RateLimiter {
  const insurance = createMemoryRateLimiter()
  const limiters = new Map<string, RateLimiterRedis>()

  function limiterFor(limit: RateLimit): RateLimiterRedis {
    // Points and window belong to the name: where a limit is set anew, its counts start anew on every node.
    const name = `limit:${limit.name}:${limit.points}/${limit.windowSeconds}`
    let limiter = limiters.get(name)
    if (limiter === undefined) {
      limiter = new RateLimiterRedis({
        storeClient: connection,
        keyPrefix: name,
        points: limit.points,
        duration: limit.windowSeconds,
        inMemoryBlockOnConsumed: limit.points,
        rejectIfRedisNotReady: true,
      })
      limiters.set(name, limiter)
    }
    return limiter
  }

  return {
    async consume(limit, key): Promise<RateLimitVerdict> {
      try {
        await limiterFor(limit).consume(nameKey(key))
        return { allowed: true }
      } catch (reason) {
        // The library rejects with its result where the limit is used up, and with an error where Redis is away.
        if (reason instanceof RateLimiterRes) return judge(limit, limit.points + 1, reason.msBeforeNext)
        return insurance.consume({ ...limit, points: Math.max(1, Math.floor(limit.points / 2)) }, key)
      }
    },
  }
}
