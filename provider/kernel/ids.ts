import { randomFillSync } from 'node:crypto'
import { v7, validate } from 'uuid'

const idBytes = 16
// Random bytes are had by the page: each call for a few of them costs more than all else about an identifier.
const pool = Buffer.allocUnsafe(256 * idBytes)
let used = pool.length

/** A new identifier: UUID version 7 (RFC 9562 §5.7), so that rows of one time lie together on disk. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const random = pool.subarray(used, used + idBytes)
  used += idBytes
  return v7({ random })
}

export function isId(value: string): boolean {
  return validate(value)
}
