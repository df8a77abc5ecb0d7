import { createPublicKey, generateKeyPairSync, type JsonWebKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { SigningKey } from '../../provider/oidc/signing.ts'

function newKey(algorithm: 'ES256' | 'RS256' | 'EdDSA'): { signing: SigningKey; publicKey: ReturnType<typeof createPublicKey> } {
  const { privateKey } = {
    ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    EdDSA: () => generateKeyPairSync('ed25519'),
  }[algorithm]()
  const privateJwk = privateKey.export({ format: 'jwk' }) as JsonWebKey & Record<string, unknown>
  const now = new Date()
  const signing = new SigningKey({ kid: 'one', algorithm, privateJwk, createdAt: now, signsFrom: now, retiresAt: undefined })
  return { signing, publicKey: createPublicKey(privateKey) }
}

test('an ES256 signature is r and s of 32 bytes each, also where one of them is short', () => {
  const { signing, publicKey } = newKey('ES256')
  // One integer in 256 begins with a zero byte, and one in two is padded in DER: until each of the two was short once.
  const short = { r: 0, s: 0 }
  for (let count = 0; count < 10_000 && (short.r === 0 || short.s === 0); count += 1) {
    const data = Buffer.from(`message ${count}`)
    const signature = signing.sign(data)
    expect(signature).toHaveLength(64)
    expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true)
    if (signature[0] === 0) short.r += 1
    if (signature[32] === 0) short.s += 1
  }
  expect(short.r).toBeGreaterThan(0)
  expect(short.s).toBeGreaterThan(0)
})

test.for(['RS256', 'EdDSA'] as const)('an %s signature is as node:crypto makes it', algorithm => {
  const { signing, publicKey } = newKey(algorithm)
  const data = Buffer.from('message')
  expect(verify(algorithm === 'RS256' ? 'sha256' : null, data, publicKey, signing.sign(data))).toBe(true)
})
