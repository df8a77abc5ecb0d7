import { z } from 'zod'
import { permissionPattern, reservedBeginnings } from '../kernel/permissions.ts'

/** Hosts that are this very machine, and so need no TLS (RFC 8252 §7.3). */
export const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * What every client id matches; what does not is no app's. It is a part of the refresh cookie's name, and of URLs: letters, digits,
 * dot, underscore and hyphen.
 */
export const clientIdPattern = /^[A-Za-z0-9._-]{1,64}$/

const clientId = z.string().regex(clientIdPattern, 'one to 64 letters, digits, dots, underscores or hyphens')

const webUrl = z
  .string()
  .max(2000)
  .refine(value => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), 'an absolute http(s) URL')

/** Called by us, so it has to be safe on its way; only this very machine can be reached by http. */
const calledUrl = webUrl.refine(value => {
  const url = URL.parse(value)
  return url !== null && (url.protocol === 'https:' || loopbackHosts.has(url.hostname))
}, 'an https URL, or http on loopback')

const resourceIdentifier = webUrl.refine(value => !value.includes('#'), 'a URI without a fragment (RFC 8707 §2)')

const origin = z.string().refine(value => {
  const url = URL.parse(value)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === value
}, 'an origin: scheme, host and port, without a path ("https://app.example.com")')

const redirectUri = z
  .string()
  .max(2000)
  .refine(value => {
    const url = URL.parse(value)
    if (url === null || value.includes('#') || /^(javascript|data|vbscript|blob|file|about):$/.test(url.protocol)) return false
    return !url.host.includes('*') && (url.protocol !== 'http:' || loopbackHosts.has(url.hostname))
  }, 'an absolute URI without a fragment or a wildcard, https unless on loopback (RFC 8252 §7)')

const scopeToken = String.raw`[\x21\x23-\x5b\x5d-\x7e]+`

const scope = z
  .string()
  .max(2000)
  .regex(new RegExp(`^$|^${scopeToken}(?: ${scopeToken})*$`), 'scopes with one space between them (RFC 6749 §3.3)')

const permission = z
  .string()
  .regex(permissionPattern, 'two to four words with dots between them ("invoices.approve"), in lower case')
  .refine(
    name => !reservedBeginnings.has(name.split('.')[0] ?? ''),
    `a permission that does not begin with ${[...reservedBeginnings].join(', ')}: those are our own`,
  )

const symmetricOrPrivate = ['k', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'priv']

const publicKey = z
  .looseObject({ kty: z.string() })
  .refine(
    key => key.kty !== 'oct' && !symmetricOrPrivate.some(member => member in key),
    'public keys alone (the private part stays with the app)',
  )

const grantTypes = [
  'authorization_code',
  'refresh_token',
  'client_credentials',
  'urn:ietf:params:oauth:grant-type:device_code',
] as const

/**
 * What an app is registered with: OpenID Connect Dynamic Client Registration 1.0 §2, as far as we support it, and these of ours:
 * `first_party` skips the consent page; `refresh_token_delivery` puts the refresh token into an HttpOnly cookie, for browser
 * apps on one site with the issuer; `origins` may call from a browser; `audience` is the `aud` of its access tokens (its
 * client id unless named); `permissions` are what it lets people do, for roles of workspaces to hold;
 * `resources` are further audiences it may ask for (RFC 8707), with their scopes; `system` is an app of the operator's, which the management
 * API lets do what concerns the whole installation.
 */
export const appMembers = z.strictObject({
  client_id: clientId,
  client_name: z.string().min(1).max(100),
  application_type: z.enum(['web', 'native']).default('web'),
  client_uri: webUrl.optional(),
  logo_uri: webUrl.optional(),
  policy_uri: webUrl.optional(),
  tos_uri: webUrl.optional(),
  redirect_uris: z.array(redirectUri).max(50).default([]),
  post_logout_redirect_uris: z.array(redirectUri).max(50).default([]),
  grant_types: z.array(z.enum(grantTypes)).min(1).default(['authorization_code', 'refresh_token']),
  response_types: z.array(z.literal('code')).optional(),
  token_endpoint_auth_method: z
    .enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'])
    .default('client_secret_basic'),
  jwks: z.looseObject({ keys: z.array(publicKey) }).optional(),
  jwks_uri: calledUrl.optional(),
  scope: scope.optional(),
  backchannel_logout_uri: calledUrl.optional(),
  backchannel_logout_session_required: z.boolean().default(true),
  require_pushed_authorization_requests: z.boolean().default(false),
  dpop_bound_access_tokens: z.boolean().default(false),
  first_party: z.boolean().default(false),
  refresh_token_delivery: z.enum(['body', 'cookie']).default('body'),
  origins: z.array(origin).max(50).default([]),
  audience: z.string().min(1).max(2000).optional(),
  permissions: z.array(permission).max(200).default([]),
  resources: z
    .array(z.strictObject({ identifier: resourceIdentifier, scope }))
    .max(50)
    .default([]),
  system: z.boolean().optional(),
})
