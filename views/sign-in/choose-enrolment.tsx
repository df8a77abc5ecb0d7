import { renderDocument } from '../document.tsx'
import { formatList } from '../lists.ts'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm, ButtonLink } from '../parts/form.tsx'
import { type Offer, OtherWays } from '../parts/other-ways.tsx'
import { WayBackToApp } from '../parts/way-back-to-app.tsx'
import { appName } from '../text.ts'

/** Only a passkey will do, or one of these alone where the person's is of another model; else any second step. */
export type EnrolmentNeed = { kind: 'passkey' | 'second-factor' } | { kind: 'accepted-passkey'; accepted: readonly string[] }

export interface ChooseEnrolmentProps {
  /** What would do, the one that we would choose first. */
  ways: Array<{ label: string; href: string }>
  /** What the person has already, if they still have it. */
  otherWays?: readonly Offer[]
  needed: EnrolmentNeed
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
  const { needed } = props
  return renderDocument(page, { title }, ({ say, show }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">
        {needed.kind === 'accepted-passkey'
          ? show('choose-enrolment.lead.accepted-passkey', {
              app: <bdi>{app}</bdi>,
              models: formatList(page.locale, needed.accepted),
            })
          : show(`choose-enrolment.lead.${needed.kind}`, { app: <bdi>{app}</bdi> })}
      </p>
      <div class="stack">
        {props.ways.map(({ label, href }, index) => (
          <ButtonLink href={href} kind={index === 0 ? 'primary' : 'secondary'}>
            {label}
          </ButtonLink>
        ))}
      </div>
      <p class="hint">{say('choose-enrolment.next')}</p>
      <OtherWays ways={props.otherWays ?? []} page={page} />
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
