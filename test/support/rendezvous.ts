import type { DatabaseKind } from './durable-state.ts'

/**
 * A point at which so many transactions wait for one another, so that what they do next happens at the same moment: each has its
 * connection by then, so there may not be more of them than the pool has. The embedded database runs one at a time, and there
 * nobody waits.
 */
export function createRendezvous(kind: DatabaseKind, count: number): () => Promise<void> {
  if (kind === 'embedded') return async () => {}
  const { promise, resolve } = Promise.withResolvers<void>()
  let missing = count
  return () => {
    missing -= 1
    if (missing === 0) resolve()
    return promise
  }
}
