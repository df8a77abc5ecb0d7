import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm } from '../parts/form.tsx'

export interface SwitchAccountProps {
  /** Ends the session that there is, and goes on with the one that was just proved. */
  form: FormTarget
}

/** Somebody has signed in in a browser in which somebody else still is. */
export function renderSwitchAccount(page: PageContext, props: SwitchAccountProps): string {
  return renderDocument(page, { title: speak(page.locale).say('switch-account.heading') }, ({ say }) => (
    <>
      <h1>{say('switch-account.heading')}</h1>
      <p class="lead">{say('switch-account.lead')}</p>
      <ButtonForm target={props.form} kind="primary">
        {say('switch-account.continue')}
      </ButtonForm>
    </>
  ))
}
