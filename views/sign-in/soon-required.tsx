import { renderDocument } from '../document.tsx'
import { formatList } from '../lists.ts'
import { type Speaker, speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm, ButtonLink } from '../parts/form.tsx'
import type { EnrolmentNeed } from './choose-enrolment.tsx'
import { formatDay } from '../times.ts'

export interface SoonRequiredProps {
  from: Date
  needed: EnrolmentNeed
  /** What can be set up. */
  setUpHref: string
  /** Goes on without. */
  later: FormTarget
}

/** Something more will be required from a day on: now there is time to set it up. */
export function renderSoonRequired(page: PageContext, props: SoonRequiredProps): string {
  const speaker = speak(page.locale)
  const { say } = speaker
  const { title, lead } = wordsOf(speaker, props)
  return renderDocument(page, { title }, () => (
    <>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
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

function wordsOf({ locale, say }: Speaker, { from, needed }: SoonRequiredProps) {
  const date = formatDay(locale, from)
  switch (needed.kind) {
    case 'second-factor':
      return { title: say('soon-required.heading', { date }), lead: say('soon-required.lead') }
    case 'passkey':
      return { title: say('soon-required.heading-passkey', { date }), lead: say('soon-required.lead-passkey') }
    case 'accepted-passkey':
      return {
        title: say('soon-required.heading-accepted', { date }),
        lead: say('soon-required.lead-accepted', { models: formatList(locale, needed.accepted) }),
      }
  }
}
