import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import type { Client, Provider } from 'oidc-provider'
import type { SigningKey } from './signing.ts'

/** Of oidc-provider's IdToken, which sign-out and authorization requests ask about every hint: as much as it reads of a client. */
interface HintValidator {
  validate(hint: string, client: Pick<Client, 'clientId' | 'idTokenSignedResponseAlg'>): Promise<object>
}

/**
 * What may serve as an `id_token_hint`: an ID token, and no other token that we signed (RFC 8725 §3.11), by any key that is still
 * published, also one of an algorithm that the installation signed with before.
 */
export function validateHints(provider: Provider, keys: readonly SigningKey[]): void {
  const idToken = validatorOf(provider)
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

/** What an ID token of ours says, and the app that it is for; undefined where it is none. */
export async function readHint(provider: Provider, hint: string): Promise<{ client: Client; payload: JWTPayload } | undefined> {
  const payload = decode(hint)
  const client = typeof payload?.aud === 'string' ? await provider.Client.find(payload.aud) : undefined
  if (payload === undefined || client === undefined) return undefined
  const valid = await validatorOf(provider)
    .validate(hint, client)
    .then(
      () => true,
      () => false,
    )
  return valid ? { client, payload } : undefined
}

function decode(hint: string): JWTPayload | undefined {
  try {
    return decodeJwt(hint)
  } catch {
    return undefined
  }
}

function validatorOf(provider: Provider): HintValidator {
  return provider.IdToken
}
