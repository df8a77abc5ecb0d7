import * as openid from 'openid-client'
import type { Clock } from '../kernel/clock.ts'
import type { Egress } from '../ports/egress.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { readAuthorizationResponse } from './authorization-response.ts'
import { clockToleranceSeconds, openConfiguration } from './configuration.ts'
import { type Connection, type Refused, refuse, type UpstreamAccount } from './connection.ts'
import { createDiscovery } from './discovery.ts'
import { toUpstreamFailure, UpstreamFailure } from './failure.ts'
import { verifyIdToken } from './id-token.ts'

/** How long a person may take over there. */
export const keptSeconds = 600

/**
 * What has to be known when the person comes back: plain data of a few hundred bytes. It holds secrets, so it is kept sealed, on the
 * server, bound to the browser that began, and taken away at its first use.
 */
export interface Kept {
  connection: string
  issuer: string
  redirectUri: string
  state: string
  nonce: string
  codeVerifier: string
  /** Seconds since the epoch. */
  begunAt: number
  maxAgeSeconds?: number
}

export interface BeginOptions {
  /** Of `redirectUriOf`. */
  redirectUri: string
  now: Date
  /** The address that the person typed, where they did. */
  loginHint?: string | undefined
  /** A language tag (BCP 47). */
  uiLocale?: string | undefined
  prompt?: 'login' | 'select_account' | 'consent' | undefined
  /** The upstream has to show in its answer that the person signed in there so recently. */
  maxAgeSeconds?: number | undefined
}

export interface FinishOptions {
  /** The query with which the browser came back. */
  callbackParameters: URLSearchParams
  kept: Kept
  redirectUri: string
  now: Date
}

export type Begun = { kind: 'begun'; url: string; kept: Kept }
export type Finished = { kind: 'account'; account: UpstreamAccount }

export interface UpstreamClient {
  /** Where to send the browser, and what to keep for its return. */
  begin(connection: Connection, options: BeginOptions): Promise<Begun | Refused>
  /** Whom the upstream says that this is. The caller has taken `kept` away before, for this one call. */
  finish(connection: Connection, options: FinishOptions): Promise<Finished | Refused>
  /** Whether a sign-in could begin, and its ID token be verified. */
  examine(connection: Connection): Promise<{ kind: 'ready' } | Refused>
}

export interface UpstreamClientParts {
  egress: Egress
  telemetry: Pick<Telemetry, 'log'>
  clock: Clock
}

/** OpenID Connect Core §3.1 with PKCE (RFC 7636), as the one who relies on it. Never rejects because of what an upstream does. */
export function createUpstreamClient({ egress, telemetry, clock }: UpstreamClientParts): UpstreamClient {
  const discovery = createDiscovery({ egress, clock })
  // The one request that is left to the library is the token request, which is a form.
  const fetch: openid.CustomFetch = (url, { body, headers, method, signal }) =>
    egress.fetch(url, { method, headers, ...(body instanceof URLSearchParams ? { body } : {}), ...(signal ? { signal } : {}) })

  async function guard<Result>(connection: Connection, act: () => Promise<Result>): Promise<Result | Refused> {
    try {
      return await act()
    } catch (error) {
      const { reason, message } = toUpstreamFailure(error)
      telemetry.log.warn({ connection: connection.id, reason, detail: message }, 'An upstream sign-in was refused')
      return refuse(reason)
    }
  }

  return {
    begin: (connection, options) =>
      guard(connection, async () => {
        const { document } = await discovery.find(connection)
        const configuration = await openConfiguration(connection, document, { fetch, now: options.now })
        const kept = startKeeping(connection, options)
        const url = openid.buildAuthorizationUrl(configuration, {
          ...connection.parameters,
          response_type: 'code',
          redirect_uri: kept.redirectUri,
          scope: connection.scopes.join(' '),
          state: kept.state,
          nonce: kept.nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(kept.codeVerifier),
          code_challenge_method: 'S256',
          ...describeWishes(options),
        })
        return { kind: 'begun', url: url.href, kept }
      }),

    finish: (connection, { callbackParameters, kept, redirectUri, now }) =>
      guard(connection, async () => {
        checkKept(kept, connection, { redirectUri, now })
        const { document, keys } = await discovery.find(connection)
        const answer = readAuthorizationResponse(callbackParameters, { document, connection, state: kept.state })
        const configuration = await openConfiguration(connection, document, { fetch, now })
        const tokens = await openid.authorizationCodeGrant(configuration, new URL(`${redirectUri}?${answer.parameters}`), {
          expectedState: kept.state,
          expectedNonce: kept.nonce,
          pkceCodeVerifier: kept.codeVerifier,
          idTokenExpected: true,
        })
        const { maxAgeSeconds } = kept
        // The library takes no answer without one, having been told that it is expected.
        const claims = await verifyIdToken(tokens.id_token ?? '', connection, { keys, now, issuer: answer.issuer, maxAgeSeconds })
        const account = connection.interpret(claims)
        if (account.kind === 'refused') throw new UpstreamFailure(account.reason, 'The account is not taken.')
        return { kind: 'account', account }
      }),

    examine: connection =>
      guard(connection, async () => {
        const { keys } = await discovery.find(connection)
        if (!keys.jwks()) await keys.reload()
        if (!keys.jwks()?.keys.length) throw new UpstreamFailure('keys-unknown', 'The upstream publishes no key.')
        return { kind: 'ready' }
      }),
  }
}

/** An answer belongs to the connection that it was asked of, which may have been another one when that was done. */
function checkKept(
  kept: Kept,
  { id, issuer }: Connection,
  { redirectUri, now }: Pick<FinishOptions, 'redirectUri' | 'now'>,
): void {
  if (kept.connection !== id || kept.issuer !== issuer || kept.redirectUri !== redirectUri) {
    throw new UpstreamFailure('mix-up', 'The sign-in was begun with another connection.')
  }
  const seconds = now.getTime() / 1000 - kept.begunAt
  // Another node may have begun it, by its own clock.
  if (seconds > keptSeconds || seconds < -clockToleranceSeconds)
    throw new UpstreamFailure('expired', 'The person took longer than is kept.')
}

function startKeeping({ id, issuer }: Connection, { redirectUri, now, maxAgeSeconds }: BeginOptions): Kept {
  return {
    connection: id,
    issuer,
    redirectUri,
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    codeVerifier: openid.randomPKCECodeVerifier(),
    begunAt: Math.floor(now.getTime() / 1000),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  }
}

function describeWishes({ loginHint, uiLocale, prompt, maxAgeSeconds }: BeginOptions): Record<string, string> {
  return {
    ...(loginHint === undefined ? {} : { login_hint: loginHint }),
    ...(uiLocale === undefined ? {} : { ui_locales: uiLocale }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
  }
}
