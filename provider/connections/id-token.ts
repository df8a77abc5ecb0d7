import { compactVerify, decodeJwt } from 'jose'
import { clockToleranceSeconds } from './configuration.ts'
import { type Claims, type Connection, tenantPlaceholder } from './connection.ts'
import { signingAlgorithms, type UpstreamKeys } from './discovery.ts'
import { UpstreamFailure } from './failure.ts'

export interface IdTokenChecks {
  keys: UpstreamKeys
  now: Date
  /** What the authorization response named as its issuer (RFC 9207), where it did. */
  issuer: string | undefined
  maxAgeSeconds: number | undefined
}

/**
 * What openid-client leaves open about an ID token that it took: the signature (it trusts the connection that the token came by), and
 * the rest of OpenID Connect Core §3.1.3.7. Rejects with UpstreamFailure or jose's errors.
 */
export async function verifyIdToken(idToken: string, connection: Connection, checks: IdTokenChecks): Promise<Claims> {
  const { keys, now, issuer, maxAgeSeconds } = checks
  const { protectedHeader } = await compactVerify(idToken, keys, { algorithms: [...signingAlgorithms] })
  // An access token or a logout token of the same issuer is not for this (RFC 8725 §3.11).
  if (protectedHeader.typ !== undefined && protectedHeader.typ.toUpperCase() !== 'JWT') throw unacceptable('typ')
  const claims: Claims = decodeJwt(idToken)

  const { iss, azp, iat, auth_time: authenticatedAt } = claims
  if (issuer !== undefined && iss !== issuer) throw new UpstreamFailure('mix-up', 'The answer and the ID token name two issuers.')
  if (azp !== undefined && azp !== connection.clientId) throw unacceptable('azp')
  if (!isKeyOf(claims, keys, protectedHeader.kid)) throw unacceptable('iss, which is not whose key signed it')

  const seconds = now.getTime() / 1000
  if (typeof iat !== 'number') throw unacceptable('iat')
  if (iat > seconds + clockToleranceSeconds) throw new UpstreamFailure('clock-off', 'The ID token is of a moment yet to come.')
  if (maxAgeSeconds !== undefined) {
    const isFresh = typeof authenticatedAt === 'number' && authenticatedAt + maxAgeSeconds + clockToleranceSeconds >= seconds
    if (!isFresh) throw new UpstreamFailure('sign-in-too-old', 'The ID token shows no sign-in as recent as was asked for.')
  }
  return claims
}

/** Microsoft publishes many organisations' keys together, each with whose it is, as a template again where it is everybody's. */
function isKeyOf({ iss, tid }: Claims, keys: UpstreamKeys, kid: string | undefined): boolean {
  const published: ReadonlyArray<Claims> = keys.jwks()?.keys.map(key => ({ ...key })) ?? []
  const owner = published.find(key => key['kid'] === kid)?.['issuer']
  return typeof owner !== 'string' || owner.replace(tenantPlaceholder, () => String(tid)) === iss
}

function unacceptable(what: string): UpstreamFailure {
  return new UpstreamFailure('token-unacceptable', `The ID token has an unexpected ${what}.`)
}
