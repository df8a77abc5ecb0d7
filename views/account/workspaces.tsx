import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm } from '../parts/form.tsx'
import { FoundingForm, type FoundingProps } from '../parts/founding-form.tsx'
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
  /** Where everybody has one of their own, and the reader has none yet. */
  makeOwn?: FormTarget | undefined
  /** Where people may found workspaces. */
  found?: FoundingProps | undefined
  outcome?: AccountOutcome | undefined
}

/** Where somebody works, and where they may look after it. */
export function renderAccountWorkspaces(page: PageContext, { workspaces, makeOwn, found, outcome }: WorkspacesProps): string {
  const { say } = speak(page.locale)
  return renderAccountPage(
    page,
    { section: 'workspaces', title: say('account.section.workspaces'), problem: found?.problem !== undefined, outcome },
    () => (
      <>
        <p class="lead">{say('account.workspaces.lead')}</p>
        <Rows empty={say(found || makeOwn ? 'account.workspaces.none' : 'account.workspaces.empty')}>
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
        {makeOwn && (
          <section>
            <p>{say('no-workspace.own.lead')}</p>
            <ButtonForm target={makeOwn} kind="secondary">
              {say('no-workspace.own.button')}
            </ButtonForm>
          </section>
        )}
        {found && (
          <section>
            <h2>{say('no-workspace.found.heading')}</h2>
            <FoundingForm page={page} found={found} />
          </section>
        )}
      </>
    ),
  )
}
