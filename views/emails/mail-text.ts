import { speak } from '../messages.ts'
import { tidyName } from '../text.ts'
import type { MailContext } from './mail-context.ts'

/** The text part of a mail: its paragraphs without the empty ones, and in the end who sends it. It is complete on its own. */
export function composeMailText(context: MailContext, paragraphs: ReadonlyArray<string | undefined>): string {
  const installation = tidyName(context.installationName)
  const footer = speak(context.locale).say('mail.footer', { host: context.issuerHost, installation })
  return `${[...paragraphs, `-- \n${footer}`].filter(Boolean).join('\n\n')}\n`
}
