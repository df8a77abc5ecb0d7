import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { formatMoment } from '../times.ts'

export interface MailboxListProps {
  /** Newest first. */
  mails: Array<{ href: string; to: string; subject: string; receivedAt: Date }>
}

/** The mailbox of an installation that sends no e-mail: what it would have sent. */
export function renderMailboxList(page: PageContext, props: MailboxListProps): string {
  return renderDocument(page, { title: speak(page.locale).say('mailbox.heading'), wide: true }, ({ say }) => (
    <>
      <h1>{say('mailbox.heading')}</h1>
      <p class="lead">{say('mailbox.lead')}</p>
      {props.mails.length === 0 ? (
        <p class="empty">{say('mailbox.empty')}</p>
      ) : (
        <ul class="mails">
          {props.mails.map(mail => (
            <li>
              <a href={mail.href}>
                <span class="mail-subject">
                  <bdi>{mail.subject}</bdi>
                </span>
                <span class="mail-to">
                  <bdi>{mail.to}</bdi>
                </span>
                <time dateTime={mail.receivedAt.toISOString()}>{formatMoment(page.locale, mail.receivedAt, page.timeZone)}</time>
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  ))
}
