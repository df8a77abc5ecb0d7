import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

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

/** Compares hashes without telling by its time where the two differ. Their length is no secret. */
export function constantTimeEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
