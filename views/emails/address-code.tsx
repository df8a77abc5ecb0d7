import { speak } from '../messages.ts'
import { tidyName } from '../text.ts'
import type { MailContext, RenderedMail } from './mail-context.ts'
import { renderMailDocument } from './mail-document.tsx'
import { MailLink } from './mail-parts.tsx'
import { composeMailText } from './mail-text.ts'

/** To an address that somebody says is theirs: the code that proves it, or, where it is another account's, that it is. */
export type AddressCodeProps = { kind: 'code'; code: string; lifetimeMinutes: number } | { kind: 'taken'; accountUrl: string }

export function renderAddressCodeMail(context: MailContext, props: AddressCodeProps): RenderedMail {
  const { say } = speak(context.locale)
  const installation = tidyName(context.installationName)
  const subject = say(`mail.address.${props.kind}.subject`, { installation })
  const lead = say(`mail.address.${props.kind}.lead`, { installation })
  const notYou = say(`mail.address.${props.kind}.not-you`, { installation })
  const shown = props.kind === 'code' ? `${props.code.slice(0, 4)} ${props.code.slice(4)}` : props.accountUrl
  const after = props.kind === 'code' ? say('mail.address.lifetime', { minutes: props.lifetimeMinutes }) : ''
  return {
    subject,
    text: composeMailText(context, [subject, lead, shown, after, notYou]),
    html: renderMailDocument(context, { title: subject, preview: lead }, (_, styles) => (
      <>
        <h1 class="strong" style={styles.heading}>
          {subject}
        </h1>
        <p class="plain" style={styles.text}>
          {lead}
        </p>
        {props.kind === 'code' ? (
          <p class="strong" style={styles.code}>
            {props.code.slice(0, 4)}
            <span style={styles.codeEnd}>{props.code.slice(4)}</span>
          </p>
        ) : (
          <p class="plain" style={styles.text}>
            <MailLink href={props.accountUrl} />
          </p>
        )}
        {after && (
          <p class="quiet" style={styles.small}>
            {after}
          </p>
        )}
        <p class="quiet" style={styles.small}>
          {notYou}
        </p>
      </>
    )),
  }
}
