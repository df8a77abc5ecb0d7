import { type InferResult, sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { SessionRecord } from '../../../provider/ports/session-records.ts'
import type { SessionRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import { prepareSweepOfExpired } from '../sweep.ts'
import { canBeKept } from '../values.ts'
import type { Vault } from '../vault.ts'

const sessionQuery = () =>
  queries
    .selectFrom('sessions as s')
    .innerJoin('user_keys as k', 'k.user_id', 's.user_id')
    .select([
      's.uid',
      's.id_hash',
      's.user_id',
      's.payload',
      's.origin_sealed',
      's.created_at',
      's.last_used_at',
      's.expires_at',
      'k.wrapped',
    ])

type SessionRow = InferResult<ReturnType<typeof sessionQuery>>[number]

/** From where a session began: personal, sealed as one. */
type Origin = Pick<SessionRecord, 'device' | 'ip'> & { place?: string | undefined }

const findByIdHash = prepare<{ idHash: Buffer }>()(parameter => sessionQuery().where('s.id_hash', '=', parameter.idHash))

const findByUid = prepare<{ uid: string }>()(parameter => sessionQuery().where('s.uid', '=', parameter.uid))

const listForUser = prepare<{ userId: string }>()(parameter =>
  sessionQuery().where('s.user_id', '=', parameter.userId).orderBy('s.created_at').orderBy('s.uid'),
)

const insert = prepare<Omit<SessionRow, 'wrapped'>>()(parameter =>
  queries.insertInto('sessions').values({
    uid: parameter.uid,
    id_hash: parameter.id_hash,
    user_id: parameter.user_id,
    payload: parameter.payload,
    origin_sealed: parameter.origin_sealed,
    created_at: parameter.created_at,
    last_used_at: parameter.last_used_at,
    expires_at: parameter.expires_at,
  }),
)

// A session stays its person's: it is not found here under another one.
const update = prepare<Pick<SessionRow, 'uid' | 'user_id' | 'id_hash' | 'payload' | 'last_used_at' | 'expires_at'>>()(parameter =>
  queries
    .updateTable('sessions')
    .set({
      id_hash: parameter.id_hash,
      payload: parameter.payload,
      last_used_at: parameter.last_used_at,
      expires_at: parameter.expires_at,
    })
    .where('uid', '=', parameter.uid)
    .where('user_id', '=', parameter.user_id),
)

const remove = prepare<{ uid: string }>()(parameter => queries.deleteFrom('sessions').where('uid', '=', parameter.uid))

const deleteForUser = prepare<{ userId: string; uid: string | null; exceptUid: string | null }>()(parameter =>
  queries
    .deleteFrom('sessions')
    .where('user_id', '=', parameter.userId)
    .where(sql<boolean>`(${parameter.uid}::text is null or uid = ${parameter.uid})`)
    .where('uid', 'is distinct from', parameter.exceptUid)
    .returning(['uid', 'id_hash']),
)

const deleteExpired = prepareSweepOfExpired('sessions', 'uid')

const originOf = (uid: string) => ({ table: 'sessions', column: 'origin', row: uid })

export function createSessionRepository(scope: SqlScope, vault: Vault): SessionRepository {
  async function open(row: SessionRow): Promise<SessionRecord> {
    const key = await vault.userKey(row.user_id, row.wrapped)
    // What `create` sealed; the seal shows that nobody else did.
    const origin = JSON.parse(key.open(originOf(row.uid), row.origin_sealed)) as Origin
    return {
      uid: row.uid,
      idHash: row.id_hash,
      userId: row.user_id,
      payload: row.payload,
      device: origin.device,
      ip: origin.ip,
      place: origin.place,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
      expiresAt: row.expires_at,
    }
  }

  return {
    async create({ uid, idHash, userId, payload, device, ip, place, createdAt, lastUsedAt, expiresAt }) {
      const key = await vault.userKey(userId)
      const origin: Origin = { device, ip, place }
      await scope.post(insert, {
        uid,
        id_hash: idHash,
        user_id: userId,
        payload,
        origin_sealed: key.seal(originOf(uid), JSON.stringify(origin)),
        created_at: createdAt,
        last_used_at: lastUsedAt,
        expires_at: expiresAt,
      })
    },

    async update({ uid, userId, idHash, payload, lastUsedAt, expiresAt }) {
      const changes = { id_hash: idHash, payload, last_used_at: lastUsedAt, expires_at: expiresAt }
      return (await scope.change(update, { uid, user_id: userId, ...changes })) === 1
    },

    async findByIdHash(idHash) {
      const [row] = await scope.run(findByIdHash, { idHash })
      return row && open(row)
    },

    async findByUid(uid) {
      if (!canBeKept(uid)) return undefined
      const [row] = await scope.run(findByUid, { uid })
      return row && open(row)
    },

    async delete(uid) {
      await scope.post(remove, { uid })
    },

    async listForUser(userId) {
      if (!isId(userId)) return []
      const rows = await scope.run(listForUser, { userId })
      return Promise.all(rows.map(open))
    },

    async deleteForUser(userId, { uid, exceptUid }) {
      if (!isId(userId) || !canBeKept(uid ?? '') || !canBeKept(exceptUid ?? '')) return []
      const rows = await scope.run(deleteForUser, { userId, uid: uid ?? null, exceptUid: exceptUid ?? null })
      return rows.map(row => ({ uid: row.uid, idHash: row.id_hash }))
    },

    deleteExpired: (moment, limit) => scope.change(deleteExpired, { moment, limit }),
  }
}
