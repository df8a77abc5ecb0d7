import { type InferResult, sql } from 'kysely'
import { AppError } from '../../../provider/kernel/errors.ts'
import type { RefreshFamilyRecord } from '../../../provider/ports/session-records.ts'
import type { RefreshFamilyRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope } from '../database.ts'
import { orConflict, prepare, queries } from '../statement.ts'
import { prepareSweep } from '../sweep.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { factsQuery, openFacts } from './grants.ts'

/** Kept as a uuid, which also holds 128 bits in half the space of their digits. */
const isFamilyId = (id: string) => /^[0-9a-f]{32}$/.test(id)

const familyQuery = () =>
  factsQuery()
    .innerJoin('refresh_families as f', 'f.grant_id', 'g.id')
    .select([
      'f.id as family_id',
      'f.current_hash',
      'f.previous_hash',
      'f.successor',
      'f.rotated_at',
      'f.payload as family_payload',
      'f.created_at as family_created_at',
      'f.expires_at as family_expires_at',
    ])

type FamilyRow = InferResult<ReturnType<typeof familyQuery>>[number]

const find = prepare<{ id: string }>()(parameter => familyQuery().where('f.id', '=', parameter.id))

// Only for the grant's own user and app, as the grant itself says.
const create = prepare<{
  id: string
  grantId: string
  userId: string
  clientId: string
  currentHash: Buffer
  previousHash: Buffer | null
  successor: Buffer | null
  rotatedAt: Date | null
  payload: Record<string, unknown>
  createdAt: Date
  expiresAt: Date
}>()(parameter =>
  queries
    .with('changed', () =>
      queries
        .insertInto('refresh_families')
        .columns([
          'id',
          'grant_id',
          'user_id',
          'client_id',
          'current_hash',
          'previous_hash',
          'successor',
          'rotated_at',
          'payload',
          'created_at',
          'expires_at',
        ])
        .expression(
          queries
            .selectFrom('grants')
            .select([
              sql<string>`${parameter.id}::uuid`.as('family'),
              'id',
              'user_id',
              'client_id',
              sql<Buffer>`${parameter.currentHash}::bytea`.as('current_hash'),
              sql<Buffer | null>`${parameter.previousHash}::bytea`.as('previous_hash'),
              sql<Buffer | null>`${parameter.successor}::bytea`.as('successor'),
              sql<Date | null>`${parameter.rotatedAt}::timestamptz`.as('rotated_at'),
              sql<Record<string, unknown>>`${parameter.payload}::json`.as('payload'),
              sql<Date>`${parameter.createdAt}::timestamptz`.as('created_at'),
              sql<Date>`${parameter.expiresAt}::timestamptz`.as('expires_at'),
            ])
            .where('id', '=', parameter.grantId)
            .where('user_id', '=', parameter.userId)
            .where('client_id', '=', parameter.clientId),
        )
        .returning('id'),
    )
    .selectFrom('changed')
    .select(orConflict),
)

const rotate = prepare<{
  id: string
  expectedHash: Buffer
  currentHash: Buffer
  successor: Buffer | null
  rotatedAt: Date | null
  payload: Record<string, unknown>
  expiresAt: Date
}>()(parameter =>
  queries
    .with('changed', () =>
      queries
        .updateTable('refresh_families')
        .set({
          previous_hash: sql`current_hash`,
          current_hash: parameter.currentHash,
          successor: parameter.successor,
          rotated_at: parameter.rotatedAt,
          payload: parameter.payload,
          expires_at: parameter.expiresAt,
        })
        .where('id', '=', parameter.id)
        .where('current_hash', '=', parameter.expectedHash)
        .returning('id'),
    )
    .selectFrom('changed')
    .select(orConflict),
)

const remove = prepare<{ id: string }>()(parameter => queries.deleteFrom('refresh_families').where('id', '=', parameter.id))

// The day narrows it down by its index; the moment decides.
const deleteExpired = prepareSweep<'refresh_families', { moment: Date; limit: number }>({
  table: 'refresh_families',
  key: 'id',
  oldest: 'expires_on',
  condition: ({ moment }) => sql`expires_on <= (${moment}::timestamptz at time zone 'utc')::date and expires_at < ${moment}`,
})

export function createRefreshFamilyRepository(scope: SqlScope, vault: Vault): RefreshFamilyRepository {
  return {
    async create({ previousHash, successor, rotatedAt, ...family }) {
      await scope.post(create, {
        ...family,
        previousHash: previousHash ?? null,
        successor: successor ?? null,
        rotatedAt: rotatedAt ?? null,
      })
    },

    async find(familyId) {
      if (!isFamilyId(familyId)) return undefined
      const [row] = await scope.run(find, { id: familyId })
      return row && { family: describe(row), facts: await openFacts(row, vault) }
    },

    async rotate(familyId, expectedHash, { currentHash, successor, rotatedAt, payload, expiresAt }) {
      if (!isFamilyId(familyId)) throw new AppError('conflict')
      await scope.post(rotate, {
        id: familyId,
        expectedHash,
        currentHash,
        successor: successor ?? null,
        rotatedAt: rotatedAt ?? null,
        payload,
        expiresAt,
      })
    },

    async delete(familyId) {
      if (isFamilyId(familyId)) await scope.post(remove, { id: familyId })
    },

    deleteExpired: (moment, limit) => scope.change(deleteExpired, { moment, limit }),
  }
}

function describe(row: FamilyRow): RefreshFamilyRecord {
  return {
    id: row.family_id.replaceAll('-', ''),
    grantId: row.grant_id,
    userId: row.user_id,
    clientId: row.grant_client_id,
    currentHash: row.current_hash,
    previousHash: fromNullable(row.previous_hash),
    successor: fromNullable(row.successor),
    rotatedAt: fromNullable(row.rotated_at),
    payload: row.family_payload,
    createdAt: row.family_created_at,
    expiresAt: row.family_expires_at,
  }
}
