import { unseen } from '../../views/text.ts'

/** A letter, a digit or a sign; the blank of Braille is a sign by its class alone. */
const visible = /[[\p{L}\p{N}\p{P}\p{S}]--\u2800]/v

/** What a person typed for a name, on one line and without what turns text around. */
export type ReadName = { kind: 'name'; name: string } | { kind: 'empty' } | { kind: 'too-long' }

/** `longest`: in characters. */
export function readName(typed: string | undefined, longest: number): ReadName {
  const name = (typed ?? '')
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(unseen, '')
    .trim()
  if (!visible.test(name)) return { kind: 'empty' }
  return Array.from(name).length > longest ? { kind: 'too-long' } : { kind: 'name', name }
}

/** The same of a name that stands in mails of ours. */
export function readMailedName(typed: string | undefined, longest: number): ReadName | { kind: 'web-address' } {
  const read = readName(typed, longest)
  return read.kind === 'name' && looksLikeWebAddress(read.name) ? { kind: 'web-address' } : read
}

/**
 * Whether a name looks like an address of the web. Names stand in mails of ours, whose programs make a link of it: whoever is in an
 * account for a moment would have us send its owner to a page of theirs.
 */
export function looksLikeWebAddress(name: string): boolean {
  return name.includes('://') || /[\p{L}\p{N}-]\.[\p{L}\p{N}-]{2,}\//u.test(name)
}
