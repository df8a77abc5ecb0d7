import type { Middleware } from '../http/context.ts'
import { AppError } from '../kernel/errors.ts'

/** Every path that oidc-provider serves here; below /authorize and /device, what follows is an id that it made. */
const paths = new Set([
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
  '/authorize',
  '/device',
  '/device_authorization',
  '/introspect',
  '/jwks',
  '/logout',
  '/logout/confirm',
  '/logout/success',
  '/par',
  '/revoke',
  '/token',
  '/userinfo',
])
const withId = new Set(['authorize', 'device'])

/**
 * oidc-provider's router takes `/Token` and `/token/` for `/token`. Limits, origins and everything else of ours go by the exact
 * path, so another spelling would be served without them: there is nothing there.
 */
export const requireExactPaths: Middleware = function exactPaths(ctx, next) {
  if (isOtherSpelling(ctx.path)) throw new AppError('not-found')
  return next()
}

function isOtherSpelling(path: string): boolean {
  const usual = path.toLowerCase().replace(/\/$/, '')
  if (paths.has(usual)) return path !== usual
  // An id is as it was made, so only what stands before it can be compared.
  const [, segment = '', id] = path.split('/')
  if (id === undefined || !withId.has(segment.toLowerCase())) return false
  return !withId.has(segment) || path.endsWith('/')
}
