/// <reference lib="dom" />
import * as oidc from 'openid-client'
import { type Intent, keepSignIn, takeSignIn } from './pending-sign-ins.ts'

/**
 * All that a browser app does to have people sign in: authorization code with PKCE, and a refresh token that no script ever sees,
 * because the issuer keeps it in an HttpOnly cookie. Tokens live in memory, so a page that loads begins with `refresh`.
 */
export interface Session {
  accessToken: string
  idToken: string | undefined
  person: oidc.UserInfoResponse
  /** By this device's clock, counted from the answer, so that a clock that is wrong does no harm. Milliseconds. */
  expiresAt: number
}

const issuer = new URL(document.documentElement.dataset['issuer'] ?? '')
const clientId = 'fieldnotes'

/** What an API's challenge asks for (RFC 9470 §3), in the terms of an authorization request. */
export interface Needed {
  acr_values?: string
  max_age?: string
}

/** Sends the browser to the issuer; for what is `needed` where the person is signed in, and was about to do something. */
export async function signIn(needed: Needed = {}, intent?: Intent): Promise<void> {
  const config = await connect()
  const state = oidc.randomState()
  const nonce = oidc.randomNonce()
  const verifier = oidc.randomPKCECodeVerifier()
  keepSignIn(state, { nonce, verifier, ...(intent && { intent }) })
  const request = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${location.origin}/callback`,
    scope: 'openid profile email',
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...needed,
  })
  location.assign(request)
}

/**
 * Exchanges the code in the callback's URL. The library compares state, nonce, and the issuer's name (RFC 9207). `begun` learns what
 * the person was about to do before anything can go wrong.
 */
export async function completeSignIn(callback: URL, begun: (intent: Intent | undefined) => void): Promise<Session> {
  const state = callback.searchParams.get('state') ?? ''
  const pending = takeSignIn(state)
  if (!pending) throw new SignInNotBegunHere()
  begun(pending.intent)
  const config = await connect()
  const tokens = await oidc.authorizationCodeGrant(config, callback, {
    expectedState: state,
    expectedNonce: pending.nonce,
    pkceCodeVerifier: pending.verifier,
    idTokenExpected: true,
  })
  return openSession(config, tokens)
}

/**
 * A new access token for the cookie that the browser sends along. `known` may name `workspace` and `sid` of the token that is
 * replaced: a tab that sends them never goes on as somebody else. One tab at a time, by a lock.
 */
export async function refresh(known: Record<string, string>): Promise<Session> {
  const config = await connect()
  const tokens = await navigator.locks.request('refresh', () => oidc.genericGrantRequest(config, 'refresh_token', known))
  return openSession(config, tokens)
}

/** Ends the session at the issuer, which sends the browser back to this app's first page. */
export async function signOut({ idToken }: Session): Promise<void> {
  const config = await connect()
  const request = oidc.buildEndSessionUrl(config, {
    post_logout_redirect_uri: `${location.origin}/`,
    ...(idToken && { id_token_hint: idToken }),
  })
  location.replace(request) // not assign, so that the ID token stays out of the history
}

/** A callback whose sign-in this browser did not begin, or has completed already. */
export class SignInNotBegunHere extends Error {}

let connection: Promise<oidc.Configuration> | undefined

function connect(): Promise<oidc.Configuration> {
  connection ??= readDiscovery().catch((error: unknown) => {
    connection = undefined // so that the next try asks again
    throw error
  })
  return connection
}

async function readDiscovery(): Promise<oidc.Configuration> {
  const config = await oidc.discovery(issuer, clientId, undefined, oidc.None(), {
    execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [], // an issuer on this machine
    timeout: 10,
  })
  const { token_endpoint } = config.serverMetadata()
  // The cookie travels with requests to the token endpoint, and with no other.
  config[oidc.customFetch] = (url, options) =>
    fetch(url, { ...(options as RequestInit), credentials: url === token_endpoint ? 'include' : 'omit' })
  return config
}

async function openSession(config: oidc.Configuration, tokens: Tokens): Promise<Session> {
  const expiresAt = Date.now() + (tokens.expires_in ?? 0) * 1000
  const person = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? oidc.skipSubjectCheck)
  return { accessToken: tokens.access_token, idToken: tokens.id_token, person, expiresAt }
}

type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers
