import { LRUCache } from 'lru-cache'
import { type Clock, systemClock } from '../../provider/kernel/clock.ts'
import type { RateLimit, RateLimiter, RateLimitVerdict } from '../../provider/ports/rate-limiter.ts'

interface Window {
  spent: number
  endsAt: number
}

const maximumKeys = 100_000
/** Up to here a window is short: keys come and go with every request, and what is forgotten is soon over anyway. */
const longestShortWindowSeconds = 300

/**
 * Fixed windows, counted in this process. Own code where a library has one, because that one keeps a timer and an entry for
 * every key it has seen: whoever changes address with each request would fill the memory. Here the key not seen for longest
 * is forgotten past 100,000; long windows are kept apart, so that a flood of keys with short ones makes none of them forgotten.
 */
export function createMemoryRateLimiter(clock: Clock = systemClock): RateLimiter {
  const short = new LRUCache<string, Window>({ max: maximumKeys })
  const long = new LRUCache<string, Window>({ max: maximumKeys })
  return {
    async consume(limit, key) {
      const now = clock().getTime()
      const windows = limit.windowSeconds <= longestShortWindowSeconds ? short : long
      const name = `${limit.name}\n${key}`
      let window = windows.get(name)
      if (window === undefined || window.endsAt <= now) {
        window = { spent: 0, endsAt: now + limit.windowSeconds * 1000 }
        windows.set(name, window)
      }
      window.spent += 1
      return judge(limit, window.spent, window.endsAt - now)
    },
  }
}

/** The verdict on the `spent`th use in a window that ends in so many milliseconds. */
export function judge(limit: RateLimit, spent: number, millisecondsLeft: number): RateLimitVerdict {
  const seconds = Math.max(1, Math.ceil(millisecondsLeft / 1000))
  if (spent <= limit.points) return { allowed: true, remaining: limit.points - spent, resetSeconds: seconds }
  return { allowed: false, retryAfterSeconds: seconds }
}
