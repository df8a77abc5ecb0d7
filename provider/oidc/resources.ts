import {
  type AccessToken,
  type ClaimsParameter,
  type Client,
  type ClientCredentials,
  errors,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider'
import { permissionsOf } from '../workspaces/roles.ts'
import { appOf } from './clients.ts'
import { stateOf } from './request-state.ts'

/** Every access token lives an hour, exactly. */
export const accessTokenSeconds = 3600

/** The scopes of OpenID Connect. */
export const baseScopes = ['openid', 'profile', 'email', 'offline_access'] as const

/**
 * What an access token is for. Without `resource` (RFC 8707) it is for the app itself: the issuer stands for it as the
 * resource, and `aud` is the app's audience. An app may ask for the resources that it was registered with, and no others.
 */
export function describeResource(issuer: string, algorithm: string) {
  return function getResourceServerInfo(ctx: KoaContextWithOIDC, resource: string, client: Client): ResourceServer {
    const app = appOf(client)
    const registered = app.resources.find(each => each.identifier === resource)
    if (resource !== issuer && registered === undefined) throw new errors.InvalidTarget()
    const scopes = registered === undefined ? app.scope.split(' ') : registered.scope.split(' ')
    // Nobody is there whom the scopes of OpenID Connect could speak of.
    const isMachine = ctx.oidc.params?.['grant_type'] === 'client_credentials'
    return {
      scope: [...new Set([...(isMachine ? [] : baseScopes), ...scopes])].filter(scope => scope !== '').join(' '),
      audience: registered === undefined ? app.audience : resource,
      accessTokenFormat: 'jwt',
      accessTokenTTL: accessTokenSeconds,
      jwt: { sign: { alg: algorithm } },
      // The type asks for more members than oidc-provider reads.
    } as unknown as ResourceServer
  }
}

/** Claims of ours in access tokens (RFC 9068 §2.2), and the workspace the token is for. */
export function describeToken(
  ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
): Record<string, unknown> | undefined {
  if (!('accountId' in token) || token.accountId === undefined) return undefined
  const source = ctx.oidc.entities.AuthorizationCode ?? ctx.oidc.entities.RefreshToken ?? ctx.oidc.entities.DeviceCode
  const { membership } = stateOf(ctx).grantFacts ?? {}
  const { client } = ctx.oidc
  return {
    auth_time: source?.authTime,
    acr: source?.acr,
    amr: source?.amr,
    sid: token.sid,
    ...claimsForUserinfo(source?.claims),
    ...(membership === undefined
      ? {}
      : {
          workspace: { id: membership.workspaceId, slug: membership.slug },
          roles: membership.roles,
          permissions: permissionsOf(membership.roles, {
            customPermissions: membership.customPermissions,
            // Its own alone: what somebody may do in another product is none of this one's business.
            ofApps: client === undefined ? [] : appOf(client).permissions,
          }),
        }),
  }
}

/** What the `claims` parameter asked of userinfo, by name, for a token that is all that userinfo gets to see. */
function claimsForUserinfo(claims: ClaimsParameter | undefined): { userinfo_claims?: string[] } {
  const names = Object.keys(claims?.userinfo ?? {})
  return names.length === 0 ? {} : { userinfo_claims: names }
}

/** A token with `openid` in its scope may also be used at userinfo, so the issuer is among its audiences. */
export function nameAudiences(issuer: string) {
  return function customize(
    _ctx: KoaContextWithOIDC,
    token: AccessToken | ClientCredentials,
    jwt: { payload: Record<string, unknown> },
  ): void {
    const atUserinfo = 'accountId' in token && token.accountId !== undefined && token.scopes.has('openid')
    if (atUserinfo && typeof jwt.payload['aud'] === 'string' && jwt.payload['aud'] !== issuer)
      jwt.payload['aud'] = [jwt.payload['aud'], issuer]
  }
}
