import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import type { SigningKeyRecord } from '../ports/records.ts'

export type SigningAlgorithm = SigningKeyRecord['algorithm']

/** A key pair that nobody has seen, as a private JWK (RFC 7517) named by its thumbprint (RFC 7638). */
export async function newSigningKey(
  algorithm: SigningAlgorithm,
  times: Pick<SigningKeyRecord, 'createdAt' | 'signsFrom'>,
): Promise<SigningKeyRecord> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { kid, algorithm, privateJwk: { ...jwk, kid, alg: algorithm, use: 'sig' }, ...times, retiresAt: undefined }
}
