import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { AppError, StartError } from '../../provider/kernel/errors.ts'
import type { KeyWrapper } from '../../provider/ports/key-wrapper.ts'
import { readWrappedForm, takeCiphertext, writeServiceForm } from './wrapped-form.ts'

const triesAtMost = 3
const pauseMilliseconds = 100
const requestMilliseconds = 3_000

const encrypted = z.object({ data: z.object({ ciphertext: z.string().regex(/^vault:v[1-9]\d{0,8}:[A-Za-z0-9+/]+=*$/) }) })
const decrypted = z.object({ data: z.object({ plaintext: z.base64() }) })
const refused = z.object({ errors: z.array(z.string()) })

/**
 * A key of the transit engine of HashiCorp Vault (or OpenBao), over its HTTP API. The owner goes along as context and as
 * associated data: a derived key uses the one, and any other key the other. Without a token, the address is an agent's that adds one.
 */
export async function openVaultTransit(options: {
  /** https://host:8200 */
  origin: string
  /** Where the engine is mounted, and the key in it: transit/latchkey. */
  keyPath: string
  namespace?: string | undefined
  token?: string | undefined
}): Promise<KeyWrapper> {
  const { origin, keyPath, namespace, token } = options
  const end = keyPath.lastIndexOf('/')
  const [mount, key] = [keyPath.slice(0, end), keyPath.slice(end + 1)]
  // Not the address: a Vault may move, and takes its keys along.
  const name = `Vault transit key ${namespace === undefined ? '' : `${namespace}/`}${keyPath}`
  const masterKeyName = `${name} at ${origin}`
  const headers = {
    'content-type': 'application/json',
    'x-vault-request': 'true',
    ...(token !== undefined && { 'x-vault-token': token }),
    ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
  }

  async function ask(operation: 'encrypt' | 'decrypt', given: Record<string, string>, context: string): Promise<unknown> {
    const owner = Buffer.from(context).toString('base64')
    const body = JSON.stringify({ ...given, context: owner, associated_data: owner })
    const address = `${origin}/v1/${mount}/${operation}/${key}`
    for (let tries = 1; ; tries += 1) {
      try {
        return await post(address, { headers, body }, masterKeyName)
      } catch (error) {
        if (!(error instanceof AppError) || tries === triesAtMost) throw error
        await sleep(pauseMilliseconds * 2 ** tries)
      }
    }
  }

  return {
    masterKeyName,

    async wrap(dataKey, context) {
      const answer = await ask('encrypt', { plaintext: dataKey.toString('base64') }, context)
      return writeServiceForm(name, packCiphertext(encrypted.parse(answer).data.ciphertext))
    },

    async unwrap(wrapped, context) {
      const ciphertext = unpackCiphertext(takeCiphertext(wrapped, name, masterKeyName))
      const answer = await ask('decrypt', { ciphertext }, context)
      return Buffer.from(decrypted.parse(answer).data.plaintext, 'base64')
    },

    hasWrapped: wrapped => readWrappedForm(wrapped)?.masterKey === name,

    async close() {},
  }
}

async function post(
  address: string,
  { headers, body }: { headers: Record<string, string>; body: string },
  masterKeyName: string,
) {
  const signal = AbortSignal.timeout(requestMilliseconds)
  // A redirect would take the token along.
  const response = await fetch(address, { method: 'POST', headers, body, signal, redirect: 'error' }).catch((cause: unknown) => {
    throw away(masterKeyName, cause)
  })
  const answer = await response.json().catch((cause: unknown) => {
    throw away(masterKeyName, cause)
  })
  if (response.ok) return answer
  const { status } = response
  // Vault's own words, which quote neither token nor plaintext.
  const words = refused.safeParse(answer).data?.errors.join('; ').replaceAll(/\s+/g, ' ') ?? ''
  if (status === 429 || status >= 472) throw away(masterKeyName, new Error(`Vault answered ${status}: ${words}`))
  if (status === 403) {
    throw new StartError(
      `${masterKeyName} may not be used: check VAULT_TOKEN, and that its policy allows update on encrypt and decrypt.`,
    )
  }
  if (status === 404) throw new StartError(`${masterKeyName} is not there: check KMS_URL. Vault says: ${words || 'nothing'}.`)
  throw new StartError(
    `${masterKeyName} does not open what was wrapped, or is not there; Vault says: ${words || status}. Another Vault, a key that was ` +
      'deleted and made anew, and a damaged database look like this: check KMS_URL.',
  )
}

function away(masterKeyName: string, cause: unknown): AppError {
  const reason =
    cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : cause instanceof Error ? cause.message : ''
  return new AppError('unavailable', { cause: new Error(`${masterKeyName} is away: ${reason}`, { cause }) })
}

/** "vault:v12:BASE64" as its bytes, of which each one counts: in base64 the last letter has bits that nobody reads. */
function packCiphertext(ciphertext: string): Buffer {
  const [, version = '', encoded = ''] = ciphertext.split(':')
  const header = Buffer.alloc(4)
  header.writeUInt32BE(Number(version.slice(1)))
  return Buffer.concat([header, Buffer.from(encoded, 'base64')])
}

function unpackCiphertext(packed: Buffer): string {
  if (packed.length < 5) throw new Error('What Vault wrapped is cut short.')
  return `vault:v${packed.readUInt32BE()}:${packed.subarray(4).toString('base64')}`
}
