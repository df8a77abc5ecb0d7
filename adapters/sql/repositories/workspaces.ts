import { type InferResult, sql, type UpdateObject } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { MembershipFacts, WorkspaceRecord, WorkspaceRequirement } from '../../../provider/ports/workspace-records.ts'
import type { WorkspaceRepository } from '../../../provider/ports/workspace-repositories.ts'
import type { SqlScope, Statement } from '../database.ts'
import { refuseDuplicates } from '../errors.ts'
import { describePage, isAfter, limitTo, type PageParameters } from '../pages.ts'
import type { Schema } from '../schema.ts'
import { isVersion, type Placeholders, prepare, queries } from '../statement.ts'
import { canBeKept, fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { createWorkspaceDeletion } from './workspace-deletion.ts'

const workspaceQuery = () =>
  queries
    .selectFrom('workspaces as w')
    .innerJoin('workspace_keys as k', 'k.workspace_id', 'w.id')
    .selectAll('w')
    .select('k.wrapped')

type WorkspaceRow = InferResult<ReturnType<typeof workspaceQuery>>[number]

const findById = prepare<{ workspaceId: string }>()(parameter => workspaceQuery().where('w.id', '=', parameter.workspaceId))

const findBySlug = prepare<{ slug: string }>()(parameter => workspaceQuery().where('w.slug', '=', parameter.slug))

const list = prepare<PageParameters>()(parameter =>
  workspaceQuery()
    .where(isAfter('w.created_at', 'w.id', parameter))
    .orderBy('w.created_at')
    .orderBy('w.id')
    .limit(limitTo(parameter)),
)

const listForUser = prepare<{ userId: string }>()(parameter =>
  workspaceQuery()
    .innerJoin('memberships as m', 'm.workspace_id', 'w.id')
    .select('m.roles')
    .where('m.user_id', '=', parameter.userId)
    .orderBy('m.created_at')
    .orderBy('w.id'),
)

/** What decides about tokens of a member, for whichever query has the membership as `m` and its workspace as `w`. */
export const membershipColumns = [
  'm.workspace_id as member_workspace_id',
  'm.roles as member_roles',
  'w.slug as workspace_slug',
  'w.required_level as workspace_required_level',
  'w.required_from as workspace_required_from',
  'w.accepted_authenticators as workspace_accepted_authenticators',
  sql<boolean>`w.status = 'active' and w.deletion_due_at is null`.as('workspace_open'),
  sql<string[]>`array(
    select distinct unnest(r.permissions) from latchkey.roles as r where r.workspace_id = m.workspace_id and r.key = any(m.roles)
  )`.as('member_custom_permissions'),
] as const

const listMembershipFacts = prepare<{ userId: string }>()(parameter =>
  queries
    .selectFrom('memberships as m')
    .innerJoin('workspaces as w', 'w.id', 'm.workspace_id')
    .select(membershipColumns)
    .where('m.user_id', '=', parameter.userId)
    .orderBy('m.created_at')
    .orderBy('w.id'),
)

export interface MembershipRow {
  member_workspace_id: string
  member_roles: string[]
  workspace_slug: string
  workspace_required_level: WorkspaceRequirement['level']
  workspace_required_from: Date | null
  workspace_accepted_authenticators: string[] | null
  workspace_open: boolean
  member_custom_permissions: string[]
}

export function describeMembership(row: MembershipRow): MembershipFacts {
  return {
    workspaceId: row.member_workspace_id,
    slug: row.workspace_slug,
    roles: row.member_roles,
    customPermissions: row.member_custom_permissions,
    requirement: {
      level: row.workspace_required_level,
      from: fromNullable(row.workspace_required_from),
      authenticators: fromNullable(row.workspace_accepted_authenticators),
    },
    open: row.workspace_open,
  }
}

const insertWorkspace = prepare<{
  id: string
  slug: string
  nameSealed: Buffer
  personal: boolean
  plan: string
  createdAt: Date
}>()(parameter =>
  queries.insertInto('workspaces').values({
    id: parameter.id,
    slug: parameter.slug,
    name_sealed: parameter.nameSealed,
    personal: parameter.personal,
    plan: parameter.plan,
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

const lockWorkspace = prepare<{ workspaceId: string }>()(parameter =>
  queries.selectFrom('workspaces').select('id').where('id', '=', parameter.workspaceId).forNoKeyUpdate(),
)

/** A change of what `set` says, by whoever has seen the version that is there. */
function changeWorkspace<Parameters extends object>(
  set: (parameter: Placeholders<Parameters>) => UpdateObject<Schema, 'workspaces'>,
) {
  return prepare<Parameters & { workspaceId: string; version: number | null }>()(parameter =>
    queries
      .updateTable('workspaces')
      .set({ ...set(parameter), version: sql`version + 1` })
      .where('id', '=', parameter.workspaceId)
      .where(isVersion(parameter.version)),
  )
}

const rename = changeWorkspace<{ nameSealed: Buffer }>(parameter => ({ name_sealed: parameter.nameSealed }))
const changeStatus = changeWorkspace<{ status: WorkspaceRecord['status'] }>(parameter => ({ status: parameter.status }))
const changePlan = changeWorkspace<{ plan: string }>(parameter => ({ plan: parameter.plan }))
const changeRequirement = changeWorkspace<{
  level: WorkspaceRequirement['level']
  from: Date | null
  authenticators: string[] | null
}>(parameter => ({
  required_level: parameter.level,
  required_from: parameter.from,
  accepted_authenticators: parameter.authenticators,
}))
const scheduleDeletion = changeWorkspace<{ dueAt: Date | null }>(parameter => ({ deletion_due_at: parameter.dueAt }))

const nameOf = (workspaceId: string) => ({ table: 'workspaces', column: 'name', row: workspaceId })

export function createWorkspaceRepository(scope: SqlScope, vault: Vault): WorkspaceRepository {
  async function open(row: WorkspaceRow): Promise<WorkspaceRecord> {
    const key = await vault.workspaceKey(row.id, row.wrapped)
    return {
      id: row.id,
      slug: row.slug,
      name: key.open(nameOf(row.id), row.name_sealed),
      personal: row.personal,
      status: row.status,
      plan: row.plan,
      requirement: {
        level: row.required_level,
        from: fromNullable(row.required_from),
        authenticators: fromNullable(row.accepted_authenticators),
      },
      deletionDueAt: fromNullable(row.deletion_due_at),
      createdAt: row.created_at,
      version: row.version,
    }
  }

  async function change<Parameters>(
    statement: Statement<Parameters & { workspaceId: string; version: number | null }, unknown>,
    parameters: Parameters & { workspaceId: string },
    version: number | undefined,
  ): Promise<boolean> {
    if (!isId(parameters.workspaceId)) return false
    return (await scope.change(statement, { ...parameters, version: version ?? null })) === 1
  }

  return {
    ...createWorkspaceDeletion(scope, vault),

    async create({ id, slug, name, personal, plan = 'free', createdAt }) {
      const { wrapped, key } = await vault.createWorkspaceKey(id)
      const nameSealed = key.seal(nameOf(id), name)
      await refuseDuplicates([
        scope.change(insertWorkspace, { id, slug, nameSealed, personal, plan, createdAt }),
        scope.change(insertKey, { workspaceId: id, wrapped }),
      ])
    },

    async findById(workspaceId) {
      if (!isId(workspaceId)) return undefined
      const [row] = await scope.run(findById, { workspaceId })
      return row && open(row)
    },

    async findBySlug(slug) {
      if (!canBeKept(slug)) return undefined
      const [row] = await scope.run(findBySlug, { slug })
      return row && open(row)
    },

    async lock(workspaceId) {
      if (isId(workspaceId)) await scope.run(lockWorkspace, { workspaceId })
    },

    async rename(workspaceId, name, version) {
      const key = await vault.workspaceKey(workspaceId)
      return change(rename, { workspaceId, nameSealed: key.seal(nameOf(workspaceId), name) }, version)
    },

    changeStatus: (workspaceId, status, version) => change(changeStatus, { workspaceId, status }, version),

    changePlan: (workspaceId, plan, version) => change(changePlan, { workspaceId, plan }, version),

    changeRequirement: (workspaceId, { level, from = null, authenticators = null }, version) =>
      change(changeRequirement, { workspaceId, level, from, authenticators }, version),

    scheduleDeletion: (workspaceId, dueAt, version) => change(scheduleDeletion, { workspaceId, dueAt: dueAt ?? null }, version),

    async list(page) {
      return Promise.all((await scope.run(list, describePage(page))).map(open))
    },

    async addMember({ workspaceId, userId, roles, createdAt }) {
      await refuseDuplicates([scope.change(insertMember, { workspaceId, userId, roles, createdAt })])
    },

    async listForUser(userId) {
      if (!isId(userId)) return []
      const rows = await scope.run(listForUser, { userId })
      return Promise.all(rows.map(async row => ({ ...(await open(row)), roles: row.roles })))
    },

    async listMembershipFacts(userId) {
      if (!isId(userId)) return []
      return (await scope.run(listMembershipFacts, { userId })).map(describeMembership)
    },
  }
}
