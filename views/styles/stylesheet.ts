import { accountStyles } from './account.ts'
import { consoleStyles } from './console.ts'
import { controlStyles } from './controls.ts'
import { narrowConsoleStyles } from './narrow-console.ts'
import { pageStyles } from './page.ts'
import { partStyles } from './parts.ts'
import { secondStepStyles } from './second-steps.ts'
import { writeTokens } from './tokens.ts'

/** The one stylesheet of all pages, without what is only there for whoever reads it here: the first page waits for it. */
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
  ]
    .join('')
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s*([{};,])\s*/g, '$1')
    .replaceAll(': ', ':')
}
