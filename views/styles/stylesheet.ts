import { accountStyles } from './account.ts'
import { consoleStyles } from './console.ts'
import { controlStyles } from './controls.ts'
import { narrowConsoleStyles } from './narrow-console.ts'
import { pageStyles } from './page.ts'
import { partStyles } from './parts.ts'
import { secondStepStyles } from './second-steps.ts'
import { writeTokens } from './tokens.ts'

/** The one stylesheet of all pages. */
export function writeStylesheet(accentColour?: string): string {
  return [
    writeTokens(accentColour),
    pageStyles,
    controlStyles,
    partStyles,
    accountStyles,
    consoleStyles,
    narrowConsoleStyles,
    secondStepStyles,
  ].join('')
}
