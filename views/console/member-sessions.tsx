import type { VNode } from 'preact'
import { Day, Row, Rows } from '../parts/row.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { ButtonLink } from '../parts/form.tsx'
import { tidyName } from '../text.ts'

/** What apps hold for a member of this workspace: a session for each app and browser, the newest first. */
export interface MemberSessions {
  items: ReadonlyArray<{ app: string; beganAt: Date; endsAt: Date; endHref: string }>
  endAllHref: string
  /** The beginnings of them in the log, with device and IP address, for whoever may read it. */
  logHref: string | undefined
}

/** The apps that a member is signed in to, with the way to end one of it or all. */
export function MemberSessionList({ page, sessions }: { page: PageContext; sessions: MemberSessions }): VNode {
  const { items, endAllHref, logHref } = sessions
  const { say, show } = speak(page.locale)
  return (
    <section>
      <h2>{say('console.sessions.heading')}</h2>
      <p>{say('console.sessions.lead')}</p>
      <Rows empty={say('console.sessions.empty')}>
        {items.map(({ app, beganAt, endsAt, endHref }) => (
          <Row
            title={<bdi>{tidyName(app)}</bdi>}
            details={[
              show('console.sessions.times', {
                began: <Day page={page} moment={beganAt} />,
                ends: <Day page={page} moment={endsAt} />,
              }),
            ]}
          >
            <a href={endHref} aria-label={say('console.sessions.end-what', { what: tidyName(app) })}>
              {say('console.sessions.end')}
            </a>
          </Row>
        ))}
      </Rows>
      {logHref && items.length > 0 && (
        <p>
          <a href={logHref}>{say('console.sessions.log')}</a>
        </p>
      )}
      {items.length > 1 && (
        <div class="buttons">
          <ButtonLink href={endAllHref} kind="secondary">
            {say('console.sessions.end-all')}
          </ButtonLink>
        </div>
      )}
    </section>
  )
}
