import type { Adapter, AdapterPayload } from 'oidc-provider'
import { recordEvent } from '../audit/record.ts'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Data } from '../ports/data.ts'
import { protocol } from './grant-adapter.ts'
import { circumstancesOf, currentContext, currentState, type KeptSession } from './request-state.ts'
import { epochSeconds, secondsLeft } from './sealed-store.ts'
import { cacheSeconds, type SessionCache, type KeptEnd } from './session-cache.ts'

/** So often does use alone write a session's row; its idle time is exact to that. */
const idleGranularitySeconds = 900

/**
 * Sessions. A signed-in session is a row, found and ended by its user; what every request needs of it is cached in the store,
 * and both are written only when what they say changes. A session without a person is in the store alone.
 */
export function createSessionAdapter({ data, cache, clock }: { data: Data; cache: SessionCache; clock: Clock }): Adapter {
  return {
    async find(id) {
      const key = cache.keyFor(id)
      const cached = await cache.find(key)
      const state = currentState()
      if (cached?.kind === 'ended') {
        if (state !== undefined && cached.signedOut !== undefined) state.signedOut = { ...cached.signedOut, markedAt: key }
        return undefined
      }
      if (cached !== undefined) {
        const payload: AdapterPayload = { ...cached.payload, jti: id }
        if (state !== undefined) {
          // One without a person is in no row: it was never looked up.
          const { checkedUntil } = payload
          const until = typeof checkedUntil === 'number' ? checkedUntil : epochSeconds(clock) + cacheSeconds
          state.keptSession = describe(payload, until, cached.sealed)
          // Written below, by `putAnonymous`.
          const carried = payload['signedOut'] as KeptEnd | undefined
          if (carried !== undefined) state.signedOut = carried
        }
        return payload
      }
      const row = await data.read(protocol, ({ sessions }) => sessions.findByIdHash(hashSecret(id)))
      if (row === undefined) return undefined
      const payload: AdapterPayload = { ...row.payload, jti: id }
      const checkedUntil = epochSeconds(clock) + cacheSeconds
      const sealed = await cache.replace(key, undefined, payload, checkedUntil)
      if (state !== undefined) state.keptSession = describe(payload, checkedUntil, sealed)
      return payload
    },

    async upsert(id, payload, expiresIn) {
      const key = cache.keyFor(id)
      const { accountId, uid } = payload
      if (accountId === undefined || uid === undefined) {
        await putAnonymous(key, payload, expiresIn ?? secondsLeft(payload, clock))
        return
      }
      const state = currentState()
      const kept = state?.keptSession
      const session = currentContext()?.oidc.session
      const idChanged = session !== undefined && Reflect.get(session, 'oldId') !== undefined
      const now = describe(payload, kept?.checkedUntil ?? epochSeconds(clock) + cacheSeconds)
      const found = idChanged ? undefined : kept?.sealed
      const changed = kept?.durable !== now.durable || idChanged
      if (
        changed &&
        !(await keep(id, payload, accountId, uid, expiresIn ?? secondsLeft(payload, clock), kept?.durable !== undefined))
      ) {
        // Ended elsewhere while this request ran: what it still wants to say about it is void.
        await cache.endFound(key, found)
        return
      }
      const isWritten = changed || kept?.passing !== now.passing
      const sealed = isWritten ? await cache.replace(key, found, payload, now.checkedUntil) : found
      if (state !== undefined) state.keptSession = { ...now, sealed }
    },

    async findByUid(uid) {
      const record = await data.read(protocol, ({ sessions }) => sessions.findByUid(uid))
      return record?.payload
    },

    async destroy(id) {
      const session = currentContext()?.oidc.session
      // Called for the old id, too, when a session takes a new one; then the row stays.
      if (session !== undefined && session.jti === id && session.uid !== undefined && session.accountId !== undefined) {
        const { uid, accountId } = session
        await data.scoped(protocol, repositories =>
          Promise.all([
            repositories.sessions.delete(uid),
            recordEvent(
              repositories,
              { action: 'session.ended', userId: accountId, session_uid: uid, reason: 'ended-here' },
              circumstancesOf({ kind: 'user', userId: accountId }, clock),
            ),
          ]),
        )
      }
      await cache.endSilently(cache.keyFor(id))
    },

    async consume() {},
    async findByUserCode() {
      return undefined
    },
    async revokeByGrantId() {},
  }

  /**
   * Puts a session without a person, which carries along why there is none until a page has said so: a product that asks silently
   * shows no page.
   */
  async function putAnonymous(key: string, payload: AdapterPayload, ttlSeconds: number): Promise<void> {
    const state = currentState()
    const { signedOut: _carried, ...kept } = payload
    const { reason, at, markedAt } = state?.signedOut ?? {}
    const isUntold = reason !== undefined && state?.signedOutIsTold !== true
    await cache.put(key, isUntold ? { ...kept, signedOut: { reason, at } } : kept, ttlSeconds)
    if (markedAt !== undefined) await cache.endSilently(markedAt)
  }

  /** Writes the row. False where the session was ended meanwhile. */
  async function keep(
    id: string,
    payload: AdapterPayload,
    userId: string,
    uid: string,
    ttlSeconds: number,
    isKnown: boolean,
  ): Promise<boolean> {
    const { jti: _id, checkedUntil: _cache, signedOut: _told, ...kept } = payload
    const now = clock()
    const row = { uid, idHash: hashSecret(id), userId, payload: kept, lastUsedAt: now, expiresAt: secondsAfter(now, ttlSeconds) }
    const facts = currentState()?.facts
    const place = isKnown ? undefined : await facts?.findPlace(facts.locale)
    return data.scoped(protocol, async repositories => {
      if (isKnown) return repositories.sessions.update(row)
      await Promise.all([
        repositories.sessions.create({
          ...row,
          device: facts?.device ?? '',
          ip: facts?.ip ?? '',
          place,
          createdAt: now,
        }),
        recordEvent(
          repositories,
          { action: 'session.created', userId, session_uid: uid },
          circumstancesOf({ kind: 'user', userId }, clock),
        ),
      ])
      return true
    })
  }
}

/** What has to be durable of a session, and what only has to last until its next page. */
function describe(payload: AdapterPayload, checkedUntil: number, sealed?: string): KeptSession {
  const { accountId, loginTs, acr, amr, authorizations, state } = payload
  const expiry = Math.floor((payload.exp ?? 0) / idleGranularitySeconds)
  return {
    durable:
      accountId === undefined
        ? undefined
        : JSON.stringify([accountId, loginTs, acr, amr, payload['proofs'], authorizations, expiry]),
    passing: JSON.stringify(state ?? null),
    checkedUntil,
    sealed,
  }
}
