import { createHash, createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { decrypt, encrypt } from '../../provider/kernel/encryption.ts'
import { type Answer, type FakeService, startFakeService } from './fake-service.ts'

const region = 'eu-central-1'
const credentials = { id: 'AKIAOFTHISTESTALONE0', secret: 'the/secret+of/this/test/alone/and/of/nothing' }

export interface FakeAwsKms extends FakeService {
  /** What the SDK reads of its environment. */
  environment: Record<string, string>
  /** Makes a key, and answers its ARN. */
  createKey(): string
  disable(arn: string): void
}

const request = z.object({
  KeyId: z.string(),
  EncryptionContext: z.record(z.string(), z.string().min(1)),
  Plaintext: z.base64().optional(),
  CiphertextBlob: z.base64().optional(),
})

interface Key {
  secret: Buffer
  enabled: boolean
}

/** AWS KMS as far as Encrypt and Decrypt go (AWS JSON 1.1). It believes no request whose signature it cannot compute itself. */
export async function startFakeAwsKms(): Promise<FakeAwsKms> {
  const keys = new Map<string, Key>()

  const service = await startFakeService((incoming, body) => {
    if (!isSigned(incoming, body)) return refuse('InvalidSignatureException')
    const operation = String(incoming.headers['x-amz-target']).split('.').pop()
    const parsed = request.safeParse(JSON.parse(body))
    if (!parsed.success) return refuse('ValidationException')
    const key = keys.get(parsed.data.KeyId)
    if (key === undefined) return refuse('NotFoundException')
    if (!key.enabled) return refuse('DisabledException')
    return operation === 'Encrypt' ? encryptWith(key, parsed.data) : decryptWith(key, parsed.data, keys)
  }, 'application/x-amz-json-1.1')

  return Object.assign(service, {
    environment: {
      AWS_ACCESS_KEY_ID: credentials.id,
      AWS_SECRET_ACCESS_KEY: credentials.secret,
      AWS_ENDPOINT_URL_KMS: service.origin,
    },
    createKey() {
      const arn = `arn:aws:kms:${region}:111122223333:key/${randomBytes(8).toString('hex')}`
      keys.set(arn, { secret: randomBytes(32), enabled: true })
      return arn
    },
    disable(arn: string) {
      const key = keys.get(arn)
      if (key) key.enabled = false
    },
  })
}

type Asked = z.output<typeof request>

/** A ciphertext of KMS says itself which key it is of, here by the key's hash. */
function encryptWith({ secret }: Key, { KeyId, EncryptionContext, Plaintext = '' }: Asked): Answer {
  const sealed = encrypt(createSecretKey(secret), Buffer.from(Plaintext, 'base64'), JSON.stringify(EncryptionContext))
  return { status: 200, body: { KeyId, CiphertextBlob: Buffer.concat([labelOf(secret), sealed]).toString('base64') } }
}

function decryptWith({ secret }: Key, asked: Asked, keys: Map<string, Key>): Answer {
  const blob = Buffer.from(asked.CiphertextBlob ?? '', 'base64')
  const label = blob.subarray(0, 8)
  if (![...keys.values()].some(key => labelOf(key.secret).equals(label))) return refuse('InvalidCiphertextException')
  if (!labelOf(secret).equals(label)) return refuse('IncorrectKeyException')
  try {
    const opened = decrypt(createSecretKey(secret), blob.subarray(8), JSON.stringify(asked.EncryptionContext))
    return { status: 200, body: { KeyId: asked.KeyId, Plaintext: opened.toString('base64') } }
  } catch {
    return refuse('InvalidCiphertextException')
  }
}

function labelOf(secret: Buffer): Buffer {
  return createHash('sha256').update(secret).digest().subarray(0, 8)
}

function refuse(type: string): Answer {
  return { status: 400, body: { __type: type, message: type } }
}

/** Signature Version 4 (AWS, "Create a signed API request"), computed once more from what arrived. */
function isSigned({ method = '', url = '', headers }: IncomingMessage, body: string): boolean {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/kms\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/
  const [, id, date = '', signedRegion, names = '', signature = ''] = form.exec(headers.authorization ?? '') ?? []
  const moment = String(headers['x-amz-date'])
  if (id !== credentials.id || signedRegion !== region || !moment.startsWith(date)) return false
  if (!names.split(';').includes('host') || !names.split(';').includes('x-amz-date')) return false
  const canonicalHeaders = names.split(';').map(name => `${name}:${String(headers[name]).trim()}\n`)
  const canonicalRequest = [method, url, '', canonicalHeaders.join(''), names, digest(body)].join('\n')
  const scope = `${date}/${region}/kms/aws4_request`
  const signed = ['AWS4-HMAC-SHA256', moment, scope, digest(canonicalRequest)].join('\n')
  const key = [date, region, 'kms', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${credentials.secret}`,
  )
  return timingSafeEqual(createHmac('sha256', key).update(signed).digest(), Buffer.from(signature, 'hex'))
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
