import type { InferResult } from 'kysely'
import { AppError } from '../../../provider/kernel/errors.ts'
import { isId } from '../../../provider/kernel/ids.ts'
import type { WorkspaceRecord } from '../../../provider/ports/records.ts'
import type { WorkspaceRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import { isUniqueViolation } from '../errors.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'

const workspaceQuery = () =>
  queries
    .selectFrom('workspaces as w')
    .innerJoin('workspace_keys as k', 'k.workspace_id', 'w.id')
    .select(['w.id', 'w.slug', 'w.name_sealed', 'w.personal', 'w.created_at', 'k.wrapped'])

type WorkspaceRow = InferResult<ReturnType<typeof workspaceQuery>>[number]

const findById = prepare<{ workspaceId: string }>()(parameter => workspaceQuery().where('w.id', '=', parameter.workspaceId))

const listForUser = prepare<{ userId: string }>()(parameter =>
  workspaceQuery()
    .innerJoin('memberships as m', 'm.workspace_id', 'w.id')
    .select('m.roles')
    .where('m.user_id', '=', parameter.userId)
    .orderBy('m.created_at')
    .orderBy('w.id'),
)

const insertWorkspace = prepare<{ id: string; slug: string; nameSealed: Buffer; personal: boolean; createdAt: Date }>()(
  parameter =>
    queries.insertInto('workspaces').values({
      id: parameter.id,
      slug: parameter.slug,
      name_sealed: parameter.nameSealed,
      personal: parameter.personal,
      created_at: parameter.createdAt,
    }),
)

const insertKey = prepare<{ workspaceId: string; wrapped: Buffer }>()(parameter =>
  queries.insertInto('workspace_keys').values({ workspace_id: parameter.workspaceId, wrapped: parameter.wrapped }),
)

const insertMember = prepare<{ workspaceId: string; userId: string; roles: string[]; createdAt: Date }>()(parameter =>
  queries.insertInto('memberships').values({
    workspace_id: parameter.workspaceId,
    user_id: parameter.userId,
    roles: parameter.roles,
    created_at: parameter.createdAt,
  }),
)

async function openWorkspace(row: WorkspaceRow, vault: Vault): Promise<WorkspaceRecord> {
  const key = await vault.workspaceKey(row.id, row.wrapped)
  return {
    id: row.id,
    slug: row.slug,
    name: key.open({ table: 'workspaces', column: 'name', row: row.id }, row.name_sealed),
    personal: row.personal,
    createdAt: row.created_at,
  }
}

export function createWorkspaceRepository(scope: SqlScope, vault: Vault): WorkspaceRepository {
  return {
    async create({ id, slug, name, personal, createdAt }) {
      const { wrapped, key } = await vault.createWorkspaceKey(id)
      const nameSealed = key.seal({ table: 'workspaces', column: 'name', row: id }, name)
      await refuseDuplicates([
        scope.change(insertWorkspace, { id, slug, nameSealed, personal, createdAt }),
        scope.change(insertKey, { workspaceId: id, wrapped }),
      ])
    },

    async findById(workspaceId) {
      if (!isId(workspaceId)) return undefined
      const [row] = await scope.run(findById, { workspaceId })
      return row && openWorkspace(row, vault)
    },

    async addMember({ workspaceId, userId, roles, createdAt }) {
      await refuseDuplicates([scope.change(insertMember, { workspaceId, userId, roles, createdAt })])
    },

    async listForUser(userId) {
      if (!isId(userId)) return []
      const rows = await scope.run(listForUser, { userId })
      return Promise.all(rows.map(async row => ({ ...(await openWorkspace(row, vault)), roles: row.roles })))
    },
  }
}

async function refuseDuplicates(changes: Promise<unknown>[]): Promise<void> {
  try {
    await Promise.all(changes)
  } catch (error) {
    throw isUniqueViolation(error) ? new AppError('conflict', { cause: error }) : error
  }
}
