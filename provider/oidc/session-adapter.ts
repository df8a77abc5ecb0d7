import type { Adapter, AdapterPayload } from 'oidc-provider'
import { recordEvent } from '../audit/record.ts'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Data } from '../ports/data.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { Store } from '../ports/store.ts'
import { protocol } from './grant-adapter.ts'
import { circumstancesOf, currentContext, currentState, type KeptSession } from './request-state.ts'
import { createPayloadSealer, epochSeconds, secondsLeft } from './sealed-store.ts'

/** How long a session may be answered for from the cache before the database is asked again. */
const cacheSeconds = 300
/** So often does use alone write a session's row; its idle time is exact to that. */
const idleGranularitySeconds = 900

/**
 * Sessions. A signed-in session is a row, found and ended by its user; what every request needs of it is cached in the store,
 * and both are written only when what they say changes. A session without a person is in the store alone.
 */
export function createSessionAdapter({
  data,
  store,
  cipher,
  clock,
}: {
  data: Data
  store: Store
  cipher: FieldCipher
  clock: Clock
}): Adapter {
  const keyOf = (id: string) => `session:${hashSecret(id).toString('base64url')}`
  const { seal, open } = createPayloadSealer(cipher, 'session')

  /** `checkedUntil` says how long the cache may answer before the database is asked again, however often it is written. */
  const putInCache = async (key: string, payload: AdapterPayload, checkedUntil: number) => {
    const ttlSeconds = Math.min(checkedUntil - epochSeconds(clock), secondsLeft(payload, clock))
    if (ttlSeconds > 0) await store.put(key, seal(key, { ...payload, checkedUntil }), ttlSeconds)
  }

  return {
    async find(id) {
      const key = keyOf(id)
      const cached = await store.get(key)
      const state = currentState()
      if (cached !== undefined) {
        const payload: AdapterPayload = { ...open(key, cached), jti: id }
        if (state !== undefined) state.keptSession = describe(payload, Number(payload['checkedUntil']))
        return payload
      }
      const row = await data.read(protocol, ({ sessions }) => sessions.findByIdHash(hashSecret(id)))
      if (row === undefined) return undefined
      const payload: AdapterPayload = { ...row.payload, jti: id }
      const checkedUntil = epochSeconds(clock) + cacheSeconds
      await putInCache(key, payload, checkedUntil)
      if (state !== undefined) state.keptSession = describe(payload, checkedUntil)
      return payload
    },

    async upsert(id, payload, expiresIn) {
      const key = keyOf(id)
      const { accountId, uid } = payload
      if (accountId === undefined || uid === undefined) {
        await putInCache(key, payload, epochSeconds(clock) + (expiresIn ?? secondsLeft(payload, clock)))
        return
      }
      const state = currentState()
      const kept = state?.keptSession
      const session = currentContext()?.oidc.session
      const idChanged = session !== undefined && Reflect.get(session, 'oldId') !== undefined
      const now = describe(payload, kept?.checkedUntil ?? epochSeconds(clock) + cacheSeconds)
      const changed = kept?.durable !== now.durable || idChanged
      if (
        changed &&
        !(await keep(id, payload, accountId, uid, expiresIn ?? secondsLeft(payload, clock), kept?.durable !== undefined))
      ) {
        // Ended elsewhere while this request ran: what it still wants to say about it is void.
        await store.delete(key)
        return
      }
      if (state !== undefined) state.keptSession = now
      if (changed || kept?.passing !== now.passing) await putInCache(key, payload, now.checkedUntil)
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
              { action: 'session.ended', userId: accountId, session_uid: uid },
              circumstancesOf({ kind: 'user', userId: accountId }, clock),
            ),
          ]),
        )
      }
      await store.delete(keyOf(id))
    },

    async consume() {},
    async findByUserCode() {
      return undefined
    },
    async revokeByGrantId() {},
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
    const { jti: _id, checkedUntil: _cache, ...kept } = payload
    const now = clock()
    const row = { uid, idHash: hashSecret(id), userId, payload: kept, lastUsedAt: now, expiresAt: secondsAfter(now, ttlSeconds) }
    const facts = currentState()?.facts
    return data.scoped(protocol, async repositories => {
      if (isKnown) return repositories.sessions.update(row)
      await Promise.all([
        repositories.sessions.create({
          ...row,
          device: facts?.device ?? '',
          ip: facts?.ip ?? '',
          place: undefined,
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
function describe(payload: AdapterPayload, checkedUntil: number): KeptSession {
  const { accountId, loginTs, acr, amr, authorizations, state } = payload
  const expiry = Math.floor((payload.exp ?? 0) / idleGranularitySeconds)
  return {
    durable:
      accountId === undefined
        ? undefined
        : JSON.stringify([accountId, loginTs, acr, amr, payload['proofs'], authorizations, expiry]),
    passing: JSON.stringify(state ?? null),
    checkedUntil,
  }
}
