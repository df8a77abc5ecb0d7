import { renderDocument } from './document.tsx'
import { speak } from './messages.ts'
import type { PageContext } from './page-context.ts'
import { Facts } from './parts/facts.tsx'
import { tidyName } from './text.ts'

export interface LandingProps {
  issuer: string
  /** The discovery document. */
  discoveryHref: string
  /** The mailbox of an installation that sends no e-mail. */
  mailboxHref?: string
}

/** The issuer's root, for somebody who came without an app. */
export function renderLanding(page: PageContext, props: LandingProps): string {
  const installation = tidyName(page.installationName)
  return renderDocument(page, { title: speak(page.locale).say('landing.heading', { installation }) }, ({ say, show }) => (
    <>
      <h1>{show('landing.heading', { installation: <bdi>{installation}</bdi> })}</h1>
      <p class="lead">{say('landing.lead')}</p>
      <p>
        <a href="/account">{say('landing.account')}</a>
      </p>
      <Facts
        facts={[
          { name: say('landing.issuer'), value: <span class="value">{props.issuer}</span> },
          { name: say('landing.discovery'), value: <a href={props.discoveryHref}>openid-configuration</a> },
          ...(props.mailboxHref
            ? [{ name: say('mailbox.heading'), value: <a href={props.mailboxHref}>{say('landing.mailbox')}</a> }]
            : []),
        ]}
      />
    </>
  ))
}
