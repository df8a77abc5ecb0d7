import * as client from 'openid-client'
import { Agent, type Response } from './agent.ts'
import type { RunningLatchkey } from './latchkey.ts'

/** A browser app of ours, as most tests use it: first-party, refresh token in the cookie. */
export const browserApp = {
  client_id: 'fieldnotes',
  client_name: 'Fieldnotes',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://localhost:4000/callback'],
  post_logout_redirect_uris: ['http://localhost:4000/'],
  origins: ['http://localhost:4000'],
  grant_types: ['authorization_code', 'refresh_token'],
  refresh_token_delivery: 'cookie',
  first_party: true,
}

/** An app with a server: it keeps a secret, and its refresh token. */
export const serverApp = {
  client_id: 'ledger',
  client_name: 'Ledger',
  client_secret: 'a-secret-of-at-least-thirty-two-characters',
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: ['http://localhost:4001/callback'],
  post_logout_redirect_uris: ['http://localhost:4001/'],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  first_party: true,
}

export interface StartedRequest {
  url: string
  verifier: string
  state: string
  nonce: string
}

export async function startRequest(
  issuer: string,
  app: { client_id: string; redirect_uris: string[] },
  extra: Record<string, string> = {},
): Promise<StartedRequest> {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const parameters = new URLSearchParams({
    client_id: app.client_id,
    response_type: 'code',
    redirect_uri: app.redirect_uris[0] ?? '',
    scope: 'openid email profile',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...extra,
  })
  return { url: `${issuer}/authorize?${parameters}`, verifier, state, nonce }
}

/** The link of a mail. */
export function linkIn(text: string): string {
  const link = /https?:\/\/\S+\/link\/[A-Za-z0-9_-]+/.exec(text)?.[0]
  if (link === undefined) throw new Error('the mail has no link')
  return link
}

/** The code of a mail, without its space. */
export function codeIn(text: string): string {
  const code = /^([BCDFGHJKLMNPQRSTVWXZ]{4}) ([BCDFGHJKLMNPQRSTVWXZ]{4})$/m.exec(text)
  if (code === null) throw new Error('the mail has no code')
  return `${code[1]}${code[2]}`
}

/** From the app's redirect to the page that says where the mail went. */
export async function askForMail(agent: Agent, url: string, address: string): Promise<Response> {
  const first = await agent.follow(await agent.get(url))
  const home = new URL(first.url).pathname
  return agent.follow(await agent.post(new URL(`${home}/email`, first.url).href, { address }))
}

/** Signs in by the link of the mail, in the browser that began, and answers the redirect back to the app. */
export async function signInByLink(latchkey: RunningLatchkey, agent: Agent, url: string, address: string): Promise<URL> {
  const before = new Date(Date.now() - 1)
  const waiting = await askForMail(agent, url, address)
  const mail = await latchkey.waitForMail(address, before)
  const confirmed = await agent.follow(await agent.post(linkIn(mail.text)))
  if (confirmed.status !== 200) throw new Error(`the link was not taken: ${confirmed.status}`)
  const left = await agent.follow(await agent.get(waiting.url))
  if (left.location === undefined) throw new Error(`the sign-in went nowhere: ${left.status}`)
  return new URL(left.location)
}
