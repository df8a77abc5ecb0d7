import type { RateLimit, RateLimitVerdict } from '../../provider/ports/rate-limiter.ts'
import { judge } from '../memory/rate-limiter.ts'

/** Points that were taken from what all nodes share: fewer than were asked for where the limit had no more. */
export interface TakenPoints {
  points: number
  /** What is left for all nodes. */
  left: number
  millisecondsLeft: number
}

/**
 * Spends points of a limit for one key from a supply that this node has taken in advance. A supply is counted when it is taken,
 * and ends with its window: so all nodes together never spend more than the limit, and what a node takes and does not spend is
 * lost to the others until then. Callers who find it empty wait for one request for more between them. Where `take` rejects,
 * each of them gets what `insure` answers.
 */
export function createLease(options: {
  limit: RateLimit
  /** How many points are taken at a time; more where more callers are waiting. */
  size: number
  take(points: number): Promise<TakenPoints>
  insure(): Promise<RateLimitVerdict>
}): () => Promise<RateLimitVerdict> {
  const { limit, size, take, insure } = options
  const waiting: Array<(verdict: RateLimitVerdict | Promise<RateLimitVerdict>) => void> = []
  let supply = 0
  let left = 0
  let usedUp = false
  let endsAt = 0
  let taking = false

  function spendFromSupply(): RateLimitVerdict | undefined {
    if (supply > 0) {
      supply -= 1
      return judge(limit, limit.points - supply - left, endsAt - performance.now())
    }
    return usedUp ? judge(limit, limit.points + 1, endsAt - performance.now()) : undefined
  }

  async function takeForThoseWaiting(): Promise<void> {
    taking = true
    while (waiting.length > 0) {
      const wanted = Math.max(size, waiting.length)
      // The window has that long to go at some moment after this one: it may end here a little early, and never late.
      const askedAt = performance.now()
      try {
        const taken = await take(wanted)
        supply = taken.points
        left = taken.left
        usedUp = taken.points < wanted
        endsAt = askedAt + taken.millisecondsLeft
      } catch {
        for (const answer of waiting.splice(0)) answer(insure())
        break
      }
      // Taken for them, whatever the clock says by now.
      while (waiting.length > 0) {
        const verdict = spendFromSupply()
        if (verdict === undefined) break
        waiting.shift()?.(verdict)
      }
    }
    taking = false
  }

  return async function spend() {
    const verdict = performance.now() < endsAt ? spendFromSupply() : undefined
    if (verdict !== undefined) return verdict
    return new Promise(resolve => {
      waiting.push(resolve)
      if (!taking) void takeForThoseWaiting()
    })
  }
}
