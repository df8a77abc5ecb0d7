import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import type { Data } from '../ports/data.ts'
import type { UserRecord, UserWithFactors } from '../ports/records.ts'
import { findFactsOfSession, protocol } from './grant-adapter.ts'
import { stateOf } from './request-state.ts'
import { choose, chooseWorkspace, guessGrant } from './workspace-choice.ts'

/** What `findAccount` answers, and so what `ctx.oidc.account` is. */
export interface OwnAccount extends Account {
  user: UserRecord
  /** Whether a factor is enrolled; undefined where nobody's session is used, and so nobody is asked for it. */
  hasFactors: boolean | undefined
}

/**
 * The person of a session or token. Undefined for whoever is gone or suspended, which ends sessions and tokens alike. Where the
 * request has a grant for the person already, its facts serve, so the database is asked once.
 */
export function createFindAccount(data: Data) {
  return async function findAccount(ctx: KoaContextWithOIDC, accountId: string): Promise<OwnAccount | undefined> {
    const { session } = ctx.oidc
    const user: (UserRecord & { hasFactors?: boolean }) | undefined =
      session === undefined ? await findUser(ctx, accountId) : await findUserOfSession(ctx, accountId)
    if (user?.status !== 'active') return undefined
    return {
      accountId,
      user,
      hasFactors: user.hasFactors,
      claims: () => ({ sub: accountId, ...claimsOf(user) }),
    }
  }

  async function findUser(ctx: KoaContextWithOIDC, userId: string): Promise<UserRecord | undefined> {
    const known = stateOf(ctx).grantFacts?.user
    return known?.id === userId ? known : data.read(protocol, ({ users }) => users.findById(userId))
  }

  /** Whoever is signed in, with what is going to be asked of them, and where they are going to work. */
  async function findUserOfSession(ctx: KoaContextWithOIDC, userId: string): Promise<UserWithFactors | undefined> {
    const state = stateOf(ctx)
    const guess = guessGrant(ctx)
    const facts = guess && (await findFactsOfSession(data, guess.grantId))
    if (facts?.membership !== undefined && facts.user.id === userId && guess?.agrees(facts.membership) === true) {
      state.workspace = choose(facts.membership)
      return facts.user
    }
    const [user, memberships] = await data.read(protocol, ({ users, workspaces }) =>
      Promise.all([users.findWithFactors(userId), workspaces.listMembershipFacts(userId)]),
    )
    state.workspace = chooseWorkspace(ctx, memberships)
    return user
  }
}

/** OpenID Connect Core §5.1. */
function claimsOf(user: UserRecord): Record<string, unknown> {
  return {
    email: user.address,
    email_verified: true,
    locale: user.locale,
    ...(user.name === undefined ? {} : { name: user.name }),
  }
}

export const claims = {
  openid: ['sub', 'acr', 'amr', 'auth_time', 'sid'],
  email: ['email', 'email_verified'],
  profile: ['name', 'locale'],
}
