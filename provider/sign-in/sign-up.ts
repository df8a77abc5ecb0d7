import type { Circumstances } from '../audit/record.ts'
import type { UserRecord } from '../ports/records.ts'
import type { Repositories } from '../ports/repositories.ts'
import { createUser } from '../users/create.ts'
import { foundPersonalWorkspace } from '../workspaces/founding.ts'

export interface SignUpOptions {
  /** Whether everybody may who proves an address, or only whoever sets the installation up and those whom a workspace has invited. */
  signUpAllowed: boolean
  /** Whether a new user has a workspace of their own. */
  hasPersonalWorkspace: boolean
}

export type SignUp = ReturnType<typeof createSignUp>

/** The first sign-in of an address that nobody had. */
export function createSignUp({ signUpAllowed, hasPersonalWorkspace }: SignUpOptions) {
  return {
    /** Whether whoever has proved the address may have an account: an invitation from an Admin is leave to. */
    async isAllowed({ invitations, firstSetUp }: Repositories, address: string, moment: Date): Promise<boolean> {
      return signUpAllowed || (await invitations.isInvited(address, moment)) || firstSetUp.isAwaited(address)
    },

    /** Makes the user, and the workspace that is theirs alone where they are to have one. */
    async signUp(
      repositories: Repositories,
      newcomer: { address: string; locale: string; vouchedBy?: string },
      circumstances: Omit<Circumstances, 'actor'>,
    ): Promise<UserRecord> {
      const user = await createUser(repositories, newcomer, circumstances)
      const { id: userId } = user
      if (hasPersonalWorkspace)
        await foundPersonalWorkspace(repositories, { userId }, { ...circumstances, actor: { kind: 'user', userId } })
      return user
    },
  }
}
