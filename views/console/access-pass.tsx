import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { CopyButton, CopyScript } from '../parts/copy-button.tsx'
import { Facts } from '../parts/facts.tsx'
import { ButtonLink } from '../parts/form.tsx'
import { formatDuration, formatMoment } from '../times.ts'
import { renderConsolePage, type WorkspaceContext } from './console-page.tsx'

export interface AccessPassProps {
  /** Whom it lets in. */
  address: string
  /** In plain text, shown this once. */
  pass: string
  expiresAt: Date
  now: Date
  backHref: string
}

/** The pass for somebody whose ways to sign in were reset, this once. */
export function renderAccessPass(page: PageContext, where: WorkspaceContext, props: AccessPassProps): string {
  const { address, pass, expiresAt, now, backHref } = props
  const { say } = speak(page.locale)
  const lasts = formatDuration(page.locale, (expiresAt.getTime() - now.getTime()) / 1000)
  return renderConsolePage(page, where, { title: say('console.pass.heading'), head: <CopyScript page={page} /> }, ({ show }) => (
    <>
      <p class="lead">
        {show('console.pass.lead', {
          address: (
            <strong>
              <bdi>{address}</bdi>
            </strong>
          ),
        })}
      </p>
      <Facts
        facts={[
          {
            name: say('access-pass-step.label'),
            value: (
              <>
                {/* Somebody may be looking over the shoulder, or at a screen that is shared. */}
                <details class="secret" id="pass">
                  <summary>{say('console.pass.show')}</summary>
                  <code class="typed-key">{pass}</code>
                </details>
                <CopyButton page={page} of="pass" what={say('access-pass-step.label')} />
              </>
            ),
          },
          {
            name: say('console.pass.good'),
            value: (
              <>
                {say('console.pass.lasts', { lasts })}
                <time dateTime={expiresAt.toISOString()}>{formatMoment(page.locale, expiresAt, page.timeZone)}</time>
              </>
            ),
          },
        ]}
      />
      <p>{say('console.pass.for')}</p>
      <p>{say('console.pass.once')}</p>
      <div class="buttons">
        <ButtonLink href={backHref} kind="secondary">
          {say('console.pass.done')}
        </ButtonLink>
      </div>
    </>
  ))
}

/** Where one's own are: nobody needs a pass from themselves. */
export function renderOwnWaysIn(page: PageContext, where: WorkspaceContext): string {
  const { say } = speak(page.locale)
  return renderConsolePage(page, where, { title: say('console.own-ways.heading') }, () => (
    <>
      <p class="lead">{say('console.own-ways.lead')}</p>
      <ButtonLink href="/account/ways-in" kind="secondary">
        {say('console.own-ways.link')}
      </ButtonLink>
    </>
  ))
}
