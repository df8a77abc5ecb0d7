import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { AppError } from '../../../provider/kernel/errors.ts'
import { isId } from '../../../provider/kernel/ids.ts'
import type { FactorsRecord } from '../../../provider/ports/records.ts'
import type { AccountRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'
import { createAddressClaimMethods } from './address-claims.ts'
import { createAddressMethods } from './addresses.ts'
import { createErasure } from './erasure.ts'
import { lockUser } from './user-lock.ts'

// Web Authentication §14.6.1 asks for this many.
const handleBytes = 64

const counted = sql<number>`count(*)`.as('count')

const findFactors = prepare<{ userId: string }>()(parameter =>
  queries.selectNoFrom(({ selectFrom }) => [
    selectFrom('passkeys')
      .select(
        sql<FactorsRecord['passkeys']>`coalesce(json_agg(
          json_build_object('aaguid', aaguid, 'attested', attested, 'rpId', rp_id,
            'backupEligible', backup_eligible) order by created_at, id), '[]')`.as('list'),
      )
      .where('user_id', '=', parameter.userId)
      .as('passkeys'),
    selectFrom('totp_devices').select(counted).where('user_id', '=', parameter.userId).as('totp_devices'),
    selectFrom('recovery_codes')
      .select(counted)
      .where('user_id', '=', parameter.userId)
      .where('used_at', 'is', null)
      .as('recovery_codes'),
    selectFrom('access_passes').select(counted).where('user_id', '=', parameter.userId).as('access_passes'),
    selectFrom('upstream_identities').select(counted).where('user_id', '=', parameter.userId).as('upstream_identities'),
  ]),
)

const changeName = prepare<{ userId: string; nameSealed: Buffer | null }>()(parameter =>
  queries.updateTable('users').set({ name_sealed: parameter.nameSealed }).where('id', '=', parameter.userId),
)

const changeLocale = prepare<{ userId: string; locale: string }>()(parameter =>
  queries.updateTable('users').set({ locale: parameter.locale }).where('id', '=', parameter.userId),
)

const voidProofs = prepare<{ userId: string; moment: Date; exceptBrowser: Buffer | null }>()(parameter =>
  queries
    .updateTable('users')
    .set({
      proofs_from: parameter.moment,
      proofs_from_browser: parameter.exceptBrowser,
      // What was void in this browser before stays so; excepted once more, it keeps what it had.
      proofs_from_there: sql`case when proofs_from_browser = ${parameter.exceptBrowser} then proofs_from_there else proofs_from end`,
    })
    .where('id', '=', parameter.userId),
)

const scheduleErasure = prepare<{ userId: string; dueAt: Date | null }>()(parameter =>
  queries
    .updateTable('users')
    .set({ erasure_due_at: parameter.dueAt })
    .where('id', '=', parameter.userId)
    // Who is erased stays so, also where they would take it back at the same moment.
    .where('erased_at', 'is', null),
)

const listDueForErasure = prepare<{ moment: Date; limit: number }>()(parameter =>
  queries
    .selectFrom('users')
    .select('id')
    .where('erasure_due_at', '<=', parameter.moment)
    .orderBy('erasure_due_at')
    .orderBy('id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

// Of several first uses at once, all are answered what the first one made.
const createPasskeyHandle = prepare<{ userId: string; handle: Buffer }>()(parameter =>
  queries
    .updateTable('users')
    .set({ passkey_handle: sql`coalesce(passkey_handle, ${parameter.handle})` })
    .where('id', '=', parameter.userId)
    .returning('passkey_handle'),
)

const findPasskeyHandle = prepare<{ userId: string }>()(parameter =>
  queries.selectFrom('users').select('passkey_handle').where('id', '=', parameter.userId),
)

export function createAccountRepository(scope: SqlScope, vault: Vault): AccountRepository {
  return {
    ...createAddressMethods(scope, vault),
    ...createAddressClaimMethods(scope, vault),
    ...createErasure(scope, vault),

    async lock(userId) {
      if (isId(userId)) await scope.run(lockUser, { userId })
    },

    async findFactors(userId) {
      const [row] = isId(userId) ? await scope.run(findFactors, { userId }) : []
      return {
        passkeys: row?.passkeys ?? [],
        totpDevices: row?.totp_devices ?? 0,
        recoveryCodes: row?.recovery_codes ?? 0,
        accessPass: (row?.access_passes ?? 0) > 0,
        upstreamIdentities: row?.upstream_identities ?? 0,
      }
    },

    async changeName(userId, name) {
      const key = await vault.userKey(userId)
      const nameSealed = name === undefined ? null : key.seal({ table: 'users', column: 'name', row: userId }, name)
      await scope.post(changeName, { userId, nameSealed })
    },

    async changeLocale(userId, locale) {
      if (isId(userId)) await scope.post(changeLocale, { userId, locale })
    },

    async voidProofs(userId, moment, exceptBrowser) {
      if (isId(userId)) await scope.post(voidProofs, { userId, moment, exceptBrowser: exceptBrowser ?? null })
    },

    async scheduleErasure(userId, dueAt) {
      if (isId(userId)) await scope.post(scheduleErasure, { userId, dueAt: dueAt ?? null })
    },

    async listDueForErasure(moment, limit) {
      return (await scope.run(listDueForErasure, { moment, limit })).map(({ id }) => id)
    },

    async findOrCreatePasskeyHandle(userId) {
      const [found] = isId(userId) ? await scope.run(findPasskeyHandle, { userId }) : []
      if (!found) throw new AppError('not-found')
      if (found.passkey_handle) return found.passkey_handle
      const [made] = await scope.run(createPasskeyHandle, { userId, handle: randomBytes(handleBytes) })
      if (!made?.passkey_handle) throw new AppError('not-found')
      return made.passkey_handle
    },
  }
}
