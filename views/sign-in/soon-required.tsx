import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm, ButtonLink } from '../parts/form.tsx'
import { formatDay } from '../times.ts'

export interface SoonRequiredProps {
  from: Date
  /** Whether any second factor will do, or a passkey alone. */
  needed: 'second-factor' | 'passkey'
  /** What can be set up. */
  setUpHref: string
  /** Goes on without. */
  later: FormTarget
}

/** Something more will be required from a day on: now there is time to set it up. */
export function renderSoonRequired(page: PageContext, props: SoonRequiredProps): string {
  const { say } = speak(page.locale)
  const date = formatDay(page.locale, props.from)
  const passkey = props.needed === 'passkey'
  const title = passkey ? say('soon-required.heading-passkey', { date }) : say('soon-required.heading', { date })
  return renderDocument(page, { title }, () => (
    <>
      <h1>{title}</h1>
      <p class="lead">{passkey ? say('soon-required.lead-passkey') : say('soon-required.lead')}</p>
      <div class="stack">
        <ButtonLink href={props.setUpHref} kind="primary">
          {say('soon-required.now')}
        </ButtonLink>
        <ButtonForm target={props.later} kind="secondary">
          {say('soon-required.later')}
        </ButtonForm>
      </div>
    </>
  ))
}
