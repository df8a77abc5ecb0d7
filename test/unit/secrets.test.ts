import { describe, expect, it } from 'vitest'
import { constantTimeEqual, hashSecret, newSecret } from '../../provider/kernel/secrets.ts'

describe('secrets', () => {
  it('are 256 random bits in 43 characters that a URL may hold', () => {
    const secrets = Array.from({ length: 100 }, newSecret)
    expect(new Set(secrets).size).toBe(100)
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/)
  })

  it('are compared by their hashes: equal, different, and of another length', () => {
    const secret = newSecret()
    expect(constantTimeEqual(hashSecret(secret), hashSecret(secret))).toBe(true)
    expect(constantTimeEqual(hashSecret(secret), hashSecret(newSecret()))).toBe(false)
    for (const other of [Buffer.alloc(0), hashSecret(secret).subarray(0, 31), Buffer.alloc(33)]) {
      expect(constantTimeEqual(hashSecret(secret), other)).toBe(false)
    }
  })
})
