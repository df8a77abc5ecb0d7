import { LRUCache } from 'lru-cache'
import type { Clock } from '../kernel/clock.ts'
import type { DataKey, KeyOwner } from '../ports/field-cipher.ts'
import { ownerId } from './data-key.ts'

/** How many unwrapped keys are held, and for how long: also how long a destroyed key may still be in use on another node. */
export interface KeyCacheLimits {
  keys: number
  seconds: number
}

/** An unwrapped key, with what it was unwrapped from. */
export interface HeldKey {
  wrapped: Buffer
  key: DataKey
}

export interface KeyCache {
  held(owner: KeyOwner): HeldKey | undefined
  /** The held key, or what `load` resolves with. Callers who miss at the same time share one load. */
  find(owner: KeyOwner, load: () => Promise<HeldKey>): Promise<HeldKey>
  forget(owner: KeyOwner): void
}

export function createKeyCache(limits: KeyCacheLimits, clock: Clock): KeyCache {
  const held = new LRUCache<string, HeldKey>({
    max: limits.keys,
    ttl: limits.seconds * 1000,
    ttlResolution: 0,
    perf: { now: () => clock().getTime() },
  })
  const loading = new Map<string, Promise<HeldKey>>()

  async function loadAndHold(name: string, load: () => Promise<HeldKey>): Promise<HeldKey> {
    const promise = load()
    loading.set(name, promise)
    try {
      const key = await promise
      // Forgotten while it was on its way: good for whoever asked before, and for nobody after.
      if (loading.get(name) === promise) held.set(name, key)
      return key
    } finally {
      if (loading.get(name) === promise) loading.delete(name)
    }
  }

  return {
    held: owner => held.get(nameOf(owner)),

    async find(owner, load) {
      const name = nameOf(owner)
      const key = held.get(name)
      if (key) return key
      const shared = loading.get(name)
      if (!shared) return loadAndHold(name, load)
      // Somebody else's attempt: where that one fails, this one tries for itself.
      return shared.catch(() => loadAndHold(name, load))
    },

    forget(owner) {
      const name = nameOf(owner)
      held.delete(name)
      loading.delete(name)
    },
  }
}

function nameOf(owner: KeyOwner): string {
  return `${owner.kind}:${ownerId(owner)}`
}
