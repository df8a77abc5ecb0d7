/** What a person typed for a name, on one line and without what turns text around. */
export type ReadName = { kind: 'name'; name: string } | { kind: 'empty' } | { kind: 'too-long' }

/** `longest`: in characters. */
export function readName(typed: string | undefined, longest: number): ReadName {
  const name = (typed ?? '')
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replaceAll(/[\u200B\u200E\u200F\u061C\u202A-\u202E\u2060-\u2069\uFEFF]/gu, '')
    .trim()
  if (name === '') return { kind: 'empty' }
  return Array.from(name).length > longest ? { kind: 'too-long' } : { kind: 'name', name }
}
