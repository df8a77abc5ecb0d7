import { loadReaders } from './library.ts'

/**
 * Whether a signature is written as Web Authentication Level 3, §6.5.5 says: ES256 as an Ecdsa-Sig-Value in DER, of which there is
 * one spelling only. The library reads others too; with this, nobody makes a second signature out of one that was seen.
 */
export async function isWellEncoded(signature: Buffer, publicKey: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const { COSEALG, cose, decodeCredentialPublicKey } = await loadReaders()
  if (decodeCredentialPublicKey(publicKey).get(cose.COSEKEYS.alg) !== COSEALG.ES256) return true
  if (signature[0] !== 0x30 || signature[1] !== signature.length - 2) return false
  const middle = endOfInteger(signature, 2)
  return middle !== undefined && endOfInteger(signature, middle) === signature.length
}

/** Where a positive integer ends (X.690 §8.3, §10.1), in its shortest form. */
function endOfInteger(bytes: Buffer, from: number): number | undefined {
  const [tag, length = 0, first = 0x80, second = 0] = bytes.subarray(from, from + 4)
  const isShortest = first !== 0 || length === 1 || second >= 0x80
  return tag === 0x02 && length > 0 && first < 0x80 && isShortest ? from + 2 + length : undefined
}
