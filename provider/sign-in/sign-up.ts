import type { Circumstances } from '../audit/record.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { createUser } from '../users/create.ts'
import { foundPersonalWorkspace } from '../workspaces/founding.ts'

/** First sign-in of an address that nobody had: the user, and the workspace that is theirs alone. */
export async function signUp(
  repositories: Repositories,
  newcomer: { address: string; locale: string; vouchedBy?: string },
  circumstances: Omit<Circumstances, 'actor'>,
): Promise<UserRecord> {
  const user = await createUser(repositories, newcomer, circumstances)
  await foundPersonalWorkspace(repositories, { userId: user.id }, { ...circumstances, actor: { kind: 'user', userId: user.id } })
  return user
}
