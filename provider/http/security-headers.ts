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
export function listSecurityHeaders(issuer: string): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': contentSecurityPolicy,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self)',
    'Cache-Control': 'no-store',
    ...(issuer.startsWith('https:') ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {}),
  }
}

export function setSecurityHeaders(issuer: string): Middleware {
  const headers = { ...listSecurityHeaders(issuer) }
  return function securityHeaders(ctx, next) {
    ctx.set(headers)
    return next()
  }
}
