import { randomInt } from 'node:crypto'

/** RFC 8628 §6.1: twenty consonants that spell no word, and none of which is taken for another. */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ'
const length = 8

/** A code that a person types: 20^8 possibilities, 34.5 bits. */
export function newUserCode(): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** What was typed, as it would have been made: spaces, hyphens and case aside. Undefined where it cannot be a code. */
export function normaliseUserCode(typed: string): string | undefined {
  const code = typed
    .normalize('NFKC')
    .replace(/[\s\p{Pd}]/gu, '')
    .toUpperCase()
  return code.length === length && Array.from(code).every(letter => alphabet.includes(letter)) ? code : undefined
}
