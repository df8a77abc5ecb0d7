import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { formatDay } from '../times.ts'
import { accountHref, renderAccountPage } from './account-page.tsx'

export interface SecureProps {
  form: FormTarget
  /** In how many browsers somebody is signed in as this person. */
  sessions: number
  /** When the account will be deleted, where that was asked for: by somebody else, perhaps. */
  erasureDueAt?: Date | undefined
}

/** For whoever thinks that somebody else was here. */
export function renderAccountSecure(page: PageContext, { form, sessions, erasureDueAt }: SecureProps): string {
  const { say } = speak(page.locale)
  return renderAccountPage(page, { section: 'sessions', title: say('account.secure.heading') }, () => (
    <>
      <p class="lead">{say('account.secure.lead', { sessions })}</p>
      {erasureDueAt && (
        <section class="notice notice-form" aria-label={say('account.erasure.heading')}>
          <p>
            <strong>{say('account.erasure.heading')}</strong>
            <br />
            {say('account.erasure.due', { day: formatDay(page.locale, erasureDueAt, page.timeZone) })}
          </p>
          <Form target={{ action: '/account/keep' }}>
            <Button kind="primary">{say('account.erasure.keep')}</Button>
          </Form>
        </section>
      )}
      <Form target={form}>
        <div class="buttons">
          <Button kind="primary">{say('account.secure.button')}</Button>
          <ButtonLink href={accountHref('sessions')} kind="secondary">
            {say('account.confirm.back')}
          </ButtonLink>
        </div>
      </Form>
      <section>
        <h2>{say('account.secure.next')}</h2>
        <ul class="scopes">
          <li>
            <a href={accountHref('activity')}>{say('account.secure.check-activity')}</a>
          </li>
          <li>
            <a href={accountHref('ways-in')}>{say('account.secure.check-ways-in')}</a>
          </li>
          <li>
            <a href={accountHref('addresses')}>{say('account.secure.check-addresses')}</a>
          </li>
          <li>
            <a href={accountHref('apps')}>{say('account.secure.check-apps')}</a>
          </li>
        </ul>
      </section>
    </>
  ))
}

/** Nobody is signed in any more, and what that means. */
export function renderAccountEnded(page: PageContext, { reason, day }: { reason: 'secured' | 'erasure'; day?: string }): string {
  const { say } = speak(page.locale)
  const title = say(`account.ended.${reason}.heading`)
  return renderDocument(page, { title }, () => (
    <>
      <h1>{title}</h1>
      <p class="lead">{say(`account.ended.${reason}.lead`, { day: day ?? '' })}</p>
      <ButtonLink href={reason === 'secured' ? accountHref('ways-in') : accountHref('overview')} kind="primary">
        {say(`account.ended.${reason}.next`)}
      </ButtonLink>
    </>
  ))
}
