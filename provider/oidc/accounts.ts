import type { Account, KoaContextWithOIDC } from 'oidc-provider'
import type { Data } from '../ports/data.ts'
import type { UserRecord } from '../ports/records.ts'
import { findGrantFacts, protocol } from './grant-adapter.ts'
import { stateOf } from './request-state.ts'

/** What `findAccount` answers, and so what `ctx.oidc.account` is. */
export interface OwnAccount extends Account {
  user: UserRecord
}

/**
 * The person of a session or token. Undefined for whoever is gone or suspended, which ends sessions and tokens alike. Where the
 * request has a grant for the person already, its facts serve, so the database is asked once.
 */
export function createFindAccount(data: Data) {
  return async function findAccount(ctx: KoaContextWithOIDC, accountId: string): Promise<OwnAccount | undefined> {
    const user = await findUser(ctx, accountId)
    if (user?.status !== 'active') return undefined
    return {
      accountId,
      user,
      claims: () => ({ sub: accountId, ...claimsOf(user) }),
    }
  }

  async function findUser(ctx: KoaContextWithOIDC, userId: string): Promise<UserRecord | undefined> {
    const known = stateOf(ctx).grantFacts?.user
    if (known?.id === userId) return known
    const grantId = ctx.oidc.client === undefined ? undefined : ctx.oidc.session?.grantIdFor(ctx.oidc.client.clientId)
    const facts = grantId === undefined ? undefined : await findGrantFacts(data, grantId)
    if (facts?.user.id === userId) return facts.user
    if (ctx.oidc.session === undefined || ctx.oidc.client === undefined || grantId !== undefined) {
      return data.read(protocol, ({ users }) => users.findById(userId))
    }
    // A grant is going to be made for them, in one of their workspaces: asked for together.
    const [user, workspaces] = await data.read(protocol, repositories =>
      Promise.all([repositories.users.findById(userId), repositories.workspaces.listForUser(userId)]),
    )
    stateOf(ctx).workspaces = { userId, workspaces }
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
