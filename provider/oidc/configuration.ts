import type { Configuration } from 'oidc-provider'
import { locales } from '../../views/page-context.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Requirement } from '../policy/gate.ts'
import type { Level } from '../policy/levels.ts'
import type { Data } from '../ports/data.ts'
import type { Egress } from '../ports/egress.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { Store } from '../ports/store.ts'
import { claims, createFindAccount } from './accounts.ts'
import { assertSomeScope } from './allowance.ts'
import { appOf, ownMetadata } from './clients.ts'
import { createCookieSigner } from './cookie-signatures.ts'
import { createGrantAdapter, revokeGrant } from './grant-adapter.ts'
import { createLoadExistingGrant } from './grants.ts'
import { interactionUrl } from './interactions.ts'
import { assertReachable, createPrompts } from './prompts.ts'
import type { createProtocolPages } from './protocol-pages.ts'
import { accessTokenSeconds, describeResource, describeToken, nameAudiences } from './resources.ts'
import { createSessionAdapter } from './session-adapter.ts'
import { createSessionCache } from './session-cache.ts'
import { sessionCookie } from './session-cookie.ts'
import { createStoreAdapter, storedModels } from './store-adapter.ts'
import { signOutUnasked } from './unasked-sign-out.ts'

export interface Lifetimes {
  sessionIdleSeconds: number
  sessionMaxSeconds: number
  refreshIdleSeconds: number
  refreshMaxSeconds: number
}

export interface ConfigurationOptions {
  issuer: string
  algorithm: 'ES256' | 'RS256' | 'EdDSA'
  lifetimes: Lifetimes
  requirement: Requirement
  /** What sign-ins here can reach: what discovery says that an app may ask for. */
  reachableLevels: readonly Level[]
  data: Data
  store: Store
  cipher: FieldCipher
  egress: Egress
  clock: Clock
  protocolPages: ReturnType<typeof createProtocolPages>
}

/** Longer than an attempt, whose page then asks once more; a sign-in that takes longer is started again from it. Strangers' requests are kept no longer. */
const interactionSeconds = 2 * 3600
const codeSeconds = 60
const deviceCodeSeconds = 600

const clientAuthMethods = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const

const epochSeconds = (clock: Clock) => Math.floor(clock().getTime() / 1000)

