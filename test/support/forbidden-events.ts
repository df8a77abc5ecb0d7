import { changeRows } from './durable-rows.ts'
import type { RunningLatchkey } from './latchkey.ts'

/** Has the database refuse each audit event of an action from now on, as a full disk would. */
export async function forbidEvents(latchkey: RunningLatchkey, action: string): Promise<void> {
  await changeRows(
    latchkey,
    'audit_events',
    `alter table latchkey.audit_events add constraint forbidden check (action <> '${action}') not valid`,
  )
}

export async function allowEvents(latchkey: RunningLatchkey): Promise<void> {
  await changeRows(latchkey, 'audit_events', 'alter table latchkey.audit_events drop constraint if exists forbidden')
}
