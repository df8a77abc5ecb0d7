import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AppRegistry } from '../apps/registry.ts'
import type { Middleware } from '../http/context.ts'
import { usesCookie } from './refresh-cookie.ts'

/**
 * CORS (Fetch Standard §3.2) for browser apps. oidc-provider lets an app's own origins read answers, once it knows the app; what
 * it lacks is credentials, for the refresh cookie, and a preflight that is refused to origins that no app has.
 */
export function allowAppOrigins(registry: AppRegistry): Middleware {
  return async function crossOrigin(ctx, next) {
    const origin = ctx.get('origin')
    await next()
    if (origin === '' || ctx.response.get('access-control-allow-origin') !== origin) return
    if (ctx.method === 'OPTIONS') {
      if (await registry.isKnownOrigin(origin)) ctx.set('Access-Control-Allow-Credentials', 'true')
      else ctx.remove('Access-Control-Allow-Origin')
      return
    }
    // Set by oidc-provider on what it serves; undefined on everything else.
    const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>
    if (oidc?.client !== undefined && oidc.route === 'token' && usesCookie(ctx as unknown as KoaContextWithOIDC))
      ctx.set('Access-Control-Allow-Credentials', 'true')
  }
}
