import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type BenchApp, personScope, redirectUri } from '../apps.ts'
import { type Answer, type Browser, type Connection, openBrowser } from './browser.ts'
import type { Target } from './target.ts'
import { readTokens, type TokenAnswer } from './tokens.ts'

/** Somebody with a browser and, after the first sign-in, a session. */
export interface Person {
  address: string
  from: string
  app: BenchApp
  browser: Browser
  connection: Connection
  tokens: TokenAnswer | undefined
}

let personCount = 0
let requestCount = 0

/** Loopback source addresses (reported through X-Forwarded-For), so that limits by address see as many as there are persons. */
export function nextPersonAddress(): string {
  personCount = (personCount + 1) % (200 * 250)
  // Neighbours differ in the second and third number: limits by block see different blocks too.
  return `127.${1 + (personCount % 200)}.${Math.floor(personCount / 200)}.1`
}

/** The servers of the apps: a thousand. */
export function nextServerAddress(): string {
  requestCount = (requestCount + 1) % 1000
  return `127.250.${Math.floor(requestCount / 250)}.${1 + (requestCount % 250)}`
}

export function newPerson(connection: Connection, app: BenchApp): Person {
  const from = nextPersonAddress()
  return {
    address: `person-${randomBytes(8).toString('hex')}@bench.example`,
    from,
    app,
    connection,
    browser: openBrowser(connection, from),
    tokens: undefined,
  }
}

/** The same person with nothing remembered in the browser, somewhere else. */
export function inNewBrowser(person: Person): Person {
  const from = nextPersonAddress()
  return { ...person, from, browser: openBrowser(person.connection, from), tokens: undefined }
}

/** The same person in the same browser, with nobody signed in there any more. */
export function signedOut(person: Person): Person {
  const from = nextPersonAddress()
  return { ...person, from, browser: person.browser.signedOut(from), tokens: undefined }
}

export interface CodeRequest {
  url: string
  state: string
  verifier: string
}

export function requestCode(authorizationEndpoint: string, app: BenchApp, parameters: Record<string, string> = {}): CodeRequest {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomUUID()
  const url = new URL(authorizationEndpoint)
  url.search = new URLSearchParams({
    client_id: app.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: personScope,
    state,
    nonce: state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  }).toString()
  return { url: url.href, state, verifier }
}

/** The code in a redirect to the app, checked as a relying party checks it (state; RFC 9207 iss). */
export function readCode(target: Target, request: CodeRequest, location: string): string {
  const url = new URL(location)
  const code = url.searchParams.get('code')
  if (!location.startsWith(redirectUri) || !code)
    throw new Error(
      `no code in the redirect: ${location.split('?')[0]} ${url.searchParams.get('error')} ${url.searchParams.get('error_description')}`,
    )
  if (url.searchParams.get('state') !== request.state) throw new Error('the state is another one')
  if (url.searchParams.get('iss') !== target.issuer) throw new Error('the issuer is another one')
  return code
}

export function basicAuthorization(app: BenchApp): string {
  return `Basic ${Buffer.from(`${app.client_id}:${app.client_secret}`).toString('base64')}`
}

/** A request of the app's server to the token endpoint. */
export function askForTokens(
  target: Target,
  connection: Connection,
  app: BenchApp,
  form: Record<string, string>,
): Promise<Answer> {
  return connection.send(target.tokenEndpoint, nextServerAddress(), {
    method: 'POST',
    form,
    headers: { authorization: basicAuthorization(app) },
  })
}

export async function exchangeCode(
  target: Target,
  person: Person,
  request: CodeRequest,
  code: string,
  opaqueAccessToken = false,
): Promise<TokenAnswer> {
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: request.verifier }
  const tokens = readTokens(await askForTokens(target, person.connection, person.app, form), 'code exchange', {
    opaqueAccessToken,
  })
  if (!tokens.id_token) throw new Error('the code exchange gave no ID token')
  if (!tokens.refresh_token) throw new Error('the code exchange gave no refresh token')
  return tokens
}
