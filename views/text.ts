import type { PageContext } from './page-context.ts'

const longestName = 60

/**
 * What is drawn as nothing, or turns the text around it: also soft hyphens, the fillers of Hangul, and tags. Joiners and variation
 * selectors stay, by which scripts and emoji are written.
 */
export const unseen = /[\p{Default_Ignorable_Code_Point}--[\p{Join_Control}\p{Variation_Selector}]]/gv

/**
 * A name that somebody else chose, fit for a sentence: one line, without characters that control or reorder text, at most 60 characters.
 */
export function tidyName(name: string): string {
  const line = name
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(unseen, '')
    .trim()
  const characters = Array.from(line)
  return characters.length <= longestName
    ? line
    : `${characters
        .slice(0, longestName - 1)
        .join('')
        .trimEnd()}…`
}

/** The name that a page or mail says for where the person is going. */
export function appName(context: Pick<PageContext, 'app' | 'installationName'>): string {
  return tidyName(context.app?.name ?? '') || tidyName(context.installationName)
}

/** An e-mail address as it may stand on a page that somebody else could look at: `a…@example.com`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@')
  const [first = ''] = Array.from(address)
  return at < 1 ? `${first}…` : `${first}…${address.slice(at)}`
}
