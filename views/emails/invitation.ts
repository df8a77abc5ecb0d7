import { speak } from '../messages.ts'
import { tidyName } from '../text.ts'
import { formatMoment } from '../times.ts'
import { renderButtonMail } from './button-mail.tsx'
import type { MailContext, RenderedMail } from './mail-context.ts'
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
    html: renderButtonMail(context, {
      subject,
      paragraphs: [lead],
      button: { href: props.link, label: say('mail.invitation.button') },
      notes: [lifetime, notYou],
    }),
  }
}
