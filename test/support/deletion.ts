import { withoutRequest } from '../../provider/audit/record.ts'
import type { Data } from '../../provider/ports/data.ts'
import { eraseDueAccounts } from '../../provider/users/erasure.ts'
import { deleteDueWorkspaces } from '../../provider/workspaces/deletion.ts'
import { asJob, noon } from './records.ts'

const clock = () => noon

/** Erases somebody as the sweep does, with what was theirs alone, until nothing is left to be done. */
export async function eraseWhole(data: Data, userId: string): Promise<void> {
  await data.scoped(asJob, ({ accounts }) => accounts.scheduleErasure(userId, noon))
  while (await eraseBatch(data));
  while (await deleteBatch(data));
}

/** One transaction of the sweep; `limit` rows of a table at most. */
export function eraseBatch(data: Data, limit = 500): Promise<boolean> {
  return data.scoped(asJob, repositories => eraseDueAccounts(repositories, clock, limit))
}

export function deleteBatch(data: Data, limit = 500): Promise<boolean> {
  return data.scoped(asJob, repositories => deleteDueWorkspaces(repositories, limit, withoutRequest(asJob, clock)))
}
