import { sql } from 'kysely'
import type { AuditEventRepository } from '../../../provider/ports/audit-events.ts'
import type { SqlScope } from '../database.ts'
import { prepare, queries } from '../statement.ts'

const listNext = prepare<{ class: string; limit: number }>()(parameter =>
  queries
    .selectFrom('audit_events')
    .select(['id', 'action', 'occurred_at'])
    .where(
      'id',
      '>',
      sql<string>`coalesce((select event_id from latchkey.audit_retention where class = ${parameter.class}),
        '00000000-0000-0000-0000-000000000000')`,
    )
    .orderBy('id')
    .limit(sql<number>`${parameter.limit}::bigint`),
)

/** Takes away what opens events; what was committed to stays. */
export const emptyEvents = prepare<{ ids: string[] }>()(parameter =>
  queries
    .updateTable('audit_events')
    .set({ disclosures_sealed: Buffer.alloc(0) })
    .where(sql<boolean>`id = any(${parameter.ids}::uuid[])`)
    .where(sql<boolean>`length(disclosures_sealed) > 0`),
)

// Of two sweeps at once, the one that came further is believed.
const moveOn = prepare<{ class: string; eventId: string }>()(parameter =>
  queries
    .insertInto('audit_retention')
    .values({ class: parameter.class, event_id: parameter.eventId })
    .onConflict(conflict =>
      conflict.column('class').doUpdateSet({ event_id: sql`greatest(audit_retention.event_id, excluded.event_id)` }),
    ),
)

export function createAuditRetention(scope: SqlScope): Pick<AuditEventRepository, 'emptyBefore'> {
  return {
    async emptyBefore({ class: name, actions, moment, limit }) {
      const rows = await scope.run(listNext, { class: name, limit })
      const firstToStay = rows.findIndex(row => row.occurred_at >= moment)
      const passed = firstToStay === -1 ? rows : rows.slice(0, firstToStay)
      const last = passed.at(-1)
      if (last === undefined) return { passed: 0, emptied: 0 }
      const ids = passed.filter(({ action }) => actions.includes(action)).map(({ id }) => id)
      const emptied = ids.length > 0 ? await scope.change(emptyEvents, { ids }) : 0
      await scope.post(moveOn, { class: name, eventId: last.id })
      return { passed: passed.length, emptied }
    },
  }
}
