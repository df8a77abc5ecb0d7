import { v7, validate } from 'uuid'

/** A new identifier: UUID version 7 (RFC 9562 §5.7), so that rows of one time lie together on disk. */
export function newId(): string {
  return v7()
}

export function isId(value: string): boolean {
  return validate(value)
}
