import { randomInt } from 'node:crypto'

/*
 * Crockford's base32: digits and capitals without I, L, O and U, and whoever writes one of those (or a small letter) for what it looks
 * like is understood. Sixteen of them are 80 bits.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const lookAlikes: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' }
const length = 16
const groupLength = 4

export const codesOfASet = 10

/** A new code in normal form. */
export function newRecoveryCode(): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
}

/** As it is shown: in groups of four. */
export function groupCode(code: string): string {
  return (code.match(new RegExp(`.{${groupLength}}`, 'g')) ?? []).join('-')
}

/** What somebody typed, in normal form; undefined where it has not the form of a code. */
export function readRecoveryCode(typed: string): string | undefined {
  const code = typed
    .slice(0, 200)
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s\p{Cf}\p{Pd}.]+/gu, '')
    .replaceAll(/[ILO]/g, letter => lookAlikes[letter] ?? letter)
  return code.length === length && Array.from(code).every(letter => alphabet.includes(letter)) ? code : undefined
}
