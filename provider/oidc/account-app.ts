import { appMetadata } from '../apps/metadata.ts'
import type { RegisteredApp } from '../apps/registry.ts'

export const accountClientId = 'latchkey-account'

/** Where the browser comes back to. The code that it brings is good for nobody: this app gets no tokens, whoever has the verifier. */
export const accountReturnPath = '/account/back'

/**
 * The account pages sign people in as every product does: by an authorization request of an app of our own, so that policy,
 * methods, enrolment and step-up are the same there as everywhere. It is in no list, and nobody can register it.
 */
export function describeAccountApp(issuer: string, installationName: string): RegisteredApp {
  const metadata = appMetadata.parse({
    client_id: accountClientId,
    client_name: installationName,
    redirect_uris: [`${issuer}${accountReturnPath}`],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    first_party: true,
  })
  return { clientId: accountClientId, secretHash: undefined, metadata, signsInOnly: true }
}
