import { LRUCache } from 'lru-cache'
import type { Clock } from '../../provider/kernel/clock.ts'
import { AppError } from '../../provider/kernel/errors.ts'
import type { Store } from '../../provider/ports/store.ts'

interface Entry {
  value: string
  expiresAt: number
}

const maximumEntries = 100_000
const maximumCharacters = 32 * 1024 * 1024
const sweepMilliseconds = 30_000
/** Keys that say that something was used. Forgetting one makes it usable again. */
const replayPrefix = 'replay:'
const maximumReplayMarks = 200_000

/**
 * A store for one process. Expiry is exact by `clock`. Bounded: past 100,000 entries or 32 million characters the entry that
 * was not used for longest gives way, which costs a person one step, as losing any store does. Marks against replay have a
 * budget of their own and never give way: with 200,000 of them unexpired, a further one is refused (AppError `unavailable`).
 */
export function createMemoryStore(clock: Clock): Store {
  const entries = new LRUCache<string, Entry>({
    max: maximumEntries,
    maxSize: maximumCharacters,
    sizeCalculation: (entry, key) => key.length + entry.value.length + 1,
  })
  const marks = new Map<string, Entry>()
  const holderOf = (key: string) => (key.startsWith(replayPrefix) ? marks : entries)
  const sweep = setInterval(() => {
    deleteExpired(entries, clock().getTime())
    deleteExpired(marks, clock().getTime())
  }, sweepMilliseconds).unref()

  function live(key: string): Entry | undefined {
    const entry = holderOf(key).get(key)
    if (entry === undefined || entry.expiresAt > clock().getTime()) return entry
    holderOf(key).delete(key)
    return undefined
  }

  function write(key: string, value: string, expiresAt: number): void {
    const holder = holderOf(key)
    if (holder === marks && !marks.has(key)) makeRoomForMark()
    holder.set(key, { value, expiresAt })
  }

  /** Looks at the oldest alone: searching them all for each refusal would be what a flood is after. The sweep finds the others. */
  function makeRoomForMark(): void {
    if (marks.size < maximumReplayMarks) return
    const [oldest] = marks.keys()
    if (oldest !== undefined) live(oldest)
    if (marks.size >= maximumReplayMarks) throw new AppError('unavailable')
  }

  function expiry(ttlSeconds: number): number {
    return clock().getTime() + ttlSeconds * 1000
  }

  return {
    async get(key) {
      return live(key)?.value
    },
    async put(key, value, ttlSeconds) {
      write(key, value, expiry(ttlSeconds))
    },
    async take(key) {
      const entry = live(key)
      holderOf(key).delete(key)
      return entry?.value
    },
    async compareAndSet(key, expected, next, ttlSeconds) {
      if (live(key)?.value !== expected) return false
      write(key, next, expiry(ttlSeconds))
      return true
    },
    async increment(key, ttlSeconds) {
      const entry = live(key)
      const count = Number(entry?.value ?? 0) + 1
      write(key, String(count), entry?.expiresAt ?? expiry(ttlSeconds))
      return count
    },
    async delete(key) {
      holderOf(key).delete(key)
    },
    async ping() {},
    async close() {
      clearInterval(sweep)
      entries.clear()
      marks.clear()
    },
  }
}

function deleteExpired(entries: LRUCache<string, Entry> | Map<string, Entry>, now: number): void {
  for (const [key, entry] of entries.entries()) if (entry.expiresAt <= now) entries.delete(key)
}
