import type { AuditEventRecord } from '../../../provider/ports/records.ts'
import type { AuditEventRepository } from '../../../provider/ports/repositories.ts'
import type { SqlScope, Statement } from '../database.ts'
import type { Schema } from '../schema.ts'
import { queries, prepare } from '../statement.ts'
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
    const place = { table: 'audit_events', column: 'disclosures', row: event.id }
    return {
      id: event.id,
      workspace_id: workspaceId ?? null,
      user_id: userId ?? null,
      action: event.action,
      occurred_at: event.occurredAt,
      commitments: event.commitments,
      disclosures_sealed: key.seal(place, JSON.stringify(event.disclosures)),
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
  }
}
