import { speak } from '../messages.ts'
import { tidyName } from '../text.ts'
import { formatMoment } from '../times.ts'
import type { MailContext, RenderedMail } from './mail-context.ts'
import { renderMailDocument } from './mail-document.tsx'
import { MailButton, MailLink } from './mail-parts.tsx'
import { composeMailText } from './mail-text.ts'

export interface InvitationProps {
  workspace: string
  /** The name of whoever invited, where they have one. */
  inviter: string | undefined
  /** Under the issuer's own origin. Opening it changes nothing: scanners open links. */
  link: string
  expiresAt: Date
}

/** The mail that invites an address into a workspace. The text part is complete on its own. */
export function renderInvitationMail(context: MailContext, props: InvitationProps): RenderedMail {
  const { say } = speak(context.locale)
  const installation = tidyName(context.installationName)
  const workspace = tidyName(props.workspace)
  const subject = say('mail.invitation.subject', { workspace, installation })
  const lead =
    props.inviter === undefined
      ? say('mail.invitation.lead', { workspace, installation })
      : say('mail.invitation.lead-by', { inviter: tidyName(props.inviter), workspace, installation })
  const lifetime = say('mail.invitation.lifetime', { until: formatMoment(context.locale, props.expiresAt, context.timeZone) })
  const notYou = say('mail.invitation.not-you')
  return {
    subject,
    text: composeMailText(context, [lead, props.link, lifetime, notYou]),
    html: renderMailDocument(context, { title: subject, preview: lead }, (_, styles) => (
      <>
        <h1 class="strong" style={styles.heading}>
          {subject}
        </h1>
        <p class="plain" style={styles.text}>
          {lead}
        </p>
        <MailButton href={props.link} label={say('mail.invitation.button')} styles={styles} />
        <p class="quiet" style={styles.small}>
          {lifetime}
        </p>
        <p class="quiet" style={styles.small}>
          {notYou}
        </p>
        <p class="quiet" style={styles.small}>
          {say('mail.invitation.fallback')}
          <br />
          <MailLink href={props.link} />
        </p>
      </>
    )),
  }
}
