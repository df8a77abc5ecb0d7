import { createHmac, createPublicKey, randomUUID } from 'node:crypto'
import { CompactSign, exportJWK, generateKeyPair, importJWK, type CompactJWSHeaderParameters, type JWK } from 'jose'

/** A token before it is signed: every part of it can be another. */
export interface SignedParts {
  header: CompactJWSHeaderParameters
  claims: Record<string, unknown>
  /** The private key. */
  key: JWK
}

export async function makeKey(algorithm: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: algorithm, use: 'sig' }
}

/** As an upstream that is in its right mind does it. */
export async function signToken({ header, claims, key }: SignedParts): Promise<string> {
  const signer = new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header)
  // Whatever a header declares critical is signed as if it were understood.
  const crit = Object.fromEntries((header.crit ?? []).map(name => [name, true]))
  return signer.sign(await importJWK({ ...key, alg: header.alg }, header.alg), { crit })
}

/** RFC 8725 §2.1: no signature at all. */
export function leaveUnsigned({ header, claims }: SignedParts, algorithm = 'none'): string {
  return `${encode({ ...header, alg: algorithm })}.${encode(claims)}.`
}

/** RFC 8725 §2.1: what everybody knows, the public key, as the secret of a MAC. */
export function signWithPublicKey({ header, claims, key }: SignedParts): string {
  const secret = createPublicKey({ key: { ...key }, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
  const input = `${encode({ ...header, alg: 'HS256' })}.${encode(claims)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
