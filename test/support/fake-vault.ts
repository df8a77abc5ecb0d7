import { createSecretKey, hkdfSync, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { decrypt, encrypt } from '../../provider/kernel/encryption.ts'
import { type Answer, type FakeService, startFakeService } from './fake-service.ts'

const token = 'hvs.CAESIJ-of-this-test-alone'

interface TransitKey {
  /** As `vault write transit/keys/NAME derived=true` makes one: each context has a key of its own. */
  derived: boolean
  /** The first is version 1. */
  versions: Buffer[]
  minimumVersion: number
}

export interface FakeVault extends FakeService {
  token: string
  /** What KMS_URL says of a key in it. */
  urlOf(key: string): string
  createKey(name: string, options?: { derived?: boolean }): void
  rotate(name: string): void
  /** Raises min_decryption_version to the newest. */
  forbidOldVersions(name: string): void
  deleteKey(name: string): void
}

const request = z.object({
  plaintext: z.base64().optional(),
  ciphertext: z.string().optional(),
  context: z.base64(),
  associated_data: z.base64().optional(),
})

/** The transit engine as far as wrapping keys goes, after its documentation: versions, derivation, associated data, real AES-GCM. */
export async function startFakeVault(): Promise<FakeVault> {
  const keys = new Map<string, TransitKey>()

  function answer(path: string, given: string | undefined, body: string): Answer {
    if (given !== token) return refuse(403, 'permission denied')
    const [, operation, name = ''] = /^\/v1\/transit\/(encrypt|decrypt)\/([\w.-]+)$/.exec(path) ?? []
    if (operation === undefined) return { status: 404, body: { errors: [] } }
    const key = keys.get(name)
    if (key === undefined) return refuse(400, 'encryption key not found')
    const asked = request.parse(JSON.parse(body))
    return operation === 'encrypt' ? encryptWith(key, asked) : decryptWith(key, asked)
  }

  const service = await startFakeService(({ url = '', headers }, body) => {
    const given = headers['x-vault-token']
    return answer(url, typeof given === 'string' ? given : undefined, body)
  })
  return Object.assign(service, {
    token,
    urlOf: (key: string) => `vault+${service.origin}/transit/${key}`,
    createKey: (name: string, { derived = true } = {}) =>
      void keys.set(name, { derived, versions: [randomBytes(32)], minimumVersion: 1 }),
    rotate: (name: string) => void keys.get(name)?.versions.push(randomBytes(32)),
    forbidOldVersions: (name: string) => {
      const key = keys.get(name)
      if (key) key.minimumVersion = key.versions.length
    },
    deleteKey: (name: string) => void keys.delete(name),
  })
}

type Asked = z.output<typeof request>

function encryptWith(key: TransitKey, asked: Asked): Answer {
  const version = key.versions.length
  const sealed = encrypt(
    secretOf(key, version, asked.context),
    Buffer.from(asked.plaintext ?? '', 'base64'),
    asked.associated_data,
  )
  return { status: 200, body: { data: { ciphertext: `vault:v${version}:${sealed.toString('base64')}`, key_version: version } } }
}

function decryptWith(key: TransitKey, asked: Asked): Answer {
  const [, number, encoded = ''] = /^vault:v(\d+):(.+)$/.exec(asked.ciphertext ?? '') ?? []
  const version = Number(number)
  if (!(version >= 1 && version <= key.versions.length)) return refuse(400, 'invalid ciphertext: no key of that version')
  if (version < key.minimumVersion) return refuse(400, 'ciphertext or signature version is disallowed by policy (too old)')
  try {
    const opened = decrypt(secretOf(key, version, asked.context), Buffer.from(encoded, 'base64'), asked.associated_data)
    return { status: 200, body: { data: { plaintext: opened.toString('base64') } } }
  } catch {
    return refuse(400, 'cipher: message authentication failed')
  }
}

function secretOf({ derived, versions }: TransitKey, version: number, context: string) {
  const key = versions[version - 1] ?? Buffer.alloc(0)
  return createSecretKey(derived ? Buffer.from(hkdfSync('sha256', key, '', Buffer.from(context, 'base64'), 32)) : key)
}

function refuse(status: number, words: string): Answer {
  return { status, body: { errors: [words] } }
}
