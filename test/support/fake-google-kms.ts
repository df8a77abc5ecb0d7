import { createSecretKey, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { computeCrc32c } from '../../adapters/kms/crc32c.ts'
import type { GoogleClientOptions } from '../../adapters/kms/google-kms.ts'
import { decrypt, encrypt } from '../../provider/kernel/encryption.ts'
import { type Answer, type FakeService, startFakeService } from './fake-service.ts'

const accessToken = 'ya29.of-this-test-alone'
/** What the workload is known by. */
export const googleSubjectToken = 'subject-of-this-test-alone'

export interface FakeGoogleKms extends FakeService {
  /** Leads the SDK's client here. */
  client: GoogleClientOptions
  /** What GOOGLE_APPLICATION_CREDENTIALS names: of a workload that another issuer vouches for, whose word is in `subjectFile`. */
  credentials(subjectFile: string): string
  /** Makes a key, and answers its name. */
  createKey(): string
  disable(name: string): void
  /** Damages what is answered on its way, as a bad memory module would. */
  garbles: boolean
}

const bytes = z.base64().default('')
const checksum = z.union([z.string(), z.number()])
const request = z.object({
  plaintext: bytes,
  ciphertext: bytes,
  additionalAuthenticatedData: bytes,
  plaintextCrc32c: checksum.optional(),
  ciphertextCrc32c: checksum.optional(),
  additionalAuthenticatedDataCrc32c: checksum,
})

/** Google Cloud KMS as far as encrypt and decrypt go (cloudkms v1, REST), which insists on a checksum of all that is sent. */
export async function startFakeGoogleKms(): Promise<FakeGoogleKms> {
  const keys = new Map<string, { secret: Buffer; enabled: boolean }>()

  const service = await startFakeService((incoming, body) => {
    if (incoming.url === '/sts') return exchange(body)
    if (incoming.headers.authorization !== `Bearer ${accessToken}`) return refuse(401, 'UNAUTHENTICATED')
    const [, name = '', operation] = /^\/v1\/([^:?]+):(encrypt|decrypt)(?:\?|$)/.exec(incoming.url ?? '') ?? []
    const key = keys.get(name)
    if (key === undefined) return refuse(404, 'NOT_FOUND')
    if (!key.enabled) return refuse(400, 'FAILED_PRECONDITION')
    const parsed = request.safeParse(JSON.parse(body))
    if (!parsed.success) return refuse(400, 'INVALID_ARGUMENT')
    const secret = createSecretKey(key.secret)
    return operation === 'encrypt' ? encryptWith(secret, name, parsed.data) : decryptWith(secret, parsed.data)
  })

  function encryptWith(secret: ReturnType<typeof createSecretKey>, name: string, asked: Asked): Answer {
    const [plaintext, additional] = [decode(asked.plaintext), decode(asked.additionalAuthenticatedData)]
    if (!fits(plaintext, asked.plaintextCrc32c) || !fits(additional, asked.additionalAuthenticatedDataCrc32c))
      return refuse(400, 'INVALID_ARGUMENT')
    const ciphertext = encrypt(secret, plaintext, additional.toString('latin1'))
    const checked = { verifiedPlaintextCrc32c: true, verifiedAdditionalAuthenticatedDataCrc32c: true }
    return {
      status: 200,
      body: { name: `${name}/cryptoKeyVersions/1`, ...checked, ...withChecksum('ciphertext', ciphertext) },
    }
  }

  function decryptWith(secret: ReturnType<typeof createSecretKey>, asked: Asked): Answer {
    const [ciphertext, additional] = [decode(asked.ciphertext), decode(asked.additionalAuthenticatedData)]
    if (!fits(ciphertext, asked.ciphertextCrc32c) || !fits(additional, asked.additionalAuthenticatedDataCrc32c))
      return refuse(400, 'INVALID_ARGUMENT')
    try {
      return { status: 200, body: withChecksum('plaintext', decrypt(secret, ciphertext, additional.toString('latin1'))) }
    } catch {
      return refuse(400, 'INVALID_ARGUMENT')
    }
  }

  function withChecksum(what: string, value: Buffer): Record<string, string> {
    const sent = Buffer.from(value)
    if (fake.garbles) sent[0] = (sent[0] ?? 0) ^ 1
    return { [what]: sent.toString('base64'), [`${what}Crc32c`]: String(computeCrc32c(value)) }
  }

  const fake: FakeGoogleKms = Object.assign(service, {
    client: { apiEndpoint: '127.0.0.1', port: service.port, protocol: 'http' },
    credentials: (subjectFile: string) =>
      JSON.stringify({
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider',
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        token_url: `${service.origin}/sts`,
        credential_source: { file: subjectFile },
      }),
    garbles: false,
    createKey() {
      const name = `projects/p-1/locations/europe-west3/keyRings/ring/cryptoKeys/key-${randomBytes(4).toString('hex')}`
      keys.set(name, { secret: randomBytes(32), enabled: true })
      return name
    },
    disable(name: string) {
      const key = keys.get(name)
      if (key) key.enabled = false
    },
  })
  return fake
}

type Asked = z.output<typeof request>

/** RFC 8693, as Google's token service speaks it. */
function exchange(body: string): Answer {
  if (new URLSearchParams(body).get('subject_token') !== googleSubjectToken)
    return { status: 401, body: { error: 'invalid_grant' } }
  const issued_token_type = 'urn:ietf:params:oauth:token-type:access_token'
  return { status: 200, body: { access_token: accessToken, issued_token_type, token_type: 'Bearer', expires_in: 3600 } }
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64')
}

function fits(value: Buffer, checksumGiven: string | number | undefined): boolean {
  return String(checksumGiven) === String(computeCrc32c(value))
}

function refuse(status: number, name: string): Answer {
  return { status, body: { error: { code: status, message: name.toLowerCase(), status: name } } }
}
