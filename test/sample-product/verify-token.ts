import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'

/** What the API knows about a caller, once the token was verified (RFC 9068 §2.2). */
export interface AccessToken extends JWTPayload {
  sub: string
  client_id: string
  scope?: string
  /** How strong the sign-in was (OpenID Connect Core §2). */
  acr?: string
  /** Seconds since the epoch. */
  auth_time?: number
}

/** The issuer's keys could not be read: the token is neither good nor bad, and the caller should try again. */
export class IssuerAway extends Error {}

/**
 * Makes a function that verifies access tokens of one issuer for one audience, as RFC 9068 §4 asks. Keys come from the issuer's
 * discovery document and are read again when an unknown one signs. It rejects with `IssuerAway`, or with an error of jose.
 */
export function createTokenVerifier(issuer: string, audience: string): (token: string) => Promise<AccessToken> {
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined

  return async token => {
    try {
      keys ??= createRemoteJWKSet(await discoverKeySet(issuer))
      const { payload } = await jwtVerify<AccessToken>(token, keys, {
        issuer,
        audience,
        typ: 'at+jwt',
        algorithms: ['ES256', 'EdDSA', 'RS256'], // what Latchkey can be set to sign with; an API may name just the one
        requiredClaims: ['sub', 'client_id', 'iat', 'exp', 'jti'],
      })
      return payload
    } catch (error) {
      throw isAboutTheToken(error) ? error : new IssuerAway(`${issuer} did not answer with its keys`, { cause: error })
    }
  }
}

async function discoverKeySet(issuer: string): Promise<URL> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5000) })
  const metadata = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown }
  if (metadata.issuer !== issuer) throw new Error('the discovery document names another issuer')
  return new URL(String(metadata.jwks_uri))
}

/** jose gives its generic code to a key set that cannot be fetched, and codes of their own to all that can be wrong with a token. */
function isAboutTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== errors.JOSEError.code
  )
}
