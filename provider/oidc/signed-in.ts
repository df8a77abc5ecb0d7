import type { Provider } from 'oidc-provider'
import type { Context } from '../http/context.ts'
import type { Proof } from '../policy/proof.ts'
import { withinRequest } from './request-state.ts'
import { sessionCookie } from './session-cookie.ts'
import { addProofs, proofsOf } from './session-proofs.ts'

/** Whoever is signed in in this browser. */
export interface SignedIn {
  userId: string
  sessionUid: string
  /** What the session proved: each method's newest proof. */
  proofs: readonly Proof[]
}

/** Sessions, for pages of ours that are no part of the protocol. */
export interface BrowserSessions {
  /** Undefined where nobody is signed in; the user may be suspended or gone since. */
  find(ctx: Context): Promise<SignedIn | undefined>
  /** Adds what was proved on such a page, as enrolling does: the session that goes on gets a new id. */
  addProof(ctx: Context, proof: Proof): Promise<void>
}

export function createBrowserSessions(provider: Provider): BrowserSessions {
  return {
    async find(ctx) {
      const session = await provider.Session.get(ctx)
      const { accountId, uid } = session
      return accountId === undefined || uid === undefined
        ? undefined
        : { userId: accountId, sessionUid: uid, proofs: proofsOf(session) }
    },
    async addProof(ctx, proof) {
      await withinRequest(ctx, async () => {
        const session = await provider.Session.get(ctx)
        if (session.accountId === undefined) return
        addProofs(session, proofsOf(session), [proof])
        session.resetIdentifier()
        await session.persist()
        const expires = new Date(session.exp * 1000)
        ctx.cookies.set(provider.cookieName('session'), session.jti, { ...sessionCookie, expires })
      })
    },
  }
}
