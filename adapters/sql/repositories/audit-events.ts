import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import { installationChain } from '../../../provider/ports/audit-chain.ts'
import type { AuditEventRecord } from '../../../provider/ports/records.ts'
import type { AuditEventRepository } from '../../../provider/ports/audit-events.ts'
import type { SqlScope, Statement } from '../database.ts'
import type { Schema } from '../schema.ts'
import { queries, prepare } from '../statement.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { isActivity, openDisclosures, sealDisclosures } from './audit-disclosures.ts'
import { createAuditRetention } from './audit-retention.ts'
import { createAuditSearch } from './audit-search.ts'

type EventRow = Schema['audit_events']

const columns = [
  'id',
  'workspace_id',
  'user_id',
  'action',
  'occurred_at',
  'actor',
  'target',
  'commitments',
  'disclosures_sealed',
] as const

// Several rows in one statement cost far less than several statements; of each size there is one to be kept prepared.
const sizes = [32, 8, 2, 1] as const

const chainOf = sql<string>`coalesce(workspace_id, ${sql.lit(installationChain)})`

type Rows = { [Name in `${number}_${(typeof columns)[number]}`]: EventRow[keyof EventRow] }

const inserts = new Map<number, Statement<Rows, unknown>>(
  sizes.map(size => [
    size,
    prepare<Rows>()(parameter =>
      queries
        .with('appended', creator =>
          creator
            .insertInto('audit_events')
            .values(
              Array.from(
                { length: size },
                // Each column's own kind of value, which a computed name hides from the compiler.
                (_, index) => Object.fromEntries(columns.map(column => [column, parameter[`${index}_${column}`]])) as never,
              ),
            )
            .returning(['id', 'workspace_id']),
        )
        // With its event or not at all, so that whoever seals finds each one, in whatever order their transactions end.
        .insertInto('audit_unsealed')
        .columns(['event_id', 'chain_id'])
        .expression(({ selectFrom }) => selectFrom('appended').select(['id', chainOf.as('chain_id')])),
    ),
  ]),
)

/** Who has no key any more has been erased, and nothing is listed of them. */
export const listForUser = prepare<{ userId: string; actions: readonly string[]; limit: number; before: Date | 'infinity' }>()(
  parameter =>
    queries
      .selectFrom('audit_events as e')
      .innerJoin('user_keys as k', 'k.user_id', 'e.user_id')
      .selectAll('e')
      .select('k.wrapped')
      .where('e.user_id', '=', parameter.userId)
      .where(isActivity)
      .where(sql<boolean>`e.action = any(${parameter.actions}::text[])`)
      // Bare: of what could tell a row that the policy hides, such as an expression, Postgres makes no condition of an index.
      .where('e.occurred_at', '<', sql<Date>`${parameter.before}`)
      .orderBy('e.occurred_at', 'desc')
      .orderBy('e.id', 'desc')
      .limit(sql<number>`${parameter.limit}::bigint`),
)

export function createAuditEventRepository(scope: SqlScope, vault: Vault): AuditEventRepository {
  async function seal(event: AuditEventRecord): Promise<EventRow> {
    return {
      id: event.id,
      workspace_id: event.workspaceId ?? null,
      user_id: event.userId ?? null,
      action: event.action,
      occurred_at: event.occurredAt,
      actor: event.actor ?? null,
      target: event.target ?? null,
      commitments: event.commitments,
      disclosures_sealed: await sealDisclosures(vault, event),
    }
  }

  return {
    ...createAuditSearch(scope, vault),
    ...createAuditRetention(scope),

    async append(events) {
      const rows = await Promise.all(events.map(seal))
      for (const [size, insert] of inserts) {
        while (rows.length >= size) {
          const named = rows.splice(0, size).flatMap((row, index) => columns.map(column => [`${index}_${column}`, row[column]]))
          await scope.post(insert, Object.fromEntries(named))
        }
      }
    },

    async listForUser(userId, actions, limit, before) {
      if (!isId(userId)) return []
      const rows = await scope.run(listForUser, { userId, actions, limit, before: before ?? 'infinity' })
      return Promise.all(
        rows.map(async row => {
          const disclosure = await openDisclosures(vault, row)
          if (disclosure.kind === 'broken') throw new Error(`What was kept of the audit event ${row.id} was altered.`)
          return {
            id: row.id,
            workspaceId: fromNullable(row.workspace_id),
            userId,
            action: row.action,
            occurredAt: row.occurred_at,
            actor: fromNullable(row.actor),
            target: fromNullable(row.target),
            commitments: row.commitments,
            disclosures: disclosure.kind === 'open' ? disclosure.disclosures : {},
          }
        }),
      )
    },
  }
}
