import * as client from 'openid-client'
import { isLoopbackHost } from '../kernel/loopback.ts'
import { type Connection, tenantPlaceholder } from './connection.ts'

/** A discovery document that was found fit for a sign-in. */
export interface PublishedDocument extends client.ServerMetadata {
  authorization_endpoint: string
  token_endpoint: string
  jwks_uri: string
  id_token_signing_alg_values_supported: string[]
}

/** How far the clocks of an upstream and of this machine may be apart. */
export const clockToleranceSeconds = 60
const timeLimitSeconds = 5

/**
 * openid-client compares a token's `iss` with the template that Microsoft publishes, filled in with the token's `tid`, for this server
 * and no other. Where the document comes from is ours to say, so the same check serves Microsoft's national clouds and tests.
 */
const serverWithTemplate = new URL('https://login.microsoftonline.com/')

export function isTemplated({ issuer }: Pick<Connection, 'issuer'>): boolean {
  return issuer.includes(tenantPlaceholder)
}

/** http is for upstreams on this machine alone. */
export function isOnThisMachine({ authority }: Pick<Connection, 'authority'>): boolean {
  const { protocol, hostname } = new URL(authority)
  return protocol === 'http:' && isLoopbackHost(hostname)
}

/** Reads what a discovery endpoint answered. Rejects with openid-client's errors where that is no document, or another issuer's. */
export async function readDocument(connection: Connection, answer: Response): Promise<Readonly<client.ServerMetadata>> {
  const configuration = await discover(connection, answer, {}, client.None())
  return configuration.serverMetadata()
}

/** Makes openid-client ready for one request about one sign-in, with what is published already at hand. */
export async function openConfiguration(
  connection: Connection,
  document: PublishedDocument,
  { fetch, now }: { fetch: client.CustomFetch; now: Date },
): Promise<client.Configuration> {
  const times = {
    [client.clockTolerance]: clockToleranceSeconds,
    [client.clockSkew]: Math.round((now.getTime() - Date.now()) / 1000),
  }
  // One issuer of a template is none that the library would expect in an answer. It is looked at before, and again with the token.
  const known = isTemplated(connection) ? { ...document, authorization_response_iss_parameter_supported: false } : document
  const configuration = await discover(connection, Response.json(known), times, authenticationFor(connection, document))
  configuration[client.customFetch] = fetch
  return configuration
}

function discover(
  connection: Connection,
  answer: Response,
  metadata: Partial<client.ClientMetadata>,
  authentication: client.ClientAuth,
): Promise<client.Configuration> {
  const server = isTemplated(connection) ? serverWithTemplate : new URL(connection.issuer)
  return client.discovery(server, connection.clientId, metadata, authentication, {
    timeout: timeLimitSeconds,
    [client.customFetch]: () => Promise.resolve(answer),
    // oxlint-disable-next-line typescript/no-deprecated -- deprecated to be noticed; here it is for loopback alone
    execute: isOnThisMachine(connection) ? [client.allowInsecureRequests] : [],
  })
}

/** OpenID Connect Discovery 1.0 §3: an upstream that does not say takes the secret in a header. */
function authenticationFor({ secret }: Connection, document: PublishedDocument): client.ClientAuth {
  const methods = document.token_endpoint_auth_methods_supported
  return Array.isArray(methods) && methods.includes('client_secret_post')
    ? client.ClientSecretPost(secret)
    : client.ClientSecretBasic(secret)
}
