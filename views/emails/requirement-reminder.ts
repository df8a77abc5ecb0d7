import { speak } from '../messages.ts'
import { tidyName } from '../text.ts'
import { formatDay, formatMoment } from '../times.ts'
import { renderButtonMail } from './button-mail.tsx'
import type { MailContext, RenderedMail } from './mail-context.ts'
import { composeMailText } from './mail-text.ts'

/** What somebody lacks: any second step, a passkey, or one of a model that the workspace accepts. */
export type ReminderNeed = 'second-factor' | 'passkey' | 'accepted-passkey'

export interface RequirementReminderProps {
  workspace: string
  need: ReminderNeed
  from: Date
  /** Where it is set up, in the account. */
  setUpUrl: string
}

/** Tells a member what their workspace will require of them, from when on, and how to have it in time. */
export function renderRequirementReminderMail(context: MailContext, props: RequirementReminderProps): RenderedMail {
  const { say } = speak(context.locale)
  const installation = tidyName(context.installationName)
  const workspace = tidyName(props.workspace)
  const subject = say('mail.requirement.subject', { workspace, date: formatDay(context.locale, props.from, context.timeZone) })
  const from = formatMoment(context.locale, props.from, context.timeZone)
  const lead = say(`mail.requirement.${props.need}`, { workspace, installation, from })
  const next = say('mail.requirement.next')
  const otherwise = say('mail.requirement.otherwise')
  return {
    subject,
    text: composeMailText(context, [lead, `${next}\n${props.setUpUrl}`, otherwise]),
    html: renderButtonMail(context, {
      subject,
      paragraphs: [lead, next],
      button: { href: props.setUpUrl, label: say('mail.requirement.button') },
      notes: [otherwise],
    }),
  }
}
