import { sql } from 'kysely'
import { AppError } from '../../../provider/kernel/errors.ts'
import { isId } from '../../../provider/kernel/ids.ts'
import type { PasskeyRecord } from '../../../provider/ports/records.ts'
import type { PasskeyRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import type { Schema } from '../schema.ts'
import { prepare, queries } from '../statement.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { prepareNamedRows } from './named-rows.ts'

type PasskeyRow = Schema['passkeys'] & { wrapped: Buffer }

const passkeyQuery = () =>
  queries.selectFrom('passkeys as p').innerJoin('user_keys as k', 'k.user_id', 'p.user_id').selectAll('p').select('k.wrapped')

const listForUser = prepare<{ userId: string }>()(parameter =>
  passkeyQuery().where('p.user_id', '=', parameter.userId).orderBy('p.created_at').orderBy('p.id'),
)

const findByCredentialId = prepare<{ credentialId: Buffer }>()(parameter =>
  passkeyQuery()
    .innerJoin('users as u', 'u.id', 'p.user_id')
    .select('u.passkey_handle')
    .where('p.credential_id', '=', parameter.credentialId),
)

const insert = prepare<Schema['passkeys']>()(parameter =>
  queries
    .insertInto('passkeys')
    .values({
      user_id: parameter.user_id,
      id: parameter.id,
      credential_id: parameter.credential_id,
      public_key: parameter.public_key,
      sign_count: parameter.sign_count,
      rp_id: parameter.rp_id,
      aaguid: parameter.aaguid,
      attested: parameter.attested,
      transports: parameter.transports,
      backup_eligible: parameter.backup_eligible,
      backed_up: parameter.backed_up,
      name_sealed: parameter.name_sealed,
      created_at: parameter.created_at,
      last_used_at: parameter.last_used_at,
    })
    // An error would end the transaction, in which the refusal is to be recorded.
    .onConflict(conflict => conflict.column('credential_id').doNothing()),
)

// An authenticator without a counter says zero always. Of two at once the second one meets what the first one wrote.
const recordUse = prepare<{ userId: string; id: string; signCount: number; backedUp: boolean; usedAt: Date }>()(parameter =>
  queries
    .updateTable('passkeys')
    .set({ sign_count: parameter.signCount, backed_up: parameter.backedUp, last_used_at: parameter.usedAt })
    .where('user_id', '=', parameter.userId)
    .where('id', '=', parameter.id)
    .where(
      sql<boolean>`(sign_count < ${parameter.signCount}::bigint or (sign_count = 0 and ${parameter.signCount}::bigint = 0))`,
    ),
)

const { nameOf, createChanges } = prepareNamedRows('passkeys')

export function createPasskeyRepository(scope: SqlScope, vault: Vault): PasskeyRepository {
  async function open(row: PasskeyRow): Promise<PasskeyRecord> {
    const key = await vault.userKey(row.user_id, row.wrapped)
    return {
      id: row.id,
      userId: row.user_id,
      credentialId: row.credential_id,
      publicKey: row.public_key,
      signCount: row.sign_count,
      rpId: row.rp_id,
      aaguid: row.aaguid,
      attested: row.attested,
      transports: row.transports,
      backupEligible: row.backup_eligible,
      backedUp: row.backed_up,
      name: key.open(nameOf(row.id), row.name_sealed),
      createdAt: row.created_at,
      lastUsedAt: fromNullable(row.last_used_at),
    }
  }

  return {
    async listForUser(userId) {
      if (!isId(userId)) return []
      return Promise.all((await scope.run(listForUser, { userId })).map(open))
    },

    async findByCredentialId(credentialId) {
      const [row] = await scope.run(findByCredentialId, { credentialId })
      // Whoever never was given a handle has registered no passkey under it, and none can name them by it.
      if (!row?.passkey_handle) return undefined
      return { ...(await open(row)), handle: row.passkey_handle }
    },

    async create(passkey) {
      const key = await vault.userKey(passkey.userId)
      const created = await scope.change(insert, {
        user_id: passkey.userId,
        id: passkey.id,
        credential_id: passkey.credentialId,
        public_key: passkey.publicKey,
        sign_count: passkey.signCount,
        rp_id: passkey.rpId,
        aaguid: passkey.aaguid,
        attested: passkey.attested,
        transports: passkey.transports,
        backup_eligible: passkey.backupEligible,
        backed_up: passkey.backedUp,
        name_sealed: key.seal(nameOf(passkey.id), passkey.name),
        created_at: passkey.createdAt,
        last_used_at: passkey.lastUsedAt ?? null,
      })
      if (created === 0) throw new AppError('conflict')
    },

    async recordUse({ userId, id, signCount, backedUp, usedAt }) {
      if (!isId(userId) || !isId(id)) return false
      return (await scope.change(recordUse, { userId, id, signCount, backedUp, usedAt })) === 1
    },

    ...createChanges(scope, vault),
  }
}
