import { LRUCache } from 'lru-cache'
import type { Adapter, AdapterPayload } from 'oidc-provider'

/** Enough for every artefact that is alive in a run, and a bound on memory all the same. */
const capacity = 50_000

const entries = new LRUCache<string, AdapterPayload>({ max: capacity })
const sessionIdByUid = new LRUCache<string, string>({ max: capacity })
const keysByGrant = new LRUCache<string, Set<string>>({ max: capacity })

function rememberUnderGrant(grantId: string, key: string): void {
  const keys = keysByGrant.get(grantId)
  if (keys) keys.add(key)
  else keysByGrant.set(grantId, new Set([key]))
}

/**
 * The least that a correct in-memory adapter of oidc-provider does: no copies, no serialisation, no timers (expiry is checked
 * by the provider from the payload). Unlike the stock one its grant index does not walk every member at each write.
 */
export function createBoundedAdapter(model: string): Adapter {
  const keyOf = (id: string) => `${model}:${id}`
  return {
    async upsert(id, payload) {
      const key = keyOf(id)
      entries.set(key, payload)
      if (model === 'Session' && payload.uid) sessionIdByUid.set(payload.uid, id)
      if (payload.grantId && model !== 'Session') rememberUnderGrant(payload.grantId, key)
    },
    async find(id) {
      return entries.get(keyOf(id))
    },
    async findByUid(uid) {
      const id = sessionIdByUid.get(uid)
      return id === undefined ? undefined : entries.get(keyOf(id))
    },
    async findByUserCode() {
      return undefined
    },
    async consume(id) {
      const payload = entries.get(keyOf(id))
      if (!payload) return
      payload.consumed = Math.floor(Date.now() / 1000)
      // One chain of rotations must not grow the index of its grant: a consumed token is remembered for reuse detection alone.
      if (payload.grantId) keysByGrant.get(payload.grantId)?.delete(keyOf(id))
    },
    async destroy(id) {
      const payload = entries.get(keyOf(id))
      entries.delete(keyOf(id))
      if (payload?.grantId) keysByGrant.get(payload.grantId)?.delete(keyOf(id))
    },
    async revokeByGrantId(grantId) {
      for (const key of keysByGrant.get(grantId) ?? []) entries.delete(key)
      keysByGrant.delete(grantId)
    },
  }
}
