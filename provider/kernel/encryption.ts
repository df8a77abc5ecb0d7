import { type CipherKey, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/*
 * AES-256-GCM (NIST SP 800-38D): 96-bit random nonce | ciphertext | 128-bit tag. Random nonces are good for 2^32 encryptions
 * under one key (§8.3). The synchronous calls are four times faster than WebCrypto at the size of a field; a KeyObject is four
 * times faster than the bytes of the key.
 */
const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** By how many bytes a ciphertext is longer than its plaintext. */
export const encryptionOverhead = nonceBytes + tagBytes

/** Encrypts under a key of 32 bytes. The additional data is not in the result, and has to be the same when it is decrypted. */
export function encrypt(key: CipherKey, plaintext: string | Buffer, additionalData = ''): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(additionalData))
  const ciphertext = typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext)
  // A stream cipher: all is out already, and this makes the tag.
  cipher.final()
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()])
}

/** Throws where the bytes were altered, or were encrypted under another key or with other additional data. */
export function decrypt(key: CipherKey, encrypted: Buffer, additionalData = ''): Buffer {
  const decipher = createDecipheriv(algorithm, key, encrypted.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(additionalData))
    .setAuthTag(encrypted.subarray(-tagBytes))
  const plaintext = decipher.update(encrypted.subarray(nonceBytes, -tagBytes))
  decipher.final()
  return plaintext
}
