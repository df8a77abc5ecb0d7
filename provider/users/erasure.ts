import { type Circumstances, recordEvent, withoutRequest } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'

/**
 * Deletes, in the caller's transaction, at most `limit` of the accounts whose persons have asked for it, as soon as the time in
 * which they could take it back is over; answers how many. What the audit log keeps of them can't be read any more.
 */
export async function eraseDueAccounts(repositories: Repositories, clock: Clock, limit: number): Promise<number> {
  const circumstances = withoutRequest({ kind: 'system', reason: 'job' }, clock)
  const due = await repositories.accounts.listDueForErasure(clock(), limit)
  for (const userId of due) {
    await repositories.accounts.erase(userId)
    await recordEvent(repositories, { action: 'account.erased', erased_user_id: userId }, circumstances)
  }
  return due.length
}

/** Lets an account stay whose person had asked for its deletion, in the caller's transaction. False where nobody had. */
export async function cancelErasure(
  repositories: Repositories,
  { id, erasureDueAt }: UserRecord,
  circumstances: Circumstances,
): Promise<boolean> {
  if (erasureDueAt === undefined) return false
  await repositories.accounts.scheduleErasure(id, undefined)
  await recordEvent(
    repositories,
    {
      action: 'account.erasure-cancelled',
      userId: id,
      before: { erasure_due_at: erasureDueAt },
      after: { erasure_due_at: null },
    },
    circumstances,
  )
  return true
}
