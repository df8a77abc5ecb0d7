import { type InferResult, sql } from 'kysely'
import { AppError } from '../../../provider/kernel/errors.ts'
import { isId } from '../../../provider/kernel/ids.ts'
import type { UserRecord } from '../../../provider/ports/records.ts'
import type { GrantFacts, GrantRecord } from '../../../provider/ports/session-records.ts'
import type { GrantRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import type { Schema } from '../schema.ts'
import { prepare, queries } from '../statement.ts'
import { prepareSweepOfExpired } from '../sweep.ts'
import { canBeKept, fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { hasFactors, openUser, openUserWithFactors, userQuery } from './users.ts'
import { describeMembership, membershipColumns, type MembershipRow } from './workspaces.ts'

/** A grant, its user with the key that opens them, and the membership that it names: one query for all of it. */
export const factsQuery = () =>
  userQuery()
    .innerJoin('grants as g', 'g.user_id', 'u.id')
    .leftJoin('memberships as m', join =>
      join.onRef('m.workspace_id', '=', 'g.workspace_id').onRef('m.user_id', '=', 'g.user_id'),
    )
    .leftJoin('workspaces as w', 'w.id', 'm.workspace_id')
    .select([
      'g.id as grant_id',
      'g.workspace_id as grant_workspace_id',
      'g.client_id as grant_client_id',
      'g.session_uid as grant_session_uid',
      'g.payload as grant_payload',
      'g.created_at as grant_created_at',
      'g.expires_at as grant_expires_at',
    ])
    .select(membershipColumns)

type FactsRow = InferResult<ReturnType<typeof factsQuery>>[number]

const findFacts = prepare<{ grantId: string }>()(parameter => factsQuery().where('g.id', '=', parameter.grantId))

const findFactsWithFactors = prepare<{ grantId: string }>()(parameter =>
  factsQuery().select(hasFactors).where('g.id', '=', parameter.grantId),
)

const findFactsUnlessRevoked = prepare<{ grantId: string; accessTokenId: string }>()(parameter =>
  factsQuery()
    .where('g.id', '=', parameter.grantId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('revoked_access_tokens as revoked')
            .select('revoked.token_id')
            .where('revoked.token_id', '=', parameter.accessTokenId),
        ),
      ),
    ),
)

// A grant stays its person's and its app's: there is no way to give it to another one.
const upsert = prepare<{
  id: string
  userId: string
  workspaceId: string | null
  clientId: string
  sessionUid: string | null
  payload: Record<string, unknown>
  createdAt: Date
  expiresAt: Date
}>()(parameter =>
  queries
    .insertInto('grants')
    .values({
      id: parameter.id,
      user_id: parameter.userId,
      workspace_id: parameter.workspaceId,
      client_id: parameter.clientId,
      session_uid: parameter.sessionUid,
      payload: parameter.payload,
      created_at: parameter.createdAt,
      expires_at: parameter.expiresAt,
    })
    .onConflict(conflict =>
      conflict
        .column('id')
        .doUpdateSet(({ ref }) => ({
          workspace_id: ref('excluded.workspace_id'),
          session_uid: ref('excluded.session_uid'),
          payload: ref('excluded.payload'),
          expires_at: ref('excluded.expires_at'),
        }))
        .whereRef('grants.user_id', '=', 'excluded.user_id')
        .whereRef('grants.client_id', '=', 'excluded.client_id'),
    ),
)

// Its refresh families go with it: their foreign key says so.
const remove = prepare<{ id: string }>()(parameter => queries.deleteFrom('grants').where('id', '=', parameter.id))

