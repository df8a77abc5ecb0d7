import type { Middleware } from './context.ts'

/**
 * `form-action` is left out on purpose: browsers hold a form's later redirects to it too, and a sign-in ends at the app's
 * redirect URI.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/** On every response, errors included. `no-store` is the rule; what may be cached says so itself. */
export function setSecurityHeaders(issuer: string): Middleware {
  const secure = issuer.startsWith('https:')
  return function securityHeaders(ctx, next) {
    ctx.set('Content-Security-Policy', contentSecurityPolicy)
    ctx.set('X-Content-Type-Options', 'nosniff')
    ctx.set('X-Frame-Options', 'DENY')
    ctx.set('Referrer-Policy', 'same-origin')
    ctx.set('Cross-Origin-Opener-Policy', 'same-origin')
    ctx.set(
      'Permissions-Policy',
      'camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)',
    )
    ctx.set('Cache-Control', 'no-store')
    if (secure) ctx.set('Strict-Transport-Security', 'max-age=63072000; includeSubDomains')
    return next()
  }
}
