import type { AppRegistry } from '../apps/registry.ts'
import type { Middleware } from '../http/context.ts'
import { isPublished } from './published-documents.ts'
import { tokenPath, usesCookie } from './refresh-cookie.ts'
import { servedContext } from './request-state.ts'

/** What pages of apps call. */
const endpoints = new Set(['/token', '/userinfo', '/par', '/revoke', '/introspect', '/device_authorization'])

/**
 * CORS (Fetch Standard §3.2) for browser apps. oidc-provider lets an app's own origins read answers, once it knows the app; what
 * it lacks is credentials, which only the refresh cookie needs, and a preflight that is refused to origins that no app has. What
 * is published is for everybody.
 */
export function allowAppOrigins(registry: AppRegistry): Middleware {
  return async function crossOrigin(ctx, next) {
    const origin = ctx.get('origin')
    await next()
    if (origin !== '' && ctx.status === 429 && endpoints.has(ctx.path) && (await registry.isKnownOrigin(origin))) {
      // Nobody got as far as the app's name, and the page has to know how long to wait.
      ctx.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': 'Retry-After' })
      ctx.vary('Origin')
      if (ctx.path === tokenPath && (await registry.isCookieOrigin(origin))) ctx.set('Access-Control-Allow-Credentials', 'true')
      return
    }
    if (origin === '' || ctx.response.get('access-control-allow-origin') !== origin) return
    if (ctx.method === 'OPTIONS') {
      if (isPublished(ctx.path)) return
      if (!(await registry.isKnownOrigin(origin))) ctx.remove('Access-Control-Allow-Origin')
      else if (ctx.path === tokenPath && (await registry.isCookieOrigin(origin)))
        ctx.set('Access-Control-Allow-Credentials', 'true')
      return
    }
    const served = servedContext(ctx)
    if (served?.oidc.route === 'token' && usesCookie(served)) ctx.set('Access-Control-Allow-Credentials', 'true')
  }
}