/** Everything that oidc-provider is told, in one place. */
export function configureProvider(options: ConfigurationOptions): Configuration {
  const { issuer, algorithm, lifetimes, data, store, cipher, egress, clock, protocolPages } = options
  return {
    adapter: createAdapter,
    acrValues: [...options.reachableLevels],
    allowOmittingSingleRegisteredRedirectUri: false,
    claims,
    clientAuthMethods: [...clientAuthMethods],
    clientBasedCORS: (_ctx, origin, client) => appOf(client).origins.includes(origin),
    clientDefaults: {
      id_token_signed_response_alg: algorithm,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
    clockTolerance: 5,
    // A session's cookie is 256 random bits that are nowhere else. An interaction's value is in its pages' addresses too, so it is
    // signed: whoever reads an address, in a history or the log of a proxy, has nothing.
    cookies: {
      names: { session: '__Host-session', interaction: '__Secure-interaction', resume: '__Secure-resume' },
      long: sessionCookie,
      short: { httpOnly: true, secure: true, sameSite: 'lax', signed: true },
      keys: createCookieSigner(cipher.blindIndex('cookie-signature', 'short').toString('base64url')),
    },
    discovery: {
      ui_locales_supported: [...locales],
      prompt_values_supported: ['none', 'login', 'consent', 'workspace'],
      introspection_endpoint_auth_methods_supported: [...clientAuthMethods],
      revocation_endpoint_auth_methods_supported: [...clientAuthMethods],
      // Said, because a client that finds nothing said may assume otherwise (OpenID Connect Discovery 1.0 §3).
      request_parameter_supported: false,
      require_request_uri_registration: false,
    },
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256', 'RS256', 'EdDSA'],
      clientAuthSigningAlgValues: ['ES256', 'RS256', 'PS256', 'EdDSA'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA', 'PS256'],
    },
    // A session ends by itself sooner than a refresh token does; signing out ends both.
    expiresWithSession: () => false,
    extraClientMetadata: { properties: [...ownMetadata] },
    // The workspace that tokens are to be for, by id or slug.
    extraParams: {
      // Called with each authorization request, the last of the checks: scopes and resources are read by then.
      workspace: ctx => assertSomeScope(ctx, issuer),
    },
    extraTokenClaims: describeToken,
    features: {
      backchannelLogout: { enabled: true },
      claimsParameter: {
        enabled: true,
        assertClaimsParameter: (_ctx, claims) => assertReachable(claims, options.reachableLevels),
      },
      clientCredentials: { enabled: true },
      dPoP: { enabled: true },
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        // Neither address nor user agent is kept with a device's code.
        deviceInfo: () => ({}),
        userCodeInputSource: protocolPages.userCodeInputSource,
        userCodeConfirmSource: protocolPages.userCodeConfirmSource,
        successSource: protocolPages.successSource,
      },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      introspection: {
        enabled: true,
        // An app may ask about its own tokens, and one that keeps a secret about those that are meant for it.
        allowedPolicy: (_ctx, client, token) =>
          token.clientId === client.clientId ||
          (client.tokenEndpointAuthMethod !== 'none' && 'aud' in token && token.aud === appOf(client).audience),
      },
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => oneOf?.[0] ?? issuer,
        getResourceServerInfo: describeResource(issuer, algorithm),
        useGrantedResource: () => true,
      },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async ctx => {
          if (!(await signOutUnasked(ctx, { data, clock, sessionCookie }))) protocolPages.logoutSource(ctx)
        },
        postLogoutSuccessSource: protocolPages.postLogoutSuccessSource,
      },
      userinfo: { enabled: true },
    },
    fetch: (request, init) => egress.fetch(request instanceof Request ? request.url : request, init),
    findAccount: createFindAccount(data),
    formats: { customizers: { jwt: nameAudiences(issuer) } },
    interactions: {
      policy: createPrompts(options),
      url: (_ctx, interaction) => interactionUrl(interaction.prompt.name, interaction.uid),
    },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    loadExistingGrant: createLoadExistingGrant(data, issuer),
    pkce: { required: () => true },
    renderError: protocolPages.renderError,
    responseTypes: ['code'],
    rotateRefreshToken: true,
    routes: {
      authorization: '/authorize',
      code_verification: '/device',
      device_authorization: '/device_authorization',
      end_session: '/logout',
      introspection: '/introspect',
      jwks: '/jwks',
      pushed_authorization_request: '/par',
      revocation: '/revoke',
      token: '/token',
      userinfo: '/userinfo',
    },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    subjectTypes: ['public'],
    ttl: {
      AccessToken: () => accessTokenSeconds,
      AuthorizationCode: () => codeSeconds,
      ClientCredentials: () => accessTokenSeconds,
      DeviceCode: () => deviceCodeSeconds,
      Grant: () => lifetimes.refreshMaxSeconds + accessTokenSeconds,
      IdToken: () => accessTokenSeconds,
      Interaction: () => interactionSeconds,
      RefreshToken: (_ctx, token) => {
        const begun = token.iiat ?? epochSeconds(clock)
        return Math.max(1, Math.min(lifetimes.refreshIdleSeconds, begun + lifetimes.refreshMaxSeconds - epochSeconds(clock)))
      },
      Session: (_ctx, session) => {
        const begun = session.loginTs ?? epochSeconds(clock)
        return Math.max(1, Math.min(lifetimes.sessionIdleSeconds, begun + lifetimes.sessionMaxSeconds - epochSeconds(clock)))
      },
    },
  }

  function createAdapter(model: string) {
    const stored = storedModels.find(each => each === model)
    if (stored !== undefined)
      return createStoreAdapter({
        model: stored,
        store,
        cipher,
        clock,
        revokeGrant: grantId => revokeGrant({ data, clock }, grantId),
      })
    if (model === 'Session') return createSessionAdapter({ data, cache: createSessionCache({ store, cipher, clock }), clock })
    return createGrantAdapter({ data, clock })
  }
}
