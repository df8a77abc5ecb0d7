import { LRUCache } from 'lru-cache'
import { type Client, errors, type Provider } from 'oidc-provider'
import type { AppRegistry, RegisteredApp } from '../apps/registry.ts'
import { constantTimeEqual, hashSecret } from '../kernel/secrets.ts'

/** Members of ours in an app's metadata, which oidc-provider carries along. */
export const ownMetadata = [
  'first_party',
  'refresh_token_delivery',
  'origins',
  'audience',
  'permissions',
  'resources',
  'system',
  'own_scope',
] as const

/** oidc-provider wants a client to have its secret. Ours is a hash alone, so this stands there and the comparison is ours. */
const secretStandIn = 'kept-as-a-hash'

/**
 * Finds oidc-provider's clients among the registered apps. Building one costs more than a request does, so it is kept for as
 * long as the registry hands out the same app.
 */
export function findClientsInRegistry(provider: Provider, registry: AppRegistry): void {
  const built = new LRUCache<string, { app: RegisteredApp; client: Client }>({ max: 10_000 })

  const find = async (clientId: unknown): Promise<Client | undefined> => {
    // From a token's `aud`, perhaps, before anybody has verified it.
    const app = typeof clientId === 'string' ? await registry.find(clientId) : undefined
    if (app === undefined) return undefined
    const known = built.get(app.clientId)
    if (known?.app === app) return known.client
    // `scope` is what the app may ask for its own audience; oidc-provider would hold it to the scopes of OpenID Connect.
    const { scope = '', ...registered } = app.metadata
    const metadata = {
      ...registered,
      own_scope: scope,
      ...(app.signsInOnly === true ? { scope: 'openid' } : {}),
      ...(app.secretHash === undefined ? {} : { client_secret: secretStandIn }),
    }
    // The metadata went through a stricter schema than oidc-provider's types describe.
    const client: Client = Reflect.construct(provider.Client, [metadata])
    const { secretHash } = app
    Object.assign(client, {
      compareClientSecret: (secret: string) => secretHash !== undefined && constantTimeEqual(hashSecret(secret), secretHash),
      signsInOnly: app.signsInOnly === true,
    })
    if (app.signsInOnly === true) refuseDirectRequests(client)
    built.set(app.clientId, { app, client })
    return client
  }
  Object.assign(provider.Client, { find })
  // An assertion for an endpoint could have been made for somebody who passes our endpoint off as theirs (draft-ietf-oauth-rfc7523bis).
  Object.assign(provider.OIDCContext.prototype, { clientJwtAuthExpectedAudience: () => new Set([provider.issuer]) })
  // Every token names the session, for products that keep theirs in step with it.
  Object.assign(provider.Client.prototype, { includeSid: () => true })
}

/**
 * Whoever writes an authorization request knows the verifier of its code: a public client whose requests anybody may write must
 * get nothing for it. How a client authenticates is asked for at every endpoint that apps call themselves, before all else.
 */
function refuseDirectRequests(client: Client): void {
  Object.defineProperty(client, 'clientAuthMethod', {
    get() {
      throw new errors.UnauthorizedClient('this app calls no endpoint')
    },
  })
}

type OwnMetadata = Pick<RegisteredApp['metadata'], Exclude<(typeof ownMetadata)[number], 'own_scope'>> & {
  own_scope: string
  signsInOnly: boolean
}

/** The app that a client was built from; `scope` is of its own audience. */
export function appOf(client: Client) {
  // Put there by `find`, out of metadata that the registry validated.
  const metadata = client as unknown as OwnMetadata
  return {
    firstParty: metadata.first_party,
    delivery: metadata.refresh_token_delivery,
    origins: metadata.origins,
    audience: metadata.audience ?? client.clientId,
    scope: metadata.own_scope,
    permissions: metadata.permissions,
    resources: metadata.resources,
    signsInOnly: metadata.signsInOnly,
  }
}
