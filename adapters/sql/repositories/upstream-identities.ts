import { AppError } from '../../../provider/kernel/errors.ts'
import { isId } from '../../../provider/kernel/ids.ts'
import type { UpstreamIdentityRecord } from '../../../provider/ports/records.ts'
import type { UpstreamIdentityRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import { isUniqueViolation } from '../errors.ts'
import type { Schema } from '../schema.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'

type IdentityRow = Schema['upstream_identities'] & { wrapped: Buffer }

/** What an upstream says of a person: personal, sealed as one. */
type Claims = Pick<UpstreamIdentityRecord, 'issuer' | 'subject' | 'pinned'> & { address?: string | undefined }

const identityQuery = () =>
  queries
    .selectFrom('upstream_identities as i')
    .innerJoin('user_keys as k', 'k.user_id', 'i.user_id')
    .selectAll('i')
    .select('k.wrapped')

const find = prepare<{ subjectIndex: Buffer }>()(parameter =>
  identityQuery().where('i.subject_index', '=', parameter.subjectIndex),
)

const listForUser = prepare<{ userId: string }>()(parameter =>
  identityQuery().where('i.user_id', '=', parameter.userId).orderBy('i.created_at').orderBy('i.id'),
)

const findOwn = prepare<{ userId: string; id: string }>()(parameter =>
  identityQuery().where('i.user_id', '=', parameter.userId).where('i.id', '=', parameter.id).forNoKeyUpdate('i'),
)

const insert = prepare<Schema['upstream_identities']>()(parameter =>
  queries.insertInto('upstream_identities').values({
    user_id: parameter.user_id,
    id: parameter.id,
    connection: parameter.connection,
    subject_index: parameter.subject_index,
    claims_sealed: parameter.claims_sealed,
    created_at: parameter.created_at,
    last_used_at: parameter.last_used_at,
  }),
)

const recordUse = prepare<{ userId: string; id: string; claimsSealed: Buffer; usedAt: Date }>()(parameter =>
  queries
    .updateTable('upstream_identities')
    .set({ claims_sealed: parameter.claimsSealed, last_used_at: parameter.usedAt })
    .where('user_id', '=', parameter.userId)
    .where('id', '=', parameter.id),
)

const remove = prepare<{ userId: string; id: string }>()(parameter =>
  queries.deleteFrom('upstream_identities').where('user_id', '=', parameter.userId).where('id', '=', parameter.id),
)

const claimsOf = (id: string) => ({ table: 'upstream_identities', column: 'claims', row: id })

export function createUpstreamIdentityRepository(scope: SqlScope, vault: Vault): UpstreamIdentityRepository {
  const indexOf = (connection: string, issuer: string, subject: string) =>
    vault.blindIndex('upstream-subject', JSON.stringify([connection, issuer, subject]))

  async function openClaims(row: IdentityRow): Promise<Claims> {
    const key = await vault.userKey(row.user_id, row.wrapped)
    // What `create` or `recordUse` sealed; the seal shows that nobody else did.
    return JSON.parse(key.open(claimsOf(row.id), row.claims_sealed)) as Claims
  }

  async function sealClaims(userId: string, id: string, { issuer, subject, address, pinned }: Claims): Promise<Buffer> {
    const claims: Claims = { issuer, subject, address, pinned }
    return (await vault.userKey(userId)).seal(claimsOf(id), JSON.stringify(claims))
  }

  async function open(row: IdentityRow): Promise<UpstreamIdentityRecord> {
    const { issuer, subject, address, pinned } = await openClaims(row)
    return {
      id: row.id,
      userId: row.user_id,
      connection: row.connection,
      issuer,
      subject,
      address,
      pinned,
      createdAt: row.created_at,
      lastUsedAt: row.last_used_at,
    }
  }

  return {
    async find(connection, issuer, subject) {
      const [row] = await scope.run(find, { subjectIndex: indexOf(connection, issuer, subject) })
      return row && open(row)
    },

    async listForUser(userId) {
      if (!isId(userId)) return []
      return Promise.all((await scope.run(listForUser, { userId })).map(open))
    },

    async create(identity) {
      const { id, userId, connection, issuer, subject, createdAt, lastUsedAt } = identity
      const parameters = {
        user_id: userId,
        id,
        connection,
        subject_index: indexOf(connection, issuer, subject),
        claims_sealed: await sealClaims(userId, id, identity),
        created_at: createdAt,
        last_used_at: lastUsedAt,
      }
      try {
        await scope.change(insert, parameters)
      } catch (error) {
        throw isUniqueViolation(error) ? new AppError('conflict', { cause: error }) : error
      }
    },

    async recordUse(userId, id, { address, usedAt }) {
      if (!isId(userId) || !isId(id)) return
      const [row] = await scope.run(findOwn, { userId, id })
      if (!row) return
      const claimsSealed = await sealClaims(userId, id, { ...(await openClaims(row)), address })
      await scope.post(recordUse, { userId, id, claimsSealed, usedAt })
    },

    async delete(userId, id) {
      if (!isId(userId) || !isId(id)) return false
      return (await scope.change(remove, { userId, id })) === 1
    },
  }
}
