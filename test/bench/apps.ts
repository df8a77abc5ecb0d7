/**
 * The OIDC clients that every subject knows. One of each kind for each concurrent client of the load, as an installation with
 * several products has, and so that a limit for one app is met by no subject.
 */
export interface BenchApp {
  client_id: string
  client_secret: string
  client_name: string
  redirect_uris: string[]
  grant_types: string[]
  response_types: string[]
  token_endpoint_auth_method: 'client_secret_basic'
  scope?: string
}

export const concurrency = 32

export const redirectUri = 'https://product.example/callback'

/** What the yardstick's access tokens are for; Latchkey has its own default. */
export const resource = 'https://product.example/api'

export const personScope = 'openid email profile'

function secretOf(clientId: string): string {
  return `${clientId}-0123456789abcdefghijklmnopqrstuvwxyz`
}

function webApp(clientId: string): BenchApp {
  return {
    client_id: clientId,
    client_secret: secretOf(clientId),
    client_name: 'Bench product',
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
  }
}

function machineApp(clientId: string): BenchApp {
  return {
    client_id: clientId,
    client_secret: secretOf(clientId),
    client_name: 'Bench service',
    redirect_uris: [],
    grant_types: ['client_credentials'],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_basic',
  }
}

const lanes = Array.from({ length: concurrency }, (_, lane) => lane)

/** Apps of people: code flow and refresh, tokens as JWT. */
export const webApps = lanes.map(lane => webApp(`web-${lane}`))

/**
 * Apps whose access tokens are shown at userinfo. Bare oidc-provider answers 401 there to a JWT for a resource server, so the
 * yardstick gives these an opaque token, which is also the cheapest that it can do; Latchkey gives them the same JWT as anybody.
 */
export const profileApps = lanes.map(lane => webApp(`profile-${lane}`))

export const machineApps = lanes.map(lane => machineApp(`machine-${lane}`))

export const allApps = [...webApps, ...profileApps, ...machineApps]
