import { createHash, createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A new secret of 256 random bits, base64url without padding (43 characters). */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/**
 * SHA-256 of a secret, for keeping. Fast on purpose: it is meant for values of 256 random bits, which nobody can guess,
 * never for what a person types.
 */
export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

/** HMAC-SHA-256 (RFC 2104) over length-prefixed parts, so that no two lists of parts share a message. */
export function keyedHash(key: Buffer, ...parts: string[]): Buffer {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(`${Buffer.byteLength(part)}:`).update(part)
  return mac.digest()
}

/** Compares without telling by its time where the two differ. */
export function constantTimeEqual(a: Buffer | string, b: Buffer | string): boolean {
  const left = createHash('sha256').update(a).digest()
  const right = createHash('sha256').update(b).digest()
  return timingSafeEqual(left, right)
}
