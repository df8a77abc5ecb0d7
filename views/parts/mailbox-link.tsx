import type { VNode } from 'preact'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'

/** Where to look for a mail that doesn't come: in a tab of its own, because this one goes on with the mail's code. */
export function MailboxLink({ page: { locale, mailboxHref } }: { page: PageContext }): VNode {
  const { say, show } = speak(locale)
  if (mailboxHref === undefined) return <>{say('check-mail.no-mail')}</>
  const link = (
    <a href={mailboxHref} target="_blank" rel="noopener">
      {say('check-mail.open-mailbox')}
    </a>
  )
  return <>{show('check-mail.mailbox', { link })}</>
}
