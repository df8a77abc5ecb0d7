import { controlStyles } from './controls.ts'
import { pageStyles } from './page.ts'
import { partStyles } from './parts.ts'
import { writeTokens } from './tokens.ts'

/** The one stylesheet of all pages. */
export function writeStylesheet(accentColour?: string): string {
  return [writeTokens(accentColour), pageStyles, controlStyles, partStyles].join('')
}
