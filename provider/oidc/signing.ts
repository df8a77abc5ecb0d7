import { createPrivateKey, createPublicKey, type JsonWebKeyInput, type KeyObject, sign } from 'node:crypto'
import { ExternalSigningKey } from 'oidc-provider'
import type { SigningKeyRecord } from '../ports/records.ts'

const digests = { ES256: 'sha256', RS256: 'sha256', EdDSA: null } as const

/**
 * A signing key for oidc-provider that signs on the spot: node:crypto's synchronous signature costs a fraction of WebCrypto's,
 * whose hop to another thread and back is most of the time of an ES256 signature.
 */
export class SigningKey extends ExternalSigningKey {
  readonly #record: SigningKeyRecord
  readonly #privateKey: KeyObject
  readonly #publicKey: KeyObject

  constructor(record: SigningKeyRecord) {
    super()
    this.#record = record
    // The repository keeps what jose generated, so it is a JWK.
    this.#privateKey = createPrivateKey({ key: record.privateJwk as JsonWebKeyInput['key'], format: 'jwk' })
    this.#publicKey = createPublicKey(this.#privateKey)
  }

  override get kid(): string {
    return this.#record.kid
  }

  override get alg(): string {
    return this.#record.algorithm
  }

  override keyObject(): KeyObject {
    return this.#publicKey
  }

  override sign(data: Uint8Array): Uint8Array {
    // The bare key, without options: for an object of options Node first finds out by a caught exception that it is no key,
    // which costs as much as the signature.
    const signature = sign(digests[this.#record.algorithm], data, this.#privateKey)
    return this.#record.algorithm === 'ES256' ? joinIntegers(signature) : signature
  }
}

const integerBytes = 32

/** From DER (RFC 3279 §2.2.3: SEQUENCE { r, s }) to r and s side by side, as JWS wants them (RFC 7518 §3.4), for P-256. */
function joinIntegers(der: Buffer): Buffer {
  const joined = Buffer.alloc(2 * integerBytes)
  let position = 2 // behind the SEQUENCE's tag and its length, one byte each: it is never longer than 70
  for (const end of [integerBytes, 2 * integerBytes]) {
    const start = position + 2
    position = start + der.readUInt8(position + 1)
    // An integer is as short as it can be, or a byte longer where its first bit would mean a sign.
    const integer = der.subarray(Math.max(start, position - integerBytes), position)
    integer.copy(joined, end - integer.length)
  }
  return joined
}
