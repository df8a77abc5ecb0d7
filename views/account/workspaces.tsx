import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { tidyName } from '../text.ts'
import { type AccountOutcome, renderAccountPage } from './account-page.tsx'
import { Row, Rows } from '../parts/row.tsx'

export interface WorkspacesProps {
  workspaces: Array<{
    name: string
    /** By name. */
    roles: readonly string[]
    state: 'open' | 'suspended' | 'deletion'
    href: string | undefined
    leaveHref: string | undefined
  }>
  outcome?: AccountOutcome | undefined
}

/** Where somebody works, and where they may look after it. */
export function renderAccountWorkspaces(page: PageContext, { workspaces, outcome }: WorkspacesProps): string {
  const { say } = speak(page.locale)
  return renderAccountPage(page, { section: 'workspaces', title: say('account.section.workspaces'), outcome }, () => (
    <>
      <p class="lead">{say('account.workspaces.lead')}</p>
      <Rows empty={say('account.workspaces.empty')}>
        {workspaces.map(({ name, roles, state, href, leaveHref }) => (
          <Row
            title={<bdi>{tidyName(name)}</bdi>}
            badge={state === 'open' ? undefined : say(`account.workspaces.${state}`)}
            details={[<bdi>{roles.join(', ')}</bdi>]}
          >
            {href && (
              <a href={href} aria-label={say('account.workspaces.open-what', { what: tidyName(name) })}>
                {say('account.workspaces.open')}
              </a>
            )}
            {leaveHref && (
              <a href={leaveHref} aria-label={say('account.workspaces.leave-what', { what: tidyName(name) })}>
                {say('account.workspaces.leave')}
              </a>
            )}
          </Row>
        ))}
      </Rows>
    </>
  ))
}
