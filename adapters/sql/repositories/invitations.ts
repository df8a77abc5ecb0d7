import { type InferResult, sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { InvitationRecord } from '../../../provider/ports/workspace-records.ts'
import type { InvitationRepository } from '../../../provider/ports/workspace-repositories.ts'
import type { SqlScope } from '../database.ts'
import { describePage, isAfter, limitTo, type PageParameters } from '../pages.ts'
import { prepare, queries } from '../statement.ts'
import { prepareSweep } from '../sweep.ts'
import { canBeKept, fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'

/** With the key of the workspace, whose the address is until somebody accepts. */
const invitationQuery = () =>
  queries
    .selectFrom('invitations as i')
    .innerJoin('workspace_keys as k', 'k.workspace_id', 'i.workspace_id')
    .selectAll('i')
    .select('k.wrapped')

type InvitationRow = InferResult<ReturnType<typeof invitationQuery>>[number]

const openQuery = () => invitationQuery().where('i.accepted_at', 'is', null).where('i.revoked_at', 'is', null)

const find = prepare<{ workspaceId: string; id: string }>()(parameter =>
  invitationQuery().where('i.workspace_id', '=', parameter.workspaceId).where('i.id', '=', parameter.id),
)

const findByTokenHash = prepare<{ tokenHash: Buffer }>()(parameter =>
  invitationQuery().where('i.token_hash', '=', parameter.tokenHash),
)

const findOpen = prepare<{ workspaceId: string; addressIndex: Buffer; now: Date }>()(parameter =>
  openQuery()
    .where('i.workspace_id', '=', parameter.workspaceId)
    .where('i.address_index', '=', parameter.addressIndex)
    .where('i.expires_at', '>', parameter.now),
)

const listOpen = prepare<PageParameters & { workspaceId: string; now: Date }>()(parameter =>
  openQuery()
    .where('i.workspace_id', '=', parameter.workspaceId)
    .where('i.expires_at', '>', parameter.now)
    .where(isAfter('i.created_at', 'i.id', parameter))
    .orderBy('i.created_at')
    .orderBy('i.id')
    .limit(limitTo(parameter)),
)

const listOpenForUser = prepare<{ userId: string; now: Date }>()(parameter =>
  openQuery()
    .innerJoin('user_addresses as a', 'a.address_index', 'i.address_index')
    .where('a.user_id', '=', parameter.userId)
    .where('i.expires_at', '>', parameter.now)
    .orderBy('i.created_at')
    .orderBy('i.id'),
)

const findInvited = prepare<{ addressIndex: Buffer; now: Date }>()(parameter =>
  queries
    .selectFrom('invitations as i')
    .innerJoin('workspaces as w', 'w.id', 'i.workspace_id')
    .select('i.id')
    .where('i.address_index', '=', parameter.addressIndex)
    .where('i.accepted_at', 'is', null)
    .where('i.revoked_at', 'is', null)
    .where('i.expires_at', '>', parameter.now)
    .where('w.status', '=', 'active')
    .where('w.deletion_due_at', 'is', null)
    .limit(1),
)

const revokeForAddress = prepare<{ workspaceId: string; addressIndex: Buffer; moment: Date }>()(parameter =>
  queries
    .updateTable('invitations')
    .set({ revoked_at: parameter.moment })
    .where('workspace_id', '=', parameter.workspaceId)
    .where('address_index', '=', parameter.addressIndex)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null),
)

const insert = prepare<{
  workspaceId: string
  id: string
  addressIndex: Buffer
  addressSealed: Buffer
  roles: string[]
  tokenHash: Buffer
  invitedBy: string | null
  createdAt: Date
  expiresAt: Date
}>()(parameter =>
  queries.insertInto('invitations').values({
    workspace_id: parameter.workspaceId,
    id: parameter.id,
    address_index: parameter.addressIndex,
    address_sealed: parameter.addressSealed,
    roles: parameter.roles,
    token_hash: parameter.tokenHash,
    invited_by: parameter.invitedBy,
    created_at: parameter.createdAt,
    expires_at: parameter.expiresAt,
  }),
)

const accept = prepare<{ workspaceId: string; id: string; userId: string; moment: Date }>()(parameter =>
  queries
    .updateTable('invitations')
    .set({ accepted_at: parameter.moment, accepted_by: parameter.userId })
    .where('workspace_id', '=', parameter.workspaceId)
    .where('id', '=', parameter.id)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', parameter.moment),
)

const revoke = prepare<{ workspaceId: string; id: string; moment: Date }>()(parameter =>
  queries
    .updateTable('invitations')
    .set({ revoked_at: parameter.moment })
    .where('workspace_id', '=', parameter.workspaceId)
    .where('id', '=', parameter.id)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null),
)

