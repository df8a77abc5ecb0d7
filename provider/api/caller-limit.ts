import type { Context } from '../http/context.ts'
import { AppError } from '../kernel/errors.ts'
import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'

/** What each caller may ask in a minute. */
export const callerLimit: RateLimit = { name: 'api-callers', points: 600, windowSeconds: 60 }

/**
 * Spends one request of a caller's, and says what is left (draft-ietf-httpapi-ratelimit-headers-10). Throws AppError `too-many-requests`.
 */
export async function spendCallerLimit(ctx: Context, rateLimiter: RateLimiter, caller: string): Promise<void> {
  const verdict = await rateLimiter.consume(callerLimit, caller)
  const [remaining, seconds] = verdict.allowed ? [verdict.remaining, verdict.resetSeconds] : [0, verdict.retryAfterSeconds]
  ctx.set({
    'RateLimit-Policy': `"caller";q=${callerLimit.points};w=${callerLimit.windowSeconds}`,
    RateLimit: `"caller";r=${remaining};t=${seconds}`,
  })
  if (!verdict.allowed) throw new AppError('too-many-requests', { retryAfterSeconds: verdict.retryAfterSeconds })
}