const listForUser = prepare<{ userId: string }>()(parameter =>
  queries
    .selectFrom('grants')
    .selectAll()
    .where('user_id', '=', parameter.userId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc'),
)

const deleteForUser = prepare<{ userId: string; sessionUid: string | null; clientId: string | null }>()(parameter =>
  queries
    .deleteFrom('grants')
    .where('user_id', '=', parameter.userId)
    .where(sql<boolean>`(${parameter.sessionUid}::text is null or session_uid = ${parameter.sessionUid})`)
    .where(sql<boolean>`(${parameter.clientId}::text is null or client_id = ${parameter.clientId})`)
    .returningAll(),
)

const listForMember = prepare<{ workspaceId: string; userId: string }>()(parameter =>
  queries
    .selectFrom('grants')
    .selectAll()
    .where('workspace_id', '=', parameter.workspaceId)
    .where('user_id', '=', parameter.userId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc'),
)

const deleteForMember = prepare<{ workspaceId: string; userId: string }>()(parameter =>
  queries
    .deleteFrom('grants')
    .where('workspace_id', '=', parameter.workspaceId)
    .where('user_id', '=', parameter.userId)
    .returningAll(),
)

const deleteExpired = prepareSweepOfExpired('grants', 'id')

export async function openFacts(row: FactsRow, vault: Vault): Promise<GrantFacts> {
  return factsOf(row, await openUser(row, vault))
}

function factsOf<User extends UserRecord>(row: FactsRow, user: User): GrantFacts<User> {
  const grant = describe({
    id: row.grant_id,
    user_id: row.user_id,
    workspace_id: row.grant_workspace_id,
    client_id: row.grant_client_id,
    session_uid: row.grant_session_uid,
    payload: row.grant_payload,
    created_at: row.grant_created_at,
    expires_at: row.grant_expires_at,
  })
  return { grant, user, membership: isMember(row) ? describeMembership(row) : undefined }
}

/** Of a left join, the columns are there all together or not at all. */
function isMember(row: FactsRow): row is FactsRow & MembershipRow {
  return row.member_workspace_id !== null
}

function describe(row: Schema['grants']): GrantRecord {
  return {
    id: row.id,
    userId: row.user_id,
    workspaceId: fromNullable(row.workspace_id),
    clientId: row.client_id,
    sessionUid: fromNullable(row.session_uid),
    payload: row.payload,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }
}

export function createGrantRepository(scope: SqlScope, vault: Vault): GrantRepository {
  return {
    async upsert({ id, userId, workspaceId, clientId, sessionUid, payload, createdAt, expiresAt }) {
      const parameters = {
        id,
        userId,
        workspaceId: workspaceId ?? null,
        clientId,
        sessionUid: sessionUid ?? null,
        payload,
        createdAt,
        expiresAt,
      }
      if ((await scope.change(upsert, parameters)) !== 1) {
        throw new AppError('conflict', { detail: 'The grant belongs to another user or app.' })
      }
    },

    async findFacts(grantId, accessTokenId) {
      if (!canBeKept(grantId) || !canBeKept(accessTokenId ?? '')) return undefined
      const [row] =
        accessTokenId === undefined
          ? await scope.run(findFacts, { grantId })
          : await scope.run(findFactsUnlessRevoked, { grantId, accessTokenId })
      return row && openFacts(row, vault)
    },

    async findFactsWithFactors(grantId) {
      if (!canBeKept(grantId)) return undefined
      const [row] = await scope.run(findFactsWithFactors, { grantId })
      return row && factsOf(row, await openUserWithFactors(row, vault))
    },

    async delete(grantId) {
      await scope.post(remove, { id: grantId })
    },

    async listForUser(userId) {
      if (!isId(userId)) return []
      return (await scope.run(listForUser, { userId })).map(describe)
    },

    async deleteForUser(userId, { sessionUid, clientId }) {
      if (!isId(userId) || !canBeKept(sessionUid ?? '') || !canBeKept(clientId ?? '')) return []
      const rows = await scope.run(deleteForUser, { userId, sessionUid: sessionUid ?? null, clientId: clientId ?? null })
      return rows.map(describe)
    },

    async listForMember(workspaceId, userId) {
      if (!isId(workspaceId) || !isId(userId)) return []
      return (await scope.run(listForMember, { workspaceId, userId })).map(describe)
    },

    async deleteForMember(workspaceId, userId) {
      if (!isId(workspaceId) || !isId(userId)) return []
      return (await scope.run(deleteForMember, { workspaceId, userId })).map(describe)
    },

    deleteExpired: (moment, limit) => scope.change(deleteExpired, { moment, limit }),
  }
}
