import { sql } from 'kysely'
import { AppError } from '../../../provider/kernel/errors.ts'
import type { Disclosure } from '../../../provider/ports/audit-chain.ts'
import type { AuditEventRecord } from '../../../provider/ports/records.ts'
import type { DataKey } from '../../../provider/ports/field-cipher.ts'
import type { Schema } from '../schema.ts'
import type { Vault } from '../vault.ts'

/** For each row by itself: with a limit that a plan doesn't know, Postgres may take a join for worth reading all keys for. */
export const keyOfPerson = sql<Buffer | null>`(select wrapped from latchkey.user_keys as k where k.user_id = e.user_id)`.as(
  'wrapped',
)

/** An event with the key of the person whom it concerns, where that is there still. */
export type SealedEventRow = Pick<Schema['audit_events'], 'id' | 'workspace_id' | 'user_id' | 'disclosures_sealed'> & {
  wrapped: Buffer | null
}

// As the index audit_events_activity has them, word for word: only so does Postgres know that it may use it.
export const isActivity = sql<boolean>`action not in ('token.issued', 'refresh-token.rotated', 'grant.created', 'grant.changed')`

const disclosuresOf = (eventId: string) => ({ table: 'audit_events', column: 'disclosures', row: eventId })

/** Under the key of whom the event concerns, so that erasing them erases what it says about them. */
export async function sealDisclosures(vault: Vault, event: AuditEventRecord): Promise<Buffer> {
  const { userId, workspaceId } = event
  const key =
    userId !== undefined
      ? await vault.userKey(userId)
      : workspaceId !== undefined
        ? await vault.workspaceKey(workspaceId)
        : vault.installation
  return key.seal(disclosuresOf(event.id), JSON.stringify(event.disclosures))
}

/** Rejects only where the keys cannot be reached: what is wrong with the event itself is the answer. */
export async function openDisclosures(vault: Vault, row: SealedEventRow): Promise<Disclosure> {
  if (row.disclosures_sealed.length === 0) return { kind: 'emptied' }
  if (row.user_id !== null && row.wrapped === null) return { kind: 'erased' }
  try {
    const key = await findKey(vault, row)
    const text = key.open(disclosuresOf(row.id), row.disclosures_sealed)
    // What `sealDisclosures` sealed; the seal shows that nobody else did.
    return { kind: 'open', disclosures: JSON.parse(text) as AuditEventRecord['disclosures'] }
  } catch (error) {
    if (!(error instanceof AppError)) return { kind: 'broken' }
    if (error.code === 'not-found') return { kind: 'erased' }
    throw error
  }
}

async function findKey(vault: Vault, { user_id: userId, workspace_id: workspaceId, wrapped }: SealedEventRow): Promise<DataKey> {
  if (userId !== null) return vault.userKey(userId, wrapped ?? undefined)
  return workspaceId === null ? vault.installation : vault.workspaceKey(workspaceId)
}