const countWithRole = prepare<{ workspaceId: string; role: string; now: Date }>()(parameter =>
  queries
    .selectFrom('invitations')
    .select(sql<number>`count(*)`.as('count'))
    .where('workspace_id', '=', parameter.workspaceId)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', parameter.now)
    .where(sql<boolean>`${parameter.role} = any(roles)`),
)

const deleteExpired = prepareSweep<'invitations', { moment: Date; limit: number }>({
  table: 'invitations',
  key: ['workspace_id', 'id'],
  oldest: 'expires_at',
  condition: ({ moment }) => sql`expires_at < ${moment}`,
})

const addressOf = (invitationId: string) => ({ table: 'invitations', column: 'address', row: invitationId })

export function createInvitationRepository(scope: SqlScope, vault: Vault): InvitationRepository {
  async function open(row: InvitationRow): Promise<InvitationRecord> {
    const key = await vault.workspaceKey(row.workspace_id, row.wrapped)
    return {
      id: row.id,
      workspaceId: row.workspace_id,
      address: key.open(addressOf(row.id), row.address_sealed),
      roles: row.roles,
      tokenHash: row.token_hash,
      invitedBy: fromNullable(row.invited_by),
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      acceptedAt: fromNullable(row.accepted_at),
      acceptedBy: fromNullable(row.accepted_by),
      revokedAt: fromNullable(row.revoked_at),
    }
  }

  return {
    async replace({ id, workspaceId, address, roles, tokenHash, invitedBy = null, createdAt, expiresAt }) {
      const key = await vault.workspaceKey(workspaceId)
      const addressIndex = vault.blindIndex('email-address', address)
      const addressSealed = key.seal(addressOf(id), address)
      await Promise.all([
        scope.change(revokeForAddress, { workspaceId, addressIndex, moment: createdAt }),
        scope.change(insert, { workspaceId, id, addressIndex, addressSealed, roles, tokenHash, invitedBy, createdAt, expiresAt }),
      ])
    },

    async find(workspaceId, id) {
      if (!isId(workspaceId) || !isId(id)) return undefined
      const [row] = await scope.run(find, { workspaceId, id })
      return row && open(row)
    },

    async findByTokenHash(tokenHash) {
      const [row] = await scope.run(findByTokenHash, { tokenHash })
      return row && open(row)
    },

    async findOpen(workspaceId, address, moment) {
      if (!isId(workspaceId)) return undefined
      const addressIndex = vault.blindIndex('email-address', address)
      const [row] = await scope.run(findOpen, { workspaceId, addressIndex, now: moment })
      return row && open(row)
    },

    async listOpen(workspaceId, moment, page) {
      if (!isId(workspaceId)) return []
      const rows = await scope.run(listOpen, { workspaceId, now: moment, ...describePage(page) })
      return Promise.all(rows.map(open))
    },

    async listOpenForUser(userId, moment) {
      if (!isId(userId)) return []
      return Promise.all((await scope.run(listOpenForUser, { userId, now: moment })).map(open))
    },

    async isInvited(address, moment) {
      const addressIndex = vault.blindIndex('email-address', address)
      return (await scope.run(findInvited, { addressIndex, now: moment })).length > 0
    },

    async accept(workspaceId, id, userId, moment) {
      if (![workspaceId, id, userId].every(isId)) return false
      return (await scope.change(accept, { workspaceId, id, userId, moment })) === 1
    },

    async revoke(workspaceId, id, moment) {
      if (!isId(workspaceId) || !isId(id)) return false
      return (await scope.change(revoke, { workspaceId, id, moment })) === 1
    },

    async countWithRole(workspaceId, role, moment) {
      if (!isId(workspaceId) || !canBeKept(role)) return 0
      const [row] = await scope.run(countWithRole, { workspaceId, role, now: moment })
      return row?.count ?? 0
    },

    deleteExpired: (moment, limit) => scope.change(deleteExpired, { moment, limit }),
  }
}
