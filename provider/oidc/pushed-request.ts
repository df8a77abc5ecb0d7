import { UnsecuredJWT } from 'jose'
import type { Provider } from 'oidc-provider'

/** Long enough for a redirect. */
const pushedSeconds = 60

/**
 * Pushes an authorization request for an app (RFC 9126), and answers the parameters that name it: from the browser, what an app has to
 * push would be refused, and what stands in a URL is kept by whoever keeps URLs.
 */
export async function pushRequest(
  provider: Provider,
  clientId: string,
  request: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const { resource, ...others } = request
  const payload = { ...others, ...(resource === undefined ? {} : { resource: resource.split(' ') }) }
  const object = new UnsecuredJWT(payload).setIssuer(clientId).setAudience(provider.issuer).encode()
  const id = await new provider.PushedAuthorizationRequest({ request: object }).save(pushedSeconds)
  return { client_id: clientId, request_uri: `urn:ietf:params:oauth:request_uri:${id}` }
}
