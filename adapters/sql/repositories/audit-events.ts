import { sql } from 'kysely'
import { isId } from '../../../provider/kernel/ids.ts'
import type { AuditEventRecord } from '../../../provider/ports/records.ts'
import type { AuditEventRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope, Statement } from '../database.ts'
import type { Schema } from '../schema.ts'
import { queries, prepare } from '../statement.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'

type EventRow = Schema['audit_events']

const columns = ['id', 'workspace_id', 'user_id', 'action', 'occurred_at', 'commitments', 'disclosures_sealed'] as const

// Several rows in one statement cost far less than several statements; of each size there is one to be kept prepared.
const sizes = [32, 8, 2, 1] as const

type Rows = { [Name in `${number}_${(typeof columns)[number]}`]: EventRow[keyof EventRow] }

const inserts = new Map<number, Statement<Rows, unknown>>(
  sizes.map(size => [
    size,
    prepare<Rows>()(parameter =>
      queries.insertInto('audit_events').values(
        Array.from(
          { length: size },
          // Each column's own kind of value, which a computed name hides from the compiler.
          (_, index) => Object.fromEntries(columns.map(column => [column, parameter[`${index}_${column}`]])) as never,
        ),
      ),
    ),
  ]),
)

// As the index audit_events_activity has them, word for word: only so does Postgres know that it may use it.
const isActivity = sql<boolean>`action not in ('token.issued', 'refresh-token.rotated', 'grant.created', 'grant.changed')`

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

const disclosuresOf = (eventId: string) => ({ table: 'audit_events', column: 'disclosures', row: eventId })

export function createAuditEventRepository(scope: SqlScope, vault: Vault): AuditEventRepository {
  /** Under the key of whom the event concerns, so that erasing them erases what it says about them. */
  async function seal(event: AuditEventRecord): Promise<EventRow> {
    const { userId, workspaceId } = event
    const key =
      userId !== undefined
        ? await vault.userKey(userId)
        : workspaceId !== undefined
          ? await vault.workspaceKey(workspaceId)
          : vault.installation
    return {
      id: event.id,
      workspace_id: workspaceId ?? null,
      user_id: userId ?? null,
      action: event.action,
      occurred_at: event.occurredAt,
      commitments: event.commitments,
      disclosures_sealed: key.seal(disclosuresOf(event.id), JSON.stringify(event.disclosures)),
    }
  }

  async function open(row: EventRow & { wrapped: Buffer }, userId: string): Promise<AuditEventRecord> {
    const key = await vault.userKey(userId, row.wrapped)
    return {
      id: row.id,
      workspaceId: fromNullable(row.workspace_id),
      userId,
      action: row.action,
      occurredAt: row.occurred_at,
      commitments: row.commitments,
      // What `append` sealed; the seal shows that nobody else did.
      disclosures: JSON.parse(key.open(disclosuresOf(row.id), row.disclosures_sealed)) as AuditEventRecord['disclosures'],
    }
  }

  return {
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
      return Promise.all(rows.map(row => open(row, userId)))
    },
  }
}
