import type { Agent, Response as Page } from './agent.ts'
import type { RunningLatchkey } from './latchkey.ts'
import { linkIn, signInByLink, startRequest, type StartedRequest } from './relying-party.ts'

/** What the steps below need to know of an app: its registration will do. */
export interface TestApp {
  client_id: string
  redirect_uris: string[]
  client_secret?: string
  token_endpoint_auth_method?: string
}

/** What an endpoint of the protocol answered. */
export interface Answer {
  status: number
  headers: Headers
  body: Record<string, unknown>
}

/**
 * The code flow step by step, for tests of a step that a client library would not take. `undefined` leaves a parameter out;
 * pairs send one twice.
 */
export type Form = Record<string, string | undefined> | Array<[string, string]>

export async function post(url: string, form: Form, headers: Record<string, string> = {}): Promise<Answer> {
  const pairs = Array.isArray(form)
    ? form
    : Object.entries(form).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]]))
  return call(url, { method: 'POST', body: new URLSearchParams(pairs), headers })
}

export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const text = await response.text()
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } }
}

/** How an app says who it is at the token endpoint and its neighbours. */
export function credentialsOf(app: TestApp): { form: Record<string, string>; headers: Record<string, string> } {
  if (app.client_secret === undefined) return { form: { client_id: app.client_id }, headers: {} }
  const pair = Buffer.from(`${encodeURIComponent(app.client_id)}:${encodeURIComponent(app.client_secret)}`).toString('base64')
  return { form: {}, headers: { authorization: `Basic ${pair}` } }
}

/** Posts as the app. */
export async function postAs(app: TestApp, url: string, form: Record<string, string | undefined>, headers = {}): Promise<Answer> {
  const credentials = credentialsOf(app)
  return post(url, { ...credentials.form, ...form }, { ...credentials.headers, ...headers })
}

export interface ObtainedCode {
  code: string
  /** What came back to the app's redirect URI. */
  callback: URL
  started: StartedRequest
}

/** Signs in by e-mail and answers the code. */
export async function signIn(
  latchkey: RunningLatchkey,
  agent: Agent,
  app: TestApp,
  address: string,
  parameters: Record<string, string> = {},
): Promise<ObtainedCode> {
  const started = await startRequest(latchkey.issuer, app, parameters)
  const callback = await signInByLink(latchkey, agent, started.url, address)
  return { code: callback.searchParams.get('code') ?? '', callback, started }
}

/** Asks again in a browser that is signed in: no page comes between. */
export async function obtainCode(
  latchkey: RunningLatchkey,
  agent: Agent,
  app: TestApp,
  parameters: Record<string, string> = {},
): Promise<ObtainedCode> {
  const started = await startRequest(latchkey.issuer, app, parameters)
  const callback = await leave(agent, started.url)
  return { code: callback.searchParams.get('code') ?? '', callback, started }
}

/** Opens a URL of the issuer that sends the browser away without a question, and answers where to. */
export async function leave(agent: Agent, url: string): Promise<URL> {
  const page = await agent.follow(await agent.get(url))
  if (page.location === undefined) throw new Error(`the browser stayed: ${page.status} ${new URL(page.url).pathname}`)
  return new URL(page.location)
}

/** Proves an address on the page that asks for it, in a browser that may have signed in before; answers what comes next. */
export async function prove(latchkey: RunningLatchkey, agent: Agent, page: Page, address: string): Promise<Page> {
  const home = new URL(new URL(page.url).pathname, page.url).href
  const before = new Date(Date.now() - 1)
  const waiting = await agent.follow(await agent.post(`${home}/email`, { address }))
  const mail = await latchkey.waitForMail(address, before)
  const confirmed = await agent.follow(await agent.post(linkIn(mail.text)))
  if (confirmed.status !== 200) throw new Error(`the link was not taken: ${confirmed.status}`)
  return agent.follow(await agent.get(waiting.url))
}

/** Redeems a code as the app that asked for it. What is named in `changes` is sent instead. */
export async function redeem(
  latchkey: RunningLatchkey,
  app: TestApp,
  { code, started }: Pick<ObtainedCode, 'code' | 'started'>,
  changes: Record<string, string | undefined> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  return postAs(
    app,
    `${latchkey.issuer}/token`,
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: app.redirect_uris[0],
      code_verifier: started.verifier,
      ...changes,
    },
    headers,
  )
}

export interface Tokens {
  accessToken: string
  idToken: string
  refreshToken: string
}

export function tokensOf({ status, body }: Answer): Tokens {
  if (status !== 200) throw new Error(`no tokens: ${status} ${JSON.stringify(body)}`)
  const text = (name: string) => (typeof body[name] === 'string' ? body[name] : '')
  return { accessToken: text('access_token'), idToken: text('id_token'), refreshToken: text('refresh_token') }
}

/** Asks userinfo with a bearer token. */
export async function askUserinfo(latchkey: RunningLatchkey, accessToken: string): Promise<Answer> {
  return call(`${latchkey.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } })
}

export async function refresh(latchkey: RunningLatchkey, app: TestApp, refreshToken: string): Promise<Answer> {
  return postAs(app, `${latchkey.issuer}/token`, { grant_type: 'refresh_token', refresh_token: refreshToken })
}
