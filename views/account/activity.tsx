import type { SessionEndReason } from '../../provider/kernel/session-end.ts'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { ButtonLink } from '../parts/form.tsx'
import { tidyName } from '../text.ts'
import { formatMoment } from '../times.ts'
import { renderAccountPage } from './account-page.tsx'
import { Row, Rows } from '../parts/row.tsx'

/** What an account's activity speaks of, as the audit log names it. */
export const activities = [
  'sign-in.completed',
  'sign-in.refused',
  'session.ended',
  'user.created',
  'user.changed',
  'address.added',
  'address.removed',
  'address.made-primary',
  'passkey.added',
  'passkey.renamed',
  'passkey.removed',
  'passkey.suspected',
  'totp-device.added',
  'totp-device.renamed',
  'totp-device.removed',
  'recovery-codes.made',
  'recovery-codes.removed',
  'recovery-code.used',
  'factors.reset',
  'access-pass.used',
  'upstream-identity.linked',
  'upstream-identity.unlinked',
  'consent.given',
  'consent.revoked',
  'account.exported',
  'account.erasure-scheduled',
  'account.erasure-cancelled',
] as const

export type Activity = (typeof activities)[number]

export interface ActivityProps {
  /** Newest first. */
  entries: Array<{
    activity: Activity
    at: Date
    /** Of a session that ended: why, and so by whom. */
    endedBy?: SessionEndReason | undefined
    /** The app that was signed in to, the address or the name that it was about. */
    what?: string | undefined
    device?: string | undefined
    ip?: string | undefined
  }>
  /** The page with what was before. */
  olderHref?: string | undefined
  /** Back to the newest. */
  newestHref?: string | undefined
}

/** What happened in an account. */
export function renderAccountActivity(page: PageContext, { entries, olderHref, newestHref }: ActivityProps): string {
  const { say } = speak(page.locale)
  return renderAccountPage(page, { section: 'activity', title: say('account.section.activity') }, () => (
    <>
      <p class="lead">{say('account.activity.lead')}</p>
      <Rows empty={say('account.activity.empty')}>
        {entries.map(({ activity, at, endedBy, what, device, ip }) => (
          <Row
            title={say(endedBy ? `account.activity.session.ended.${endedBy}` : `account.activity.${activity}`)}
            details={[
              what && <bdi>{tidyName(what)}</bdi>,
              <>
                <time dateTime={at.toISOString()}>{formatMoment(page.locale, at, page.timeZone)}</time>
                {[device && tidyName(device), ip].filter(Boolean).map(fact => (
                  <>
                    {' '}
                    · <bdi>{fact}</bdi>
                  </>
                ))}
              </>,
            ]}
          />
        ))}
      </Rows>
      {(olderHref || newestHref) && (
        <div class="buttons">
          {newestHref && (
            <ButtonLink href={newestHref} kind="secondary">
              {say('account.activity.newest')}
            </ButtonLink>
          )}
          {olderHref && (
            <ButtonLink href={olderHref} kind="secondary">
              {say('account.activity.older')}
            </ButtonLink>
          )}
        </div>
      )}
      <p class="hint">
        {say('account.activity.not-you')} <a href="/account/secure">{say('account.activity.secure')}</a>
      </p>
    </>
  ))
}
