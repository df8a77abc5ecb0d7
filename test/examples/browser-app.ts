/// <reference lib="dom" />
import * as oidc from 'openid-client'

/**
 * A browser app. It keeps the access token in memory; the refresh token is in a cookie of the issuer, where no script finds it.
 * Answers the tokens, or undefined while the browser is on its way to the issuer.
 */
export async function startBrowserApp(issuer: string, clientId: string): Promise<oidc.TokenEndpointResponse | undefined> {
  const config = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), {
    execute: issuer.startsWith('http://localhost') ? [oidc.allowInsecureRequests] : [],
  })
  // "include", so that the token endpoint can set the cookie and read it again.
  config[oidc.customFetch] = (url, options) =>
    fetch(url, { ...(options as RequestInit), credentials: url.endsWith('/token') ? 'include' : 'omit' })

  if (location.pathname === '/callback') {
    const callback = new URL(location.href)
    history.replaceState(null, '', '/')
    const state = callback.searchParams.get('state') ?? ''
    const begun = localStorage.getItem(state)
    localStorage.removeItem(state)
    if (callback.searchParams.has('error')) return undefined // cancelled: offer a button that calls this again
    if (begun) return oidc.authorizationCodeGrant(config, callback, JSON.parse(begun))
  }

  try {
    // No token in the request: the cookie is. With a lock, so that two tabs don't race.
    return await navigator.locks.request('refresh', () => oidc.genericGrantRequest(config, 'refresh_token', {}))
  } catch (error) {
    if (!(error instanceof oidc.ResponseBodyError)) throw error // not refused: the issuer can't be reached
  }

  // In localStorage, because a link in an e-mail opens another tab, and the sign-in may end there.
  const begun = {
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
  }
  localStorage.setItem(begun.expectedState, JSON.stringify(begun))
  const request = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${location.origin}/callback`,
    scope: 'openid profile email',
    state: begun.expectedState,
    nonce: begun.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(begun.pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  location.assign(request)
  return undefined
}
