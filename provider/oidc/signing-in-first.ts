import { createHash } from 'node:crypto'
import type { Provider } from 'oidc-provider'
import type { Answer } from '../http/answer.ts'
import { newSecret } from '../kernel/secrets.ts'
import type { Decision } from '../policy/gate.ts'
import { accountClientId, accountReturnPath } from './account-app.ts'
import { pushRequest } from './pushed-request.ts'

/** An authorization request of our own app, that comes back to one of its pages. */
export function signInFirst(issuer: string, comeBackTo: string, wanted: Record<string, string>): Answer {
  return { kind: 'redirect', to: `/authorize?${new URLSearchParams(makeRequest(issuer, comeBackTo, wanted))}` }
}

/** The same, for who is to sign in with a certain address, which stands in no URL. */
export type SignInAs = (comeBackTo: string, address: string, wanted?: Record<string, string>) => Promise<Answer>

export function createSignInAs(provider: Provider): SignInAs {
  return async (comeBackTo, address, wanted = {}) => {
    const request = makeRequest(provider.issuer, comeBackTo, { ...wanted, login_hint: address })
    const pushed = await pushRequest(provider, accountClientId, request)
    return { kind: 'redirect', to: `/authorize?${new URLSearchParams(pushed)}` }
  }
}

function makeRequest(issuer: string, comeBackTo: string, wanted: Record<string, string>): Record<string, string> {
  return {
    client_id: accountClientId,
    response_type: 'code',
    redirect_uri: `${issuer}${accountReturnPath}`,
    scope: 'openid',
    state: comeBackTo,
    code_challenge: createHash('sha256').update(newSecret()).digest('base64url'),
    code_challenge_method: 'S256',
    ...wanted,
  }
}

/** What such a request has to ask for, where policy wants more than was proved. */
export function parametersFor(decision: Decision): Record<string, string> {
  return decision.kind === 'satisfied' || decision.kind === 'proof-needed' ? {} : { acr_values: decision.level }
}
