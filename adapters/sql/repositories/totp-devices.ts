import { isId } from '../../../provider/kernel/ids.ts'
import type { TotpDeviceRecord } from '../../../provider/ports/records.ts'
import type { TotpDeviceRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import type { Schema } from '../schema.ts'
import { prepare, queries } from '../statement.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { prepareNamedRows } from './named-rows.ts'

type DeviceRow = Schema['totp_devices'] & { wrapped: Buffer }

const listForUser = prepare<{ userId: string }>()(parameter =>
  queries
    .selectFrom('totp_devices as t')
    .innerJoin('user_keys as k', 'k.user_id', 't.user_id')
    .selectAll('t')
    .select('k.wrapped')
    .where('t.user_id', '=', parameter.userId)
    .orderBy('t.created_at')
    .orderBy('t.id'),
)

const insert = prepare<Schema['totp_devices']>()(parameter =>
  queries.insertInto('totp_devices').values({
    user_id: parameter.user_id,
    id: parameter.id,
    secret_sealed: parameter.secret_sealed,
    name_sealed: parameter.name_sealed,
    last_step: parameter.last_step,
    created_at: parameter.created_at,
    last_used_at: parameter.last_used_at,
  }),
)

const takeStep = prepare<{ userId: string; id: string; step: number; usedAt: Date }>()(parameter =>
  queries
    .updateTable('totp_devices')
    .set({ last_step: parameter.step, last_used_at: parameter.usedAt })
    .where('user_id', '=', parameter.userId)
    .where('id', '=', parameter.id)
    .where('last_step', '<', parameter.step),
)

const { nameOf, createChanges } = prepareNamedRows('totp_devices')
const secretOf = (id: string) => ({ table: 'totp_devices', column: 'secret', row: id })

export function createTotpDeviceRepository(scope: SqlScope, vault: Vault): TotpDeviceRepository {
  async function open(row: DeviceRow): Promise<TotpDeviceRecord> {
    const key = await vault.userKey(row.user_id, row.wrapped)
    return {
      id: row.id,
      userId: row.user_id,
      secret: Buffer.from(key.open(secretOf(row.id), row.secret_sealed), 'base64url'),
      name: key.open(nameOf(row.id), row.name_sealed),
      lastStep: row.last_step,
      createdAt: row.created_at,
      lastUsedAt: fromNullable(row.last_used_at),
    }
  }

  return {
    async listForUser(userId) {
      if (!isId(userId)) return []
      return Promise.all((await scope.run(listForUser, { userId })).map(open))
    },

    async create({ id, userId, secret, name, lastStep, createdAt, lastUsedAt }) {
      const key = await vault.userKey(userId)
      await scope.post(insert, {
        user_id: userId,
        id,
        secret_sealed: key.seal(secretOf(id), secret.toString('base64url')),
        name_sealed: key.seal(nameOf(id), name),
        last_step: lastStep,
        created_at: createdAt,
        last_used_at: lastUsedAt ?? null,
      })
    },

    async takeStep(userId, id, step, usedAt) {
      if (!isId(userId) || !isId(id)) return false
      return (await scope.change(takeStep, { userId, id, step, usedAt })) === 1
    },

    ...createChanges(scope, vault),
  }
}
