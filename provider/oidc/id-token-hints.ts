import { decodeProtectedHeader } from 'jose'
import type { Client, Provider } from 'oidc-provider'
import type { SigningKey } from './signing.ts'

/** Not in the types, though sign-out and authorization requests call it for every hint. */
interface HintValidator {
  validate(hint: string, client: Pick<Client, 'clientId' | 'idTokenSignedResponseAlg'>): Promise<object>
}

/**
 * What may serve as an `id_token_hint`: an ID token, and no other token that we signed (RFC 8725 §3.11), by any key that is still
 * published, also one of an algorithm that the installation signed with before.
 */
export function validateHints(provider: Provider, keys: readonly SigningKey[]): void {
  const idToken = provider.IdToken as typeof provider.IdToken & HintValidator
  const { validate } = idToken
  const algorithms = new Set(keys.map(key => key.alg))
  Object.assign(idToken, {
    async validate(hint, { clientId }) {
      const { typ = 'JWT', alg = '' } = decodeProtectedHeader(hint)
      if (typ !== 'JWT' || !algorithms.has(alg)) throw new Error('not an ID token of ours')
      return validate.call(idToken, hint, { clientId, idTokenSignedResponseAlg: alg })
    },
  } satisfies HintValidator)
}
