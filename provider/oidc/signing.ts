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
    return sign(digests[this.#record.algorithm], data, { key: this.#privateKey, dsaEncoding: 'ieee-p1363' })
  }
}
