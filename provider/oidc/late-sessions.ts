import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { currentContext } from './request-state.ts'

interface Kept {
  id: string
  exp?: number
  save(ttlSeconds: number): Promise<unknown>
}

/**
 * When oidc-provider shows a form once more because of an error, it gives the session a new secret for that form. Where the
 * session only began in this request it was never stored, and storing it then failed: a stale form ended in a 500. Such a session
 * is stored as any other, with its cookie, so that the form that is shown can be sent.
 */
export function keepLateSessions(provider: Provider, { cookies, ttl }: Configuration): void {
  const sessions: { persist(this: Kept): Promise<unknown> } = provider.Session.prototype
  const { persist } = sessions
  sessions.persist = async function persistOrBegin() {
    const ctx = currentContext()
    if (typeof this.exp === 'number' || ctx === undefined) return persist.call(this)
    ctx.cookies.set(provider.cookieName('session'), this.id, cookies?.long)
    return this.save(secondsFor(ctx, ttl))
  }
}

function secondsFor(ctx: KoaContextWithOIDC, ttl: Configuration['ttl']): number {
  const configured = ttl?.Session
  if (ctx.oidc.session === undefined || configured === undefined) throw new Error('sessions have no configured length')
  return typeof configured === 'function' ? configured(ctx, ctx.oidc.session) : configured
}
