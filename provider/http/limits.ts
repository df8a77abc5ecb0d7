import { AppError } from '../kernel/errors.ts'
import type { RateLimit, RateLimiter } from '../ports/rate-limiter.ts'
import type { RequestFacts } from './context.ts'

/** A limit of a route: how often, and counted by what. */
export interface Limit extends RateLimit {
  /** `address`: the IPv4 address or IPv6 /64. `installation`: everybody together. Others are counted by what the handler names. */
  by: 'address' | 'installation'
}

/** Spends one point of each limit. Throws AppError `too-many-requests` with the longest wait where one is used up. */
export async function spendLimits(limiter: RateLimiter, limits: readonly Limit[], facts: RequestFacts): Promise<void> {
  const verdicts = await Promise.all(
    limits.map(limit => limiter.consume(limit, limit.by === 'address' ? facts.addressBlock : 'installation')),
  )
  const waits = verdicts.flatMap(verdict => (verdict.allowed ? [] : [verdict.retryAfterSeconds]))
  if (waits.length > 0) throw new AppError('too-many-requests', { retryAfterSeconds: Math.max(...waits) })
}

/** Spends one point of a limit that is counted by something a request names: a recipient, an account, an app. */
export async function spendLimit(limiter: RateLimiter, limit: RateLimit, key: string): Promise<void> {
  const verdict = await limiter.consume(limit, key)
  if (!verdict.allowed) throw new AppError('too-many-requests', { retryAfterSeconds: verdict.retryAfterSeconds })
}
