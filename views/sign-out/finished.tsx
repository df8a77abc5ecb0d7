import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { ButtonLink } from '../parts/form.tsx'
import { appName, tidyName } from '../text.ts'

export interface SignedOutProps {
  /** The app's own page, if it is known. */
  appHref?: string
}

export function renderSignedOut(page: PageContext, props: SignedOutProps): string {
  return renderDocument(page, { title: speak(page.locale).say('signed-out.heading') }, ({ say, show }) => (
    <>
      <h1>{say('signed-out.heading')}</h1>
      <p class="lead">{show('signed-out.lead', { installation: <bdi>{tidyName(page.installationName)}</bdi> })}</p>
      {props.appHref && (
        <ButtonLink href={props.appHref} kind="secondary">
          {show('back-to-app', { app: <bdi>{appName(page)}</bdi> })}
        </ButtonLink>
      )}
    </>
  ))
}
