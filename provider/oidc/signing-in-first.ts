import { createHash } from 'node:crypto'
import type { Answer } from '../http/answer.ts'
import { newSecret } from '../kernel/secrets.ts'
import type { Decision } from '../policy/gate.ts'
import { accountClientId, accountReturnPath } from './account-app.ts'

/** An authorization request of our own app, that comes back to one of its pages. */
export function signInFirst(issuer: string, comeBackTo: string, wanted: Record<string, string>): Answer {
  const query = new URLSearchParams({
    client_id: accountClientId,
    response_type: 'code',
    redirect_uri: `${issuer}${accountReturnPath}`,
    scope: 'openid',
    state: comeBackTo,
    code_challenge: createHash('sha256').update(newSecret()).digest('base64url'),
    code_challenge_method: 'S256',
    ...wanted,
  })
  return { kind: 'redirect', to: `/authorize?${query}` }
}

/** What such a request has to ask for, where policy wants more than was proved. */
export function parametersFor(decision: Decision): Record<string, string> {
  return decision.kind === 'satisfied' || decision.kind === 'proof-needed' ? {} : { acr_values: decision.level }
}
