import { type InferResult, sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { ApiKeyRecord, ApiKeyRepository } from '../../../provider/ports/api-repositories.ts'
import type { SqlScope } from '../database.ts'
import { describePage, isAfter, limitTo, type PageParameters } from '../pages.ts'
import { prepare, queries } from '../statement.ts'
import { prepareSweepOfExpired } from '../sweep.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { describeMembership, membershipColumns } from './workspaces.ts'

const keyQuery = () =>
  queries
    .selectFrom('api_keys as a')
    .innerJoin('workspace_keys as k', 'k.workspace_id', 'a.workspace_id')
    .selectAll('a')
    .select('k.wrapped')

type KeyRow = InferResult<ReturnType<typeof keyQuery>>[number]

const find = prepare<{ workspaceId: string; id: string }>()(parameter =>
  keyQuery().where('a.workspace_id', '=', parameter.workspaceId).where('a.id', '=', parameter.id),
)

const list = prepare<PageParameters & { workspaceId: string }>()(parameter =>
  keyQuery()
    .where('a.workspace_id', '=', parameter.workspaceId)
    .where(isAfter('a.created_at', 'a.id', parameter))
    .orderBy('a.created_at')
    .orderBy('a.id')
    .limit(limitTo(parameter)),
)

const count = prepare<{ workspaceId: string }>()(parameter =>
  queries.selectFrom('api_keys').select(sql<number>`count(*)`.as('count')).where('workspace_id', '=', parameter.workspaceId),
)

/** The key, and whoever made it, as they stand now. */
const findFacts = prepare<{ id: string }>()(parameter =>
  queries
    .selectFrom('api_keys as a')
    .innerJoin('memberships as m', join =>
      join.onRef('m.workspace_id', '=', 'a.workspace_id').onRef('m.user_id', '=', 'a.created_by'),
    )
    .innerJoin('workspaces as w', 'w.id', 'a.workspace_id')
    .innerJoin('users as u', 'u.id', 'a.created_by')
    .selectAll('a')
    .select('u.status as creator_status')
    .select(membershipColumns)
    .where('a.id', '=', parameter.id),
)

const insert = prepare<Omit<ApiKeyRecord, 'name' | 'lastUsedAt'> & { nameSealed: Buffer; secretHash: Buffer }>()(parameter =>
  queries.insertInto('api_keys').values({
    workspace_id: parameter.workspaceId,
    id: parameter.id,
    name_sealed: parameter.nameSealed,
    secret_hash: parameter.secretHash,
    permissions: parameter.permissions,
    created_by: parameter.createdBy,
    created_at: parameter.createdAt,
    expires_at: parameter.expiresAt,
  }),
)

const recordUse = prepare<{ id: string; moment: Date }>()(parameter =>
  queries.updateTable('api_keys').set({ last_used_at: parameter.moment }).where('id', '=', parameter.id),
)

const remove = prepare<{ workspaceId: string; id: string }>()(parameter =>
  queries.deleteFrom('api_keys').where('workspace_id', '=', parameter.workspaceId).where('id', '=', parameter.id),
)

const deleteExpired = prepareSweepOfExpired('api_keys', 'id')

const nameOf = (keyId: string) => ({ table: 'api_keys', column: 'name', row: keyId })

export function createApiKeyRepository(scope: SqlScope, vault: Vault): ApiKeyRepository {
  async function open(row: KeyRow): Promise<ApiKeyRecord> {
    const key = await vault.workspaceKey(row.workspace_id, row.wrapped)
    return { ...describe(row), name: key.open(nameOf(row.id), row.name_sealed) }
  }

  return {
    async create({ name, ...record }) {
      const key = await vault.workspaceKey(record.workspaceId)
      await scope.change(insert, { ...record, nameSealed: key.seal(nameOf(record.id), name) })
    },

    async findFacts(id) {
      if (!isId(id)) return undefined
      const [row] = await scope.run(findFacts, { id })
      if (row === undefined) return undefined
      return {
        ...describe(row),
        secretHash: row.secret_hash,
        membership: describeMembership(row),
        creatorStatus: row.creator_status,
      }
    },

    async find(workspaceId, id) {
      if (!isId(workspaceId) || !isId(id)) return undefined
      const [row] = await scope.run(find, { workspaceId, id })
      return row && open(row)
    },

    async list(workspaceId, page) {
      if (!isId(workspaceId)) return []
      return Promise.all((await scope.run(list, { workspaceId, ...describePage(page) })).map(open))
    },

    async count(workspaceId) {
      const [row] = isId(workspaceId) ? await scope.run(count, { workspaceId }) : []
      return row?.count ?? 0
    },

    recordUse: async (id, moment) => isId(id) && (await scope.change(recordUse, { id, moment })) === 1,

    async delete(workspaceId, id) {
      return isId(workspaceId) && isId(id) && (await scope.change(remove, { workspaceId, id })) === 1
    },

    deleteExpired: (moment, limit) => scope.change(deleteExpired, { moment, limit }),
  }
}

function describe(row: Omit<KeyRow, 'wrapped'>): Omit<ApiKeyRecord, 'name'> {
  return {
    workspaceId: row.workspace_id,
    id: row.id,
    permissions: row.permissions,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: fromNullable(row.last_used_at),
  }
}
