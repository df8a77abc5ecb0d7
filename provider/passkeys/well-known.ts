import type { Limit } from '../http/limits.ts'
import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'

/** Where a person adds and manages passkeys. */
export const passkeysPath = '/account/ways-in'

/** What browsers and password managers look for. */
export function passkeyWellKnownRoutes({
  issuer,
  relatedOrigins,
}: {
  issuer: string
  relatedOrigins: readonly string[]
}): Route[] {
  const limit = (name: string): Limit => ({ name, by: 'address', points: 60, windowSeconds: 60 })
  return [
    // The origins that may use passkeys of this one's (Web Authentication Level 3, §5.11).
    route({
      method: 'GET',
      path: '/.well-known/webauthn',
      access: 'public',
      mode: 'no-data',
      limits: [limit('related-origins')],
      handler() {
        if (relatedOrigins.length === 0) throw new AppError('not-found')
        return { kind: 'json', body: { origins: relatedOrigins } }
      },
    }),
    // W3C "A Well-Known URL for Relying Party Passkey Endpoints".
    route({
      method: 'GET',
      path: '/.well-known/passkey-endpoints',
      access: 'public',
      mode: 'no-data',
      limits: [limit('passkey-endpoints')],
      handler: () => ({ kind: 'json', body: { enroll: `${issuer}${passkeysPath}`, manage: `${issuer}${passkeysPath}` } }),
    }),
  ]
}
