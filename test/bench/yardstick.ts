/**
 * The yardstick: bare oidc-provider with an in-memory adapter, in a process of its own, doing what the workloads ask and
 * nothing more. One-hour JWT access tokens for a resource server, ES256, refresh with rotation, a trivial login.
 * Environment: ISSUER, PORT.
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import { errors, Provider } from 'oidc-provider'
import { allApps, personScope, profileApps, resource } from './apps.ts'
import { createBoundedAdapter } from './bounded-adapter.ts'

const issuer = process.env['ISSUER']
const port = Number(process.env['PORT'])
if (!issuer || !port) throw new Error('ISSUER and PORT are needed')

const { privateKey } = await generateKeyPair('ES256', { extractable: true })
const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'yardstick' }
const profileClientIds = new Set(profileApps.map(app => app.client_id))
const day = 24 * 60 * 60

const provider = new Provider(issuer, {
  adapter: createBoundedAdapter,
  clients: allApps.map(app => ({
    ...app,
    response_types: app.response_types as 'code'[],
    id_token_signed_response_alg: 'ES256' as const,
  })),
  jwks: { keys: [jwk] },
  cookies: { keys: [randomBytes(32).toString('base64url')] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'locale'] },
  routes: { authorization: '/authorize', token: '/token', userinfo: '/userinfo', jwks: '/jwks' },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  ttl: { Session: 14 * day, Grant: 14 * day, RefreshToken: 14 * day, Interaction: 600, AuthorizationCode: 60, IdToken: 3600 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    userinfo: { enabled: true },
    resourceIndicators: {
      enabled: true,
      // Without a resource the token is opaque, and good for userinfo.
      defaultResource: async (_context, client) => (profileClientIds.has(client.clientId) ? undefined : resource),
      useGrantedResource: async () => true,
      getResourceServerInfo: async () => ({
        scope: personScope,
        audience: resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: 3600,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  async findAccount(_context, accountId) {
    return {
      accountId,
      claims: async () => ({
        sub: accountId,
        email: `${accountId}@bench.example`,
        email_verified: true,
        name: 'A person',
        locale: 'en',
      }),
    }
  },
  /** First-party apps: what is asked for is granted, once a session and client. */
  async loadExistingGrant(context) {
    const { session, client, account } = context.oidc
    if (!session || !client || !account) return undefined
    const grantId = session.grantIdFor(client.clientId)
    if (grantId) return provider.Grant.find(grantId)
    const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
    grant.addOIDCScope(personScope)
    grant.addResourceScope(resource, personScope)
    await grant.save()
    return grant
  },
})

const answer = provider.callback()

/** The trivial login: whoever asks is a new account. */
const server = createServer((request, response) => {
  if (!request.url?.startsWith('/interaction/')) {
    void answer(request, response)
    return
  }
  const accountId = randomBytes(16).toString('hex')
  provider.interactionFinished(request, response, { login: { accountId } }).catch((error: unknown) => {
    response.statusCode = error instanceof errors.OIDCProviderError ? error.status : 500
    response.end()
  })
})
server.listen(port, '127.0.0.1')

process.on('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
  process.exit(0)
})
