export interface RateLimit {
  /** Names the limit, and separates its counts from those of others. */
  name: string
  points: number
  windowSeconds: number
}

/** `remaining`: how many more uses there are until the window ends, in `resetSeconds`; fewer where other nodes spend them too. */
export type RateLimitVerdict =
  | { allowed: true; remaining: number; resetSeconds: number }
  | { allowed: false; retryAfterSeconds: number }

/** Counts how often a key is used within a window. Keys are hashed before they leave the process: they may be addresses. */
export interface RateLimiter {
  /** Spends one point of `limit` for `key`. Without the shared store it answers from memory, with a stricter limit. */
  consume(limit: RateLimit, key: string): Promise<RateLimitVerdict>
}
