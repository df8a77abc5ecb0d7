import { X509Certificate } from 'node:crypto'
import { loadReaders } from './library.ts'

/** An authenticator's chain has an intermediate certificate or two. */
const longestChain = 5

export interface WeighedAttestation {
  /** The attestation object to be verified. */
  object: Uint8Array<ArrayBuffer>
  /** Its certificates lead to one that the installation trusts, so a signature by the first of them proves the model. */
  trusted: boolean
}

/**
 * Decides whether an attestation (Web Authentication Level 3, §6.5) is worth verifying. One that the installation has no reason to
 * trust counts as none (§7.1 step 24 allows it), and its certificates are not looked at further: anybody can make some, and
 * verifying them could lead to addresses that a stranger has written into them. Throws where it can't be read.
 */
export async function weighAttestation(given: Buffer, roots: readonly X509Certificate[], now: Date): Promise<WeighedAttestation> {
  const { decodeAttestationObject, isoCBOR } = await loadReaders()
  const object = new Uint8Array(given)
  const decoded = decodeAttestationObject(object)
  const certificates: unknown = decoded.get('attStmt').get('x5c')
  // Self attestation has no certificate: the credential's own key has signed.
  if (certificates === undefined && ['none', 'packed'].includes(decoded.get('fmt'))) return { object, trusted: false }
  if (isTrusted(readCertificates(certificates), roots, now)) return { object, trusted: true }
  const without = new Map<string, string | Uint8Array | Map<string, never>>([
    ['fmt', 'none'],
    ['attStmt', new Map<string, never>()],
    ['authData', decoded.get('authData')],
  ])
  return { object: isoCBOR.encode(without), trusted: false }
}

function readCertificates(given: unknown): X509Certificate[] {
  if (!Array.isArray(given) || given.length > longestChain) return []
  try {
    return given.map(bytes => new X509Certificate(bytes))
  } catch {
    return []
  }
}

/** Whether each certificate was issued by the next, the last by a trusted one, and all are valid (RFC 5280 §6.1, without lists). */
function isTrusted(chain: readonly X509Certificate[], roots: readonly X509Certificate[], now: Date): boolean {
  const last = chain.at(-1)
  if (last === undefined || !chain.every(certificate => isInForce(certificate, now))) return false
  if (!chain.slice(1).every((issuer, index) => isIssuedBy(chain[index], issuer))) return false
  return roots.some(root => root.raw.equals(last.raw) || (isInForce(root, now) && isIssuedBy(last, root)))
}

function isIssuedBy(certificate: X509Certificate | undefined, issuer: X509Certificate): boolean {
  return certificate !== undefined && issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

function isInForce(certificate: X509Certificate, now: Date): boolean {
  return certificate.validFromDate <= now && now <= certificate.validToDate
}
