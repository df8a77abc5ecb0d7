import { type Circumstances, recordEvent, withoutRequest } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'

/**
 * Goes on, in the caller's transaction, with the erasure of one of those who have asked for it, as soon as the time in which they could
 * take it back is over. In the first such transaction their key is destroyed, which the installation's log says, and what it keeps of
 * them can't be read any more; the rows that are left go by at most about `limit` at a time. False where there is nothing to be done.
 */
export async function eraseDueAccounts(repositories: Repositories, clock: Clock, limit: number): Promise<boolean> {
  const { accounts } = repositories
  const moment = clock()
  const [userId] = await accounts.listDueForErasure(moment, 1)
  if (userId === undefined) return false
  await accounts.lock(userId)
  // Kept at the last moment, or another node was quicker.
  const [stillDue] = await accounts.listDueForErasure(moment, 1)
  if (stillDue !== userId) return true
  const erasure = await accounts.erase(userId, moment, limit)
  if (erasure.kind === 'more') return true
  if (erasure.kind === 'erased') await recordErasure(repositories, userId, erasure.workspaceIds, clock)
  await accounts.eraseRemains(userId, limit)
  return true
}

async function recordErasure(repositories: Repositories, userId: string, workspaceIds: string[], clock: Clock): Promise<void> {
  const circumstances = withoutRequest({ kind: 'system', reason: 'job' }, clock)
  await recordEvent(repositories, { action: 'account.erased', erased_user_id: userId }, circumstances)
  for (const id of workspaceIds) {
    await recordEvent(repositories, { action: 'workspace.deleted', deleted_workspace_id: id }, circumstances)
    await recordEvent(repositories, { action: 'workspace.key-destroyed', deleted_workspace_id: id }, circumstances)
  }
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
