import type { Adapter, AdapterPayload } from 'oidc-provider'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Data } from '../ports/data.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { Store } from '../ports/store.ts'
import { recordEvent } from '../audit/record.ts'
import { circumstancesOf, currentContext, currentState } from './request-state.ts'

const protocol = { kind: 'system', reason: 'protocol' } as const

/** How long a node may answer from the cache before it asks the database again. */
const cacheSeconds = 300

/**
 * Sessions. A signed-in session is a row, found and ended by its user; what every request needs of it is cached in the store,
 * and the row is written only when what it says changes. A session without a person is in the store alone.
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
  const keyOf = (idHash: Buffer) => `session:${idHash.toString('base64url')}`

  const putInCache = async (key: string, payload: AdapterPayload, ttlSeconds: number) => {
    const { jti: _id, ...kept } = payload
    const sealed = cipher.installation.seal({ table: 'store', column: 'session', row: key }, JSON.stringify(kept))
    await store.put(key, sealed.toString('base64url'), ttlSeconds)
  }

  return {
    async find(id) {
      const idHash = hashSecret(id)
      const key = keyOf(idHash)
      const cached = await store.get(key)
      const found =
        cached === undefined
          ? (await data.read(protocol, ({ sessions }) => sessions.findByIdHash(idHash)))?.payload
          : (JSON.parse(
              cipher.installation.open({ table: 'store', column: 'session', row: key }, Buffer.from(cached, 'base64url')),
            ) as AdapterPayload)
      if (found === undefined) return undefined
      const payload: AdapterPayload = { ...found, jti: id }
      if (cached === undefined) await putInCache(key, payload, Math.min(cacheSeconds, secondsLeft(payload, clock)))
      const state = currentState()
      if (state !== undefined && payload.accountId !== undefined) state.keptSession = describe(payload)
      return payload
    },

    async upsert(id, payload, expiresIn) {
      const idHash = hashSecret(id)
      const ttlSeconds = expiresIn ?? secondsLeft(payload, clock)
      const { accountId, uid } = payload
      if (accountId === undefined || uid === undefined) {
        await putInCache(keyOf(idHash), payload, ttlSeconds)
        return
      }
      const state = currentState()
      const description = describe(payload)
      const session = currentContext()?.oidc.session
      const idChanged = session !== undefined && Reflect.get(session, 'oldId') !== undefined
      if (state === undefined || state.keptSession !== description || idChanged) {
        const { jti: _id, ...kept } = payload
        const row = { uid, idHash, userId: accountId, payload: kept, expiresAt: secondsAfter(clock(), ttlSeconds) }
        const alive = await data.scoped(protocol, async repositories => {
          if (state?.keptSession !== undefined) return repositories.sessions.update(row)
          const { facts } = state ?? {}
          await repositories.sessions.create({ ...row, device: facts?.device ?? '', ip: facts?.ip ?? '', createdAt: clock() })
          await recordEvent(
            repositories,
            { action: 'session.created', userId: accountId, session_uid: uid },
            circumstancesOf({ kind: 'user', userId: accountId }, clock),
          )
          return true
        })
        // Ended elsewhere while this request ran: what it still wants to say about it is void.
        if (!alive) return
        if (state !== undefined) state.keptSession = description
      }
      await putInCache(keyOf(idHash), payload, Math.min(cacheSeconds, ttlSeconds))
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
        await data.scoped(protocol, async repositories => {
          await repositories.sessions.delete(uid)
          await recordEvent(
            repositories,
            { action: 'session.ended', userId: accountId, session_uid: uid },
            circumstancesOf({ kind: 'user', userId: accountId }, clock),
          )
        })
      }
      await store.delete(keyOf(hashSecret(id)))
    },

    async consume() {},
    async findByUserCode() {
      return undefined
    },
    async revokeByGrantId() {},
  }
}

/** What has to be durable of a session. Its expiry counts by the hour, so that use alone writes a row once an hour. */
function describe(payload: AdapterPayload): string {
  return JSON.stringify([
    payload.accountId,
    payload.loginTs,
    payload.acr,
    payload.amr,
    payload.authorizations,
    Math.floor((payload.exp ?? 0) / 3600),
  ])
}

function secondsLeft(payload: AdapterPayload, clock: Clock): number {
  return Math.max(1, (payload.exp ?? 0) - Math.floor(clock().getTime() / 1000))
}
