import type { KeyOwner } from '../ports/field-cipher.ts'
import { ownerId } from './data-key.ts'

/** What binds a wrapped key to its owner. */
export function wrappingContextOf(owner: KeyOwner): string {
  return owner.kind === 'installation' ? 'installation' : `${owner.kind}:${ownerId(owner)}`
}
