import type { VNode } from 'preact'
import { renderDocument } from '../document.tsx'
import type { PageContext } from '../page-context.ts'
import { speak } from '../messages.ts'
import { Facts } from '../parts/facts.tsx'
import { formatMoment } from '../times.ts'

export interface MailboxMailProps {
  mail: { to: string; subject: string; receivedAt: Date; text: string }
  /**
   * The HTML part by itself. Its answer needs a Content-Security-Policy of its own: `default-src 'none'; style-src 'unsafe-inline';
   * frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox`.
   */
  htmlHref: string
  listHref: string
}

/** One e-mail of the mailbox: its HTML as a mail program would show it, and its text. */
export function renderMailboxMail(page: PageContext, props: MailboxMailProps): string {
  const { mail } = props
  return renderDocument(page, { title: speak(page.locale).say('mailbox.heading'), wide: true }, ({ say }) => (
    <>
      <p class="breadcrumb">
        <a href={props.listHref}>{say('mailbox.all')}</a>
      </p>
      <h1>
        <bdi>{mail.subject}</bdi>
      </h1>
      <Facts
        facts={[
          { name: say('mailbox.to'), value: <bdi>{mail.to}</bdi> },
          {
            name: say('mailbox.received'),
            value: (
              <time dateTime={mail.receivedAt.toISOString()}>{formatMoment(page.locale, mail.receivedAt, page.timeZone)}</time>
            ),
          },
        ]}
      />
      <iframe
        class="mail-html"
        src={props.htmlHref}
        title={say('mailbox.html')}
        sandbox="allow-popups allow-popups-to-escape-sandbox"
        referrerpolicy="no-referrer"
      />
      <section>
        <h2>{say('mailbox.text')}</h2>
        <p class="mail-text">{linkAddresses(mail.text)}</p>
      </section>
    </>
  ))
}

/** Text in which http addresses can be followed. */
function linkAddresses(text: string): Array<string | VNode> {
  return text.split(/(https?:\/\/[^\s<>"]+)/u).map((piece, index) =>
    index % 2 === 1 ? (
      <a href={piece} target="_blank" rel="noopener">
        {piece}
      </a>
    ) : (
      piece
    ),
  )
}
