import { hkdfSync, randomBytes } from 'node:crypto'
import { decrypt, encrypt } from '../kernel/encryption.ts'
import { constantTimeEqual, hashSecret } from '../kernel/secrets.ts'
import type { RefreshFamilyRecord } from '../ports/session-records.ts'

/*
 * Refresh tokens, as they are and as they are kept.
 *
 * A token is base64url(family id, 16 bytes | secret, 32 bytes). All tokens of a chain share the family id; each has a secret of
 * its own. The database holds one row a family: the SHA-256 of the current token, that of the one before, and the current
 * token sealed under a key that only the one before yields. So whoever reads the database learns no token; a chain of any length
 * keeps its size; and a retry within the grace gets the very same successor, because rotation and successor are one row's
 * one update. A token of a known family that is neither of the two can only be an old one: the family id is in its tokens and
 * nowhere else.
 */

/** How long the token before the current one still yields the current one: tabs that refresh at once all stay signed in. */
export const graceMilliseconds = 10_000

const familyBytes = 16
const secretBytes = 32

export function newRefreshToken(familyId?: string): string {
  const family = familyId === undefined ? randomBytes(familyBytes) : Buffer.from(familyId, 'hex')
  return Buffer.concat([family, randomBytes(secretBytes)]).toString('base64url')
}

/** The family that a token names, as 32 hex digits; undefined where it is no refresh token of ours. */
export function familyOf(token: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{64}$/.test(token)) return undefined
  return Buffer.from(token, 'base64url').subarray(0, familyBytes).toString('hex')
}

/** Seals the successor under a key derived from the token that it replaces (HKDF-SHA-256, RFC 5869). */
export function sealSuccessor(successor: string, replaced: string): Buffer {
  return encrypt(successorKey(replaced), successor)
}

export function openSuccessor(sealed: Buffer, replaced: string): string {
  return decrypt(successorKey(replaced), sealed).toString('utf8')
}

function successorKey(token: string): Buffer {
  return Buffer.from(hkdfSync('sha256', token, '', 'latchkey refresh successor', 32))
}

export type Standing = { kind: 'current' } | { kind: 'grace'; successor: string } | { kind: 'reused' }

/** Where a presented token stands in its family at this moment. */
export function standingOf(family: RefreshFamilyRecord, token: string, now: Date): Standing {
  const hash = hashSecret(token)
  if (constantTimeEqual(hash, family.currentHash)) return { kind: 'current' }
  const { previousHash, successor, rotatedAt } = family
  if (
    previousHash !== undefined &&
    successor !== undefined &&
    rotatedAt !== undefined &&
    now.getTime() - rotatedAt.getTime() < graceMilliseconds &&
    constantTimeEqual(hash, previousHash)
  ) {
    return { kind: 'grace', successor: openSuccessor(successor, token) }
  }
  return { kind: 'reused' }
}
