import { LRUCache } from 'lru-cache'
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose'
import type { Clock } from '../kernel/clock.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { SigningKey } from './signing.ts'

/** Signatures that were found good. A fact about bytes, so it may be remembered; expiry and revocation are asked every time. */
const rememberedTokens = 10_000

/** The claims of an access token of ours that has not expired; undefined where it is none. Whether it still counts is not asked. */
export type VerifyAccessToken = (token: string) => Promise<JWTPayload | undefined>

/** Verifies JWT access tokens (RFC 9068 §4). */
export function createAccessTokenVerifier(issuer: string, keys: readonly SigningKey[], clock: Clock): VerifyAccessToken {
  const keySet = createLocalJWKSet({
    keys: keys.map(key => ({ ...key.keyObject().export({ format: 'jwk' }), kid: key.kid, alg: key.alg })),
  })
  const algorithms = [...new Set(keys.map(key => key.alg))]
  const good = new LRUCache<string, JWTPayload>({ max: rememberedTokens })

  return async function verify(token) {
    const fingerprint = hashSecret(token).toString('base64')
    const known = good.get(fingerprint)
    const payload =
      known ??
      (await jwtVerify(token, keySet, {
        issuer,
        algorithms,
        typ: 'at+jwt',
        currentDate: clock(),
        requiredClaims: ['exp', 'jti', 'client_id'],
      }).then(
        verified => verified.payload,
        () => undefined,
      ))
    if (payload === undefined || Number(payload.exp) * 1000 <= clock().getTime()) return undefined
    if (known === undefined) good.set(fingerprint, payload)
    return payload
  }
}
