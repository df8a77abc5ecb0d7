import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { Scopes } from '../parts/scopes.tsx'
import { tidyName } from '../text.ts'
import { type AccountOutcome, renderAccountPage } from './account-page.tsx'
import { Day, Row, Rows } from '../parts/row.tsx'

export interface AppsProps {
  apps: Array<{
    name: string
    /** What its person has allowed it to do; empty for an app of the installation's own, which nobody is asked about. */
    scopes: readonly string[]
    since: Date
    disconnectHref: string
  }>
  outcome?: AccountOutcome | undefined
}

/** The apps that have something of an account. */
export function renderAccountApps(page: PageContext, { apps, outcome }: AppsProps): string {
  const speaker = speak(page.locale)
  const { say, show } = speaker
  return renderAccountPage(page, { section: 'apps', title: say('account.section.apps'), outcome }, () => (
    <>
      <p class="lead">{say('account.apps.lead')}</p>
      <Rows empty={say('account.apps.empty')}>
        {apps.map(({ name, scopes, since, disconnectHref }) => (
          <Row
            title={<bdi>{tidyName(name)}</bdi>}
            details={[show('account.apps.since', { day: <Day page={page} moment={since} /> })]}
            below={
              scopes.length > 0 && (
                <details class="row-more">
                  <summary>{say('account.apps.may')}</summary>
                  <Scopes scopes={scopes} speaker={speaker} />
                </details>
              )
            }
          >
            <a href={disconnectHref} aria-label={say('account.apps.disconnect-what', { what: tidyName(name) })}>
              {say('account.apps.disconnect')}
            </a>
          </Row>
        ))}
      </Rows>
    </>
  ))
}
