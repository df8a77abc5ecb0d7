import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decrypt, encrypt, encryptionOverhead } from '../../provider/kernel/encryption.ts'

describe('encryption', () => {
  const key = createSecretKey(randomBytes(32))

  it('is AES-256-GCM, laid out as nonce, ciphertext and tag (GCM specification, test case 14)', () => {
    const nonce = '00'.repeat(12)
    const ciphertext = 'cea7403d4d606b6e074ec5d3baf39d18'
    const tag = 'd0d1c8a799996bf0265b98b5d48ab919'
    const plaintext = decrypt(Buffer.alloc(32), Buffer.from(nonce + ciphertext + tag, 'hex'))
    expect(plaintext).toEqual(Buffer.alloc(16))
  })

  it('gives back what it was given, text or bytes, and never looks the same twice', () => {
    for (const plaintext of ['', 'Zoë', randomBytes(32)]) {
      const encrypted = encrypt(key, plaintext, 'here')
      expect(encrypted).toHaveLength(Buffer.from(plaintext).length + encryptionOverhead)
      expect(decrypt(key, encrypted, 'here')).toEqual(Buffer.from(plaintext))
      expect(encrypt(key, plaintext, 'here')).not.toEqual(encrypted)
    }
  })

  it('refuses another key, other additional data, and anything altered or cut short', () => {
    const encrypted = encrypt(key, 'secret', 'here')
    expect(() => decrypt(createSecretKey(randomBytes(32)), encrypted, 'here')).toThrow()
    expect(() => decrypt(key, encrypted, 'there')).toThrow()
    expect(() => decrypt(key, encrypted)).toThrow()
    for (let length = 0; length < encrypted.length; length++) {
      expect(() => decrypt(key, encrypted.subarray(0, length), 'here')).toThrow()
      const altered = Buffer.from(encrypted)
      altered.writeUInt8(altered.readUInt8(length) ^ 1, length)
      expect(() => decrypt(key, altered, 'here')).toThrow()
    }
  })
})
