import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm } from '../parts/form.tsx'
import { tidyName } from '../text.ts'
import { type AccountOutcome, renderAccountPage } from './account-page.tsx'
import { Ago, Day, Row, Rows } from '../parts/row.tsx'

export interface SessionsProps {
  now: Date
  /** This device's first, then the one that was used last. */
  sessions: Array<{
    device: string
    place?: string | undefined
    ip: string
    beganAt: Date
    lastUsedAt: Date
    current: boolean
    end: FormTarget
  }>
  endOthers: FormTarget
  outcome?: AccountOutcome | undefined
}

/** Where somebody is signed in. */
export function renderAccountSessions(page: PageContext, { now, sessions, endOthers, outcome }: SessionsProps): string {
  const { say } = speak(page.locale)
  return renderAccountPage(page, { section: 'sessions', title: say('account.section.sessions'), outcome }, ({ show }) => (
    <>
      <p class="lead">{say('account.sessions.lead')}</p>
      <Rows>
        {sessions.map(({ device, place, ip, beganAt, lastUsedAt, current, end }) => (
          <Row
            title={<bdi>{tidyName(device) || say('account.unknown-device')}</bdi>}
            badge={current ? say('account.sessions.this-device') : undefined}
            details={[
              <>
                {place && (
                  <>
                    <bdi>{place}</bdi> ·{' '}
                  </>
                )}
                <bdi>{ip}</bdi>
              </>,
              show('account.sessions.times', {
                day: <Day page={page} moment={beganAt} />,
                ago: <Ago page={page} moment={lastUsedAt} now={now} />,
              }),
            ]}
          >
            {!current && (
              <ButtonForm target={end} kind="plain">
                {say('account.sessions.end')}
              </ButtonForm>
            )}
          </Row>
        ))}
      </Rows>
      {sessions.length > 1 && (
        <section>
          <p>{say('account.sessions.end-others-lead')}</p>
          <ButtonForm target={endOthers} kind="secondary">
            {say('account.sessions.end-others')}
          </ButtonForm>
        </section>
      )}
    </>
  ))
}
