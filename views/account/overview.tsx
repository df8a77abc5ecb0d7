import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { formatDay } from '../times.ts'
import { type AccountOutcome, accountHref, renderAccountPage } from './account-page.tsx'

/** How well an account is protected: by a passkey, by some second step, or by the mailbox alone. */
export type Protection = 'passkey' | 'second-step' | 'mailbox'

/** What is worth doing next. */
export type NextStep = 'add-passkey' | 'make-recovery-codes'

export interface OverviewProps {
  name?: string | undefined
  address: string
  protection: Protection
  nextSteps: readonly NextStep[]
  /** Where the account will be deleted, unless its person keeps it. */
  erasure?: { dueAt: Date; keep: FormTarget } | undefined
  outcome?: AccountOutcome | undefined
}

/** Who is signed in, how well that is protected, and what to do next. */
export function renderAccountOverview(page: PageContext, props: OverviewProps): string {
  const { say } = speak(page.locale)
  const { name, address, protection, nextSteps, erasure, outcome } = props
  return renderAccountPage(page, { section: 'overview', title: say('account.section.overview'), outcome }, ({ show }) => (
    <>
      {erasure && (
        <section class="notice notice-form" aria-label={say('account.erasure.heading')}>
          <p>
            <strong>{say('account.erasure.heading')}</strong>
            <br />
            {say('account.erasure.due', { day: formatDay(page.locale, erasure.dueAt, page.timeZone) })}
          </p>
          <Form target={erasure.keep}>
            <Button kind="primary">{say('account.erasure.keep')}</Button>
          </Form>
        </section>
      )}
      <section>
        <p class="who">
          {name && (
            <strong>
              <bdi>{name}</bdi>
            </strong>
          )}
          <span>{show('account.overview.signed-in', { address: <bdi>{address}</bdi> })}</span>
        </p>
      </section>
      <section>
        <h2>{say('account.overview.protection')}</h2>
        <p>{say(`account.overview.protection.${protection}`)}</p>
        {nextSteps.length === 0 && <p class="hint">{say('account.overview.nothing-to-do')}</p>}
        {nextSteps.map(step => (
          <div class="next-step">
            <p>{say(`account.overview.${step}.why`)}</p>
            <ButtonLink href={accountHref('ways-in')} kind="secondary">
              {say(`account.overview.${step}`)}
            </ButtonLink>
          </div>
        ))}
      </section>
    </>
  ))
}
