import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm, ButtonLink } from '../parts/form.tsx'

export interface PasskeyOfferProps {
  /** Where one is made. */
  addHref: string
  /** Goes on without. */
  later: FormTarget
}

/** After a code was typed, seldom: the next time could do without. */
export function renderPasskeyOffer(page: PageContext, props: PasskeyOfferProps): string {
  const { say } = speak(page.locale)
  const title = say('passkey-offer.heading')
  return renderDocument(page, { title }, () => (
    <>
      <h1>{title}</h1>
      <p class="lead">{say('passkey-offer.lead')}</p>
      <div class="stack">
        <ButtonLink href={props.addHref} kind="primary">
          {say('passkey-offer.add')}
        </ButtonLink>
        <ButtonForm target={props.later} kind="secondary">
          {say('passkey-offer.later')}
        </ButtonForm>
      </div>
    </>
  ))
}
