import { type Circumstances, recordEvent } from '../audit/record.ts'
import { newId } from '../kernel/ids.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'

/**
 * Makes the user whose address has just been proved, or vouched for by a connection, in the caller's transaction. The user is the actor of
 * their own beginning.
 */
export async function createUser(
  repositories: Repositories,
  { address, locale, vouchedBy }: { address: string; locale: string; vouchedBy?: string },
  circumstances: Omit<Circumstances, 'actor'>,
): Promise<UserRecord> {
  const id = newId()
  const createdAt = circumstances.clock()
  await repositories.users.create({ id, address, locale, createdAt, ...(vouchedBy === undefined ? {} : { vouchedBy }) })
  await recordEvent(
    repositories,
    {
      action: 'user.created',
      userId: id,
      after: { address, locale, ...(vouchedBy === undefined ? {} : { vouched_by: vouchedBy }) },
    },
    { ...circumstances, actor: { kind: 'user', userId: id } },
  )
  return {
    id,
    status: 'active',
    address,
    addressVerifiedAt: createdAt,
    name: undefined,
    locale,
    createdAt,
    erasureDueAt: undefined,
    proofsFrom: undefined,
  }
}
