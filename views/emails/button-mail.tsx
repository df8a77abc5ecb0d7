import { speak } from '../messages.ts'
import type { MailContext, RenderedMail } from './mail-context.ts'
import { renderMailDocument } from './mail-document.tsx'
import { MailButton, MailLink } from './mail-parts.tsx'

export interface ButtonMailProps {
  subject: string
  /** What is said before the button; the first is also what an inbox shows beside the subject. */
  paragraphs: readonly [string, ...string[]]
  button: { href: string; label: string }
  /** What is said after it, in small type. */
  notes: readonly string[]
}

/** The HTML of a mail that leads to one page. */
export function renderButtonMail(
  context: MailContext,
  { subject, paragraphs, button, notes }: ButtonMailProps,
): RenderedMail['html'] {
  const { say } = speak(context.locale)
  return renderMailDocument(context, { title: subject, preview: paragraphs[0] }, (_, styles) => (
    <>
      <h1 class="strong" style={styles.heading}>
        {subject}
      </h1>
      {paragraphs.map(paragraph => (
        <p class="plain" style={styles.text}>
          {paragraph}
        </p>
      ))}
      <MailButton {...button} styles={styles} />
      {notes.map(note => (
        <p class="quiet" style={styles.small}>
          {note}
        </p>
      ))}
      <p class="quiet" style={styles.small}>
        {say('mail.button-fallback')}
        <br />
        <MailLink href={button.href} />
      </p>
    </>
  ))
}
