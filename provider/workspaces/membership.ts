import { AppError } from '../kernel/errors.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { MemberRecord } from '../ports/workspace-records.ts'

/** Rejects with AppError `not-found` for whoever is no member of the workspace. */
export async function findMember(
  { members }: Pick<Repositories, 'members'>,
  workspaceId: string,
  userId: string,
): Promise<MemberRecord> {
  const member = await members.find(workspaceId, userId)
  if (member === undefined) throw new AppError('not-found')
  return member
}
