import type { Context } from '../http/context.ts'
import { findBrowser, recogniseBrowser } from '../http/browser-cookie.ts'

/*
 * An interaction belongs to the browser that began it. oidc-provider knows it by cookies of its own, which lie under a path and so
 * can be set by a neighbour: another subdomain, or another port of the same host. Whoever planted theirs would have somebody
 * else prove who they are in an interaction that is theirs. The name of the browser is a `__Host-` cookie, which no neighbour can set
 * (RFC 6265bis §4.1.3.2), so that is what decides.
 */

/** Written into the interaction when it begins. */
export function markBrowser(ctx: Pick<Context, 'cookies'>): { browser: string } {
  return { browser: recogniseBrowser(ctx).toString('base64url') }
}

/** Whether this request comes from the browser in which the interaction began. */
export function belongsTo(interaction: object, ctx: Pick<Context, 'cookies'>): boolean {
  const began: unknown = Reflect.get(interaction, 'browser')
  return typeof began === 'string' && findBrowser(ctx)?.toString('base64url') === began
}
