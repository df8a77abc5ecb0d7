import type { Circumstances } from '../audit/record.ts'
import type { Proof } from '../policy/proof.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { createUser } from '../users/create.ts'
import { foundPersonalWorkspace } from '../workspaces/personal.ts'

/** Whom a proof is about, if they have an account. */
export async function findPerson(
  { users, upstreamIdentities }: Repositories,
  { subject }: Proof,
): Promise<UserRecord | undefined> {
  switch (subject.kind) {
    case 'user':
      return users.findById(subject.userId)
    case 'address':
      return users.findByAddress(subject.address)
    case 'upstream': {
      // By who they are there and nothing else; an address that is the same proves nothing.
      const identity = await upstreamIdentities.find(subject.connection, subject.issuer, subject.subject)
      return identity === undefined ? undefined : users.findById(identity.userId)
    }
  }
}

/** First sign-in of an address that nobody had: the user, and the workspace that is theirs alone. */
export async function signUp(
  repositories: Repositories,
  newcomer: { address: string; locale: string },
  circumstances: Omit<Circumstances, 'actor'>,
): Promise<UserRecord> {
  const user = await createUser(repositories, newcomer, circumstances)
  await foundPersonalWorkspace(repositories, { userId: user.id }, { ...circumstances, actor: { kind: 'user', userId: user.id } })
  return user
}
