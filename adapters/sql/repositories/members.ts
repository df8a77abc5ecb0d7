import { type Expression, type InferResult, sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { MemberRecord, RequiredFactor } from '../../../provider/ports/workspace-records.ts'
import type { MemberRepository } from '../../../provider/ports/workspace-repositories.ts'
import type { SqlScope } from '../database.ts'
import { describePage, isAfter, limitTo, type PageParameters } from '../pages.ts'
import { isVersion, prepare, queries } from '../statement.ts'
import { canBeKept } from '../values.ts'
import type { Vault } from '../vault.ts'
import { hasPasskey, hasTotpDevice } from './enrolled-factors.ts'

/** A passkey reaches every level; a generator of codes, the lower one. */
const isLacking = (factor: Expression<RequiredFactor>) =>
  sql<boolean>`not ${hasPasskey('m.user_id')} and (${factor}::text = 'phishing-resistant' or not ${hasTotpDevice('m.user_id')})`

/** A membership with what opens its person; who has been erased is nobody's member. */
const memberQuery = () =>
  queries
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .innerJoin('user_keys as k', 'k.user_id', 'm.user_id')
    .innerJoin('user_addresses as a', join => join.onRef('a.user_id', '=', 'm.user_id').on('a.is_primary', '=', true))
    .select([
      'm.workspace_id',
      'm.user_id',
      'm.roles',
      'm.created_at',
      'm.version',
      'u.name_sealed',
      'k.wrapped',
      'a.id as address_id',
      'a.address_sealed',
      hasPasskey('m.user_id').as('has_passkey'),
      hasTotpDevice('m.user_id').as('has_totp_device'),
    ])

type MemberRow = InferResult<ReturnType<typeof memberQuery>>[number]

const find = prepare<{ workspaceId: string; userId: string }>()(parameter =>
  memberQuery().where('m.workspace_id', '=', parameter.workspaceId).where('m.user_id', '=', parameter.userId),
)

const findByAddress = prepare<{ workspaceId: string; addressIndex: Buffer }>()(parameter =>
  memberQuery()
    .innerJoin('user_addresses as typed', 'typed.user_id', 'm.user_id')
    .where('m.workspace_id', '=', parameter.workspaceId)
    .where('typed.address_index', '=', parameter.addressIndex),
)

const list = prepare<PageParameters & { workspaceId: string }>()(parameter =>
  memberQuery()
    .where('m.workspace_id', '=', parameter.workspaceId)
    .where(isAfter('m.created_at', 'm.user_id', parameter))
    .orderBy('m.created_at')
    .orderBy('m.user_id')
    .limit(limitTo(parameter)),
)

const counted = sql<number>`count(*)`.as('count')

const count = prepare<{ workspaceId: string }>()(parameter =>
  queries.selectFrom('memberships').select(counted).where('workspace_id', '=', parameter.workspaceId),
)

const listLacking = prepare<PageParameters & { workspaceId: string; factor: RequiredFactor }>()(parameter =>
  memberQuery()
    .where('m.workspace_id', '=', parameter.workspaceId)
    .where(isLacking(parameter.factor))
    .where(isAfter('m.created_at', 'm.user_id', parameter))
    .orderBy('m.created_at')
    .orderBy('m.user_id')
    .limit(limitTo(parameter)),
)

const countLacking = prepare<{ workspaceId: string; factor: RequiredFactor }>()(parameter =>
  queries
    .selectFrom('memberships as m')
    .select(counted)
    .where('m.workspace_id', '=', parameter.workspaceId)
    .where(isLacking(parameter.factor)),
)

const countHolders = prepare<{ workspaceId: string; role: string }>()(parameter =>
  queries
    .selectFrom('memberships')
    .select(counted)
    .where('workspace_id', '=', parameter.workspaceId)
    .where(sql<boolean>`${parameter.role} = any(roles)`),
)

// Whoever has asked for their account to be deleted is on their way out, and an erased one is nobody already.
const isHeldByAnother = prepare<{ workspaceId: string; role: string; userId: string }>()(parameter =>
  queries
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select('m.user_id')
    .where('m.workspace_id', '=', parameter.workspaceId)
    .where('m.user_id', '<>', parameter.userId)
    .where(sql<boolean>`${parameter.role} = any(m.roles)`)
    .where('u.erasure_due_at', 'is', null)
    .limit(1),
)

const changeRoles = prepare<{ workspaceId: string; userId: string; roles: string[]; version: number | null }>()(parameter =>
  queries
    .updateTable('memberships')
    .set({ roles: parameter.roles, version: sql`version + 1` })
    .where('workspace_id', '=', parameter.workspaceId)
    .where('user_id', '=', parameter.userId)
    .where(isVersion(parameter.version)),
)

// Their key stays within reach, so that what they did can be read in the log.
const remove = prepare<{ workspaceId: string; userId: string; moment: Date }>()(parameter =>
  queries
    .with('gone', () =>
      queries
        .deleteFrom('memberships')
        .where('workspace_id', '=', parameter.workspaceId)
        .where('user_id', '=', parameter.userId)
        .returning(['workspace_id', 'user_id']),
    )
    .with('kept', after =>
      after
        .insertInto('former_members')
        .columns(['workspace_id', 'user_id', 'left_at'])
        .expression(
          after.selectFrom('gone').select(['workspace_id', 'user_id', sql<Date>`${parameter.moment}::timestamptz`.as('moment')]),
        )
        .onConflict(conflict => conflict.doNothing()),
    )
    .selectFrom('gone')
    .select('user_id'),
)

const areIds = (...ids: string[]) => ids.every(isId)

export function createMemberRepository(scope: SqlScope, vault: Vault): MemberRepository {
  function open(row: MemberRow): MemberRecord {
    const key = vault.userKeyOf(row.user_id, row.wrapped)
    return {
      workspaceId: row.workspace_id,
      userId: row.user_id,
      address: key.open({ table: 'user_addresses', column: 'address', row: row.address_id }, row.address_sealed),
      name: row.name_sealed ? key.open({ table: 'users', column: 'name', row: row.user_id }, row.name_sealed) : undefined,
      roles: row.roles,
      hasFactors: row.has_passkey || row.has_totp_device,
      hasPasskey: row.has_passkey,
      joinedAt: row.created_at,
      version: row.version,
    }
  }

  return {
    async find(workspaceId, userId) {
      if (!areIds(workspaceId, userId)) return undefined
      const [row] = await scope.run(find, { workspaceId, userId })
      return row && open(row)
    },

    async findByAddress(workspaceId, address) {
      if (!areIds(workspaceId)) return undefined
      const addressIndex = vault.blindIndex('email-address', address)
      const [row] = await scope.run(findByAddress, { workspaceId, addressIndex })
      return row && open(row)
    },

    async list(workspaceId, page) {
      if (!areIds(workspaceId)) return []
      return (await scope.run(list, { workspaceId, ...describePage(page) })).map(open)
    },

    async count(workspaceId) {
      const [row] = areIds(workspaceId) ? await scope.run(count, { workspaceId }) : []
      return row?.count ?? 0
    },

    async listLacking(workspaceId, factor, page) {
      if (!areIds(workspaceId)) return []
      return (await scope.run(listLacking, { workspaceId, factor, ...describePage(page) })).map(open)
    },

    async countLacking(workspaceId, factor) {
      const [row] = areIds(workspaceId) ? await scope.run(countLacking, { workspaceId, factor }) : []
      return row?.count ?? 0
    },

    async countHolders(workspaceId, role) {
      const [row] = areIds(workspaceId) && canBeKept(role) ? await scope.run(countHolders, { workspaceId, role }) : []
      return row?.count ?? 0
    },

    async isHeldByAnother(workspaceId, role, userId) {
      if (!areIds(workspaceId, userId) || !canBeKept(role)) return false
      return (await scope.run(isHeldByAnother, { workspaceId, role, userId })).length > 0
    },

    async changeRoles(workspaceId, userId, roles, version) {
      if (!areIds(workspaceId, userId)) return false
      return (await scope.change(changeRoles, { workspaceId, userId, roles, version: version ?? null })) === 1
    },

    async remove(workspaceId, userId, moment) {
      return areIds(workspaceId, userId) && (await scope.run(remove, { workspaceId, userId, moment })).length === 1
    },
  }
}
