import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm, ButtonLink } from '../parts/form.tsx'
import { WayBackToApp } from '../parts/way-back-to-app.tsx'
import { appName } from '../text.ts'

export interface ChooseEnrolmentProps {
  /** What would do, the one that we would choose first. */
  ways: Array<{ label: string; href: string }>
  /** Only a passkey will do; else any second step. */
  needed: 'passkey' | 'second-factor'
  /** Takes the person back to the app without a sign-in. */
  cancel: FormTarget
  /** For somebody else, or with another address. */
  signOutHref: string
  /** Goes on without, where that is enough for now. */
  later?: FormTarget
}

/** Something more is required, and the person has nothing yet that shows it: what can be set up now. */
export function renderChooseEnrolment(page: PageContext, props: ChooseEnrolmentProps): string {
  const title = speak(page.locale).say('choose-enrolment.heading')
  const app = appName(page)
  return renderDocument(page, { title }, ({ say, show }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{show(`choose-enrolment.lead.${props.needed}`, { app: <bdi>{app}</bdi> })}</p>
      <div class="stack">
        {props.ways.map(({ label, href }, index) => (
          <ButtonLink href={href} kind={index === 0 ? 'primary' : 'secondary'}>
            {label}
          </ButtonLink>
        ))}
      </div>
      <p class="hint">{say('choose-enrolment.next')}</p>
      <div class="ways-out">
        {props.later ? (
          <ButtonForm target={props.later} kind="plain">
            {say('soon-required.later')}
          </ButtonForm>
        ) : (
          <>
            <WayBackToApp page={page} cancel={props.cancel} />
            <ButtonLink href={props.signOutHref} kind="plain">
              {say('choose-enrolment.sign-out')}
            </ButtonLink>
          </>
        )}
      </div>
    </>
  ))
}
