import type { InferResult } from 'kysely'
import type { FoundEvent } from '../../../provider/ports/audit-events.ts'
import { queries } from '../statement.ts'
import { fromNullable } from '../values.ts'
import type { Vault } from '../vault.ts'
import { keyOfPerson, openDisclosures } from './audit-disclosures.ts'

/** Events with what opens them. */
export const eventQuery = () =>
  queries
    .selectFrom('audit_events as e')
    .select(['e.id', 'e.workspace_id', 'e.user_id', 'e.action', 'e.occurred_at', 'e.actor', 'e.target', 'e.commitments'])
    .select(['e.disclosures_sealed', keyOfPerson])

export type EventRow = InferResult<ReturnType<typeof eventQuery>>[number]

/** An event as it is kept now, whatever became of what opens its commitments. */
export async function openEvent(vault: Vault, row: EventRow): Promise<FoundEvent> {
  return {
    id: row.id,
    workspaceId: fromNullable(row.workspace_id),
    userId: fromNullable(row.user_id),
    action: row.action,
    occurredAt: row.occurred_at,
    actor: fromNullable(row.actor),
    target: fromNullable(row.target),
    commitments: row.commitments,
    disclosure: await openDisclosures(vault, row),
  }
}
