import type { JWTPayload } from 'jose'
import type { AccessToken, ClientCredentials, Provider } from 'oidc-provider'
import { recordEvent } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Data } from '../ports/data.ts'
import { findGrantFacts, protocol } from './grant-adapter.ts'
import { circumstancesOf, currentContext, currentState } from './request-state.ts'
import type { SigningKey } from './signing.ts'
import { createAccessTokenVerifier } from './token-verifier.ts'

/**
 * Lets JWT access tokens be used at userinfo, introspection and revocation: finding one verifies it (RFC 9068 §4) and reads its
 * grant, so it dies here with its grant, its user's suspension, or its own revocation, whatever its hour still says.
 */
export function acceptJwtAccessTokens(
  provider: Provider,
  keys: readonly SigningKey[],
  { data, clock }: { data: Data; clock: Clock },
): void {
  const { issuer } = provider
  const verify = createAccessTokenVerifier(issuer, keys, clock)

  const members = (payload: JWTPayload) => ({
    jti: payload.jti,
    iat: payload.iat,
    exp: payload.exp,
    clientId: payload['client_id'],
    scope: payload['scope'],
    aud: audienceFor(payload, issuer),
    jkt: confirmationOf(payload),
    extra: extraOf(payload),
  })

  const findAccessToken = async (value: string): Promise<AccessToken | undefined> => {
    const payload = await verify(restoreToken(value))
    const grantId = payload?.['sid']
    if (payload === undefined || typeof grantId !== 'string') return undefined
    if ((await findGrantFacts(data, grantId, payload.jti)) === undefined) return undefined
    return new provider.AccessToken({
      ...members(payload),
      grantId,
      accountId: payload.sub,
      sid: grantId,
      claims: { userinfo: Object.fromEntries([payload['userinfo_claims'] ?? []].flat().map(name => [name, null])) },
      // Our own claims, whose types the signature vouches for.
    } as unknown as ConstructorParameters<typeof provider.AccessToken>[0])
  }

  const findClientCredentials = async (value: string): Promise<ClientCredentials | undefined> => {
    const payload = await verify(restoreToken(value))
    if (payload?.jti === undefined || payload['sid'] !== undefined) return undefined
    const { jti } = payload
    const revoked = await data.read(protocol, ({ revokedAccessTokens }) => revokedAccessTokens.has(jti))
    return revoked
      ? undefined
      : new provider.ClientCredentials(members(payload) as unknown as ConstructorParameters<typeof provider.ClientCredentials>[0])
  }

  async function revoke(this: AccessToken | ClientCredentials): Promise<void> {
    const { jti, exp, clientId } = this
    const userId = 'accountId' in this ? this.accountId : undefined
    const workspaceId = currentState()?.grantFacts?.grant.workspaceId
    if (exp === undefined || clientId === undefined) return
    await data.scoped(protocol, async repositories => {
      await repositories.revokedAccessTokens.add(jti, new Date(exp * 1000))
      await recordEvent(
        repositories,
        { action: 'access-token.revoked', userId, workspaceId, client_id: clientId, token_id: jti },
        circumstancesOf({ kind: 'app', clientId }, clock),
      )
    })
  }

  letJwtsThrough(provider)
  // An event may have to name a token before it is made; then it takes that name.
  // Not in the types; it settles the format of the token, too.
  const generateTokenId = Reflect.get(provider.AccessToken.prototype, 'generateTokenId') as (this: AccessToken) => string
  const takeTokenId = function takeTokenId(this: AccessToken): string {
    const id = generateTokenId.call(this)
    return currentState()?.accessTokenId ?? id
  }

  Object.assign(provider.AccessToken, { find: findAccessToken })
  Object.assign(provider.AccessToken.prototype, { destroy: revoke, generateTokenId: takeTokenId })
  Object.assign(provider.ClientCredentials, { find: findClientCredentials })
  Object.assign(provider.ClientCredentials.prototype, { destroy: revoke })
}

/**
 * oidc-provider answers userinfo only for tokens without an audience. Ours always have one; those that may be used at userinfo
 * have the issuer among theirs.
 */
function audienceFor(payload: JWTPayload, issuer: string): string | undefined {
  const audiences = [payload.aud ?? []].flat()
  const atUserinfo = currentContext()?.oidc.route === 'userinfo'
  return atUserinfo && audiences.includes(issuer) ? undefined : audiences.find(audience => audience !== issuer)
}

function confirmationOf(payload: JWTPayload): string | undefined {
  const confirmation = payload['cnf']
  const thumbprint =
    typeof confirmation === 'object' && confirmation !== null && 'jkt' in confirmation ? confirmation.jkt : undefined
  return typeof thumbprint === 'string' ? thumbprint : undefined
}

function extraOf(payload: JWTPayload): Record<string, unknown> {
  const { workspace, roles, permissions, auth_time, acr, amr } = payload
  return { workspace, roles, permissions, auth_time, acr, amr }
}

/*
 * oidc-provider turns away whatever looks like a JWT at introspection and revocation. A JWT whose dots are written as tildes
 * does not, so that is how it travels from the moment the client is known.
 */
const structuredTokenRoutes = new Set(['introspection', 'revocation'])

function letJwtsThrough(provider: Provider): void {
  const { prototype } = provider.OIDCContext
  const { entity } = prototype
  Object.assign(prototype, {
    entity(this: typeof prototype, ...[key, value]: Parameters<typeof entity>) {
      const { params, route } = this
      if (key === 'Client' && structuredTokenRoutes.has(route) && typeof params?.['token'] === 'string') {
        params['token'] = params['token'].replaceAll('.', '~')
      }
      return entity.call(this, key, value)
    },
  })
}

function restoreToken(token: string): string {
  return token.replaceAll('~', '.')
}
