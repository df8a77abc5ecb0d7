import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { AccountRepository } from '../../../provider/ports/account-repositories.ts'
import type { SqlScope } from '../database.ts'
import { type OwnedBatch, type Removal, removalFrom, removalOfGrants, removeBatch } from '../remains.ts'
import { prepare, queries } from '../statement.ts'
import type { Vault } from '../vault.ts'

/**
 * The erasure of a person: at once, and in one transaction, whatever opens what is kept of them, finds them or lets them in; then,
 * batch by batch, the rows that nobody can find any more. Who has no key any more is nobody: users, members, sessions and grants are
 * looked up with the key.
 */

// Whether somebody was invited by them, or they were: what names their address goes, whatever became of it.
const removeInvitations = prepare<OwnedBatch>()(parameter =>
  queries
    .deleteFrom('invitations')
    .where(sql<string>`(workspace_id, id)`, 'in', ({ selectFrom }) =>
      selectFrom('invitations as i')
        .innerJoin('user_addresses as a', 'a.address_index', 'i.address_index')
        .select(sql<string>`i.workspace_id, i.id`.as('key'))
        .where('a.user_id', '=', parameter.ownerId)
        .limit(sql<number>`${parameter.limit}::bigint`),
    ),
)

const removeCodeFailures = prepare<{ userId: string }>()(parameter =>
  queries
    .deleteFrom('code_failures')
    .where('address_index', 'in', ({ selectFrom }) =>
      selectFrom('user_addresses').select('user_addresses.address_index').where('user_addresses.user_id', '=', parameter.userId),
    ),
)

const markErased = prepare<{ userId: string; moment: Date }>()(parameter =>
  queries
    .updateTable('users')
    .set({ erased_at: parameter.moment, erasure_due_at: parameter.moment, name_sealed: null, passkey_handle: null })
    .where('id', '=', parameter.userId)
    .where('erased_at', 'is', null),
)

/** What a person has a few of, and what would find them or let them in. */
const few = (
  [
    'user_keys',
    'user_addresses',
    'address_claims',
    'passkeys',
    'totp_devices',
    'recovery_codes',
    'upstream_identities',
    'access_passes',
  ] as const
).map(table =>
  prepare<{ userId: string }>()(parameter => queries.deleteFrom(table).where(sql.ref('user_id'), '=', parameter.userId)),
)

// The workspace of a person alone is theirs, and its log with it.
const closePersonalWorkspace = prepare<{ userId: string; moment: Date }>()(parameter =>
  queries
    .updateTable('workspaces')
    .set({ deletion_due_at: parameter.moment })
    .where('personal', '=', true)
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('memberships').select('workspace_id').where('user_id', '=', parameter.userId),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('memberships as other')
            .select('other.user_id')
            .whereRef('other.workspace_id', '=', 'workspaces.id')
            .where('other.user_id', '<>', parameter.userId),
        ),
      ),
    )
    .returning('id'),
)

const removeWorkspaceKey = prepare<{ workspaceId: string }>()(parameter =>
  queries.deleteFrom('workspace_keys').where('workspace_id', '=', parameter.workspaceId),
)

const listMemberships = prepare<OwnedBatch>()(parameter =>
  queries
    .selectFrom('memberships')
    .select('workspace_id')
    .where('user_id', '=', parameter.ownerId)
    .limit(sql<number>`${parameter.limit}::bigint`),
)

const removeApiKeys = prepare<OwnedBatch & { workspaceIds: string[] }>()(parameter =>
  queries
    .deleteFrom('api_keys')
    .where('id', 'in', ({ selectFrom }) =>
      selectFrom('api_keys as a')
        .select('a.id')
        .where(sql<boolean>`a.workspace_id = any(${parameter.workspaceIds}::uuid[])`)
        .where('a.created_by', '=', parameter.ownerId)
        .limit(sql<number>`${parameter.limit}::bigint`),
    ),
)

const removeMemberships = prepare<{ ownerId: string; workspaceIds: string[] }>()(parameter =>
  queries
    .deleteFrom('memberships')
    .where('user_id', '=', parameter.ownerId)
    .where(sql<boolean>`workspace_id = any(${parameter.workspaceIds}::uuid[])`),
)

const memberships: Removal = async (scope, { ownerId, limit }) => {
  const workspaceIds = (await scope.run(listMemberships, { ownerId, limit })).map(row => row.workspace_id)
  if (workspaceIds.length === 0) return 0
  const keys = await scope.change(removeApiKeys, { ownerId, workspaceIds, limit })
  return keys === limit ? keys : keys + (await scope.change(removeMemberships, { ownerId, workspaceIds }))
}

/** What there may be many of. Who is a member counts for others, and goes first. */
const many: readonly Removal[] = [
  memberships,
  removalOfGrants('user_id'),
  removalFrom('sessions', 'uid', 'user_id'),
  removalFrom('consents', ['user_id', 'client_id'], 'user_id'),
  removalFrom('known_browsers', ['user_id', 'browser_hash'], 'user_id'),
  removalFrom('former_members', ['workspace_id', 'user_id'], 'user_id'),
  removalFrom('api_answers', 'key_hash', 'user_id'),
  removalFrom('attempts', 'id', 'user_id'),
]

const findErased = prepare<{ userId: string }>()(parameter =>
  queries.selectFrom('users').select('id').where('id', '=', parameter.userId).where('erased_at', 'is not', null),
)

// What came in between the last batch and this goes by its foreign key.
const removeUser = prepare<{ userId: string }>()(parameter => queries.deleteFrom('users').where('id', '=', parameter.userId))

export function createErasure(scope: SqlScope, vault: Vault): Pick<AccountRepository, 'erase' | 'eraseRemains'> {
  return {
    async erase(userId, moment, limit) {
      if (!isId(userId)) return { kind: 'gone' }
      if ((await scope.change(removeInvitations, { ownerId: userId, limit })) === limit) return { kind: 'more' }
      if ((await scope.change(markErased, { userId, moment })) === 0) return { kind: 'gone' }
      await scope.change(removeCodeFailures, { userId })
      const workspaceIds = (await scope.run(closePersonalWorkspace, { userId, moment })).map(({ id }) => id)
      for (const workspaceId of workspaceIds) await scope.post(removeWorkspaceKey, { workspaceId })
      for (const statement of few) await scope.post(statement, { userId })
      vault.forgetUserKey(userId)
      for (const workspaceId of workspaceIds) vault.forgetWorkspaceKey(workspaceId)
      return { kind: 'erased', workspaceIds }
    },

    async eraseRemains(userId, limit) {
      if (!isId(userId) || (await scope.run(findErased, { userId })).length === 0) return true
      if (!(await removeBatch(scope, many, { ownerId: userId, limit }))) return false
      await scope.change(removeUser, { userId })
      return true
    },
  }
}
