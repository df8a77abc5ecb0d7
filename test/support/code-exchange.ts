import type { Agent, Response } from './agent.ts'
import { browserApp, type StartedRequest } from './relying-party.ts'

const headers = { origin: browserApp.origins[0] ?? '', 'sec-fetch-site': 'same-site', accept: 'application/json' }

/** The browser app's page asks for its tokens: cross-origin, with credentials. */
export function exchangeCode(agent: Agent, issuer: string, started: StartedRequest, code: string): Promise<Response> {
  const form = {
    grant_type: 'authorization_code',
    client_id: browserApp.client_id,
    code,
    redirect_uri: browserApp.redirect_uris[0] ?? '',
    code_verifier: started.verifier,
  }
  return agent.post(`${issuer}/token`, form, headers)
}

/** The same page refreshes, by the cookie that it never sees. */
export function refresh(
  agent: Agent,
  issuer: string,
  more: Record<string, string> = {},
  /** Which of its tabs it is: `workspace` and `sid`. */
  tab: Record<string, string> = {},
): Promise<Response> {
  const form = { grant_type: 'refresh_token', client_id: browserApp.client_id, ...tab }
  return agent.post(`${issuer}/token`, form, { ...headers, ...more })
}
