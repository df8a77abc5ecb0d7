import { type Circumstances, recordEvent } from '../audit/record.ts'
import type { RequestFacts } from '../http/context.ts'
import { secondsAfter } from '../kernel/clock.ts'
import type { SessionEnder } from '../oidc/end-sessions.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Notices } from '../users/notices.ts'
import { assertNoLastAdmin } from '../workspaces/members.ts'

/**
 * Has somebody's account deleted when the time in which they can take that back is over, and signs them out everywhere at once, in the
 * caller's transaction, in the protocol's scope. Answers when it will be. Rejects with AppError `last-admin` where a workspace would be left
 * without one.
 */
export async function scheduleErasure(
  repositories: Repositories,
  { sessionEnder, notices, erasureGraceSeconds }: { sessionEnder: SessionEnder; notices: Notices; erasureGraceSeconds: number },
  { user, facts, circumstances }: { user: UserRecord; facts: RequestFacts; circumstances: Circumstances },
): Promise<Date> {
  await assertNoLastAdmin(repositories, user.id)
  const dueAt = secondsAfter(circumstances.clock(), erasureGraceSeconds)
  await repositories.accounts.scheduleErasure(user.id, dueAt)
  const before = { erasure_due_at: user.erasureDueAt ?? null }
  const after = { erasure_due_at: dueAt }
  await recordEvent(repositories, { action: 'account.erasure-scheduled', userId: user.id, before, after }, circumstances)
  await notices.notify(repositories, user, { kind: 'erasure-scheduled', dueAt }, facts)
  await sessionEnder.endAllWithin(repositories, user.id, { reason: 'account-deleted', circumstances })
  return dueAt
}
