import { type Clock, secondsAfter } from '../kernel/clock.ts'
import type { Repositories } from '../ports/repositories.ts'

/*
 * Tries of a second factor, counted over all attempts and sessions of a person: a code of six digits is guessed in the end by whoever
 * may go on trying. Five wrong ones in a row are free; after that each has to wait longer than the one before, up to a quarter of an
 * hour. The count ends with a right one, never with time. Nobody is locked out: other ways are open meanwhile, and this one again
 * after the wait.
 */

const freeTries = 5
const firstWaitSeconds = 30
const longestWaitSeconds = 900

/** How long after so many failures in a row the next try has to wait, in seconds. */
export function waitAfter(failures: number): number {
  if (failures < freeTries) return 0
  return Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.min(failures - freeTries, 10))
}

/** How long this person has to wait with this method, in seconds; 0 where they need not. */
export async function findWait(
  { factorFailures }: Pick<Repositories, 'factorFailures'>,
  userId: string,
  method: string,
  clock: Clock,
): Promise<number> {
  return remainingWait(await factorFailures.find(userId, method), clock)
}

/**
 * Counts a try, before anything is compared. False where it is one too many: then nothing may be compared. Of many tries at once,
 * after the free ones, one is not too many.
 */
export async function countTry(
  { factorFailures }: Pick<Repositories, 'factorFailures'>,
  userId: string,
  method: string,
  clock: Clock,
): Promise<boolean> {
  const before = await factorFailures.find(userId, method)
  // Not counted, or else whoever goes on trying would keep the person waiting.
  if (remainingWait(before, clock) > 0) return false
  const count = await factorFailures.increment(userId, method, clock())
  return count <= freeTries || count === (before?.failures ?? 0) + 1
}

function remainingWait(state: { failures: number; lastFailureAt: Date } | undefined, clock: Clock): number {
  if (state === undefined) return 0
  const until = secondsAfter(state.lastFailureAt, waitAfter(state.failures))
  return Math.max(0, Math.ceil((until.getTime() - clock().getTime()) / 1000))
}
