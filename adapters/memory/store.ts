import { LRUCache } from 'lru-cache'
import type { Clock } from '../../provider/kernel/clock.ts'
import type { Store } from '../../provider/ports/store.ts'

interface Entry {
  value: string
  expiresAt: number
}

const maximumEntries = 100_000
const maximumCharacters = 32 * 1024 * 1024
const sweepMilliseconds = 30_000

/**
 * A store for one process. Expiry is exact by `clock`. Bounded: past 100,000 entries or 32 million characters the entry that
 * was not used for longest gives way, which costs a person one step, as losing any store does.
 */
export function createMemoryStore(clock: Clock): Store {
  const entries = new LRUCache<string, Entry>({
    max: maximumEntries,
    maxSize: maximumCharacters,
    sizeCalculation: (entry, key) => key.length + entry.value.length + 1,
  })
  const sweep = setInterval(() => deleteExpired(entries, clock().getTime()), sweepMilliseconds).unref()

  function live(key: string): Entry | undefined {
    const entry = entries.get(key)
    if (entry === undefined || entry.expiresAt > clock().getTime()) return entry
    entries.delete(key)
    return undefined
  }

  function write(key: string, value: string, expiresAt: number): void {
    entries.set(key, { value, expiresAt })
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
      entries.delete(key)
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
      entries.delete(key)
    },
    async ping() {},
    async close() {
      clearInterval(sweep)
      entries.clear()
    },
  }
}

function deleteExpired(entries: LRUCache<string, Entry>, now: number): void {
  for (const [key, entry] of entries.entries()) if (entry.expiresAt <= now) entries.delete(key)
}
