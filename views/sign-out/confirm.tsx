import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { Button, Form } from '../parts/form.tsx'
import { tidyName } from '../text.ts'

export interface ConfirmSignOutProps {
  /** Takes `xsrf`, and `logout=yes` for yes. */
  action: string
  xsrf: string
  /** Sent along: the ID token by which the app said whom it means. */
  idTokenHint?: string
}

export function renderConfirmSignOut(page: PageContext, props: ConfirmSignOutProps): string {
  const { action, xsrf, idTokenHint } = props
  const fields = { xsrf, ...(idTokenHint === undefined ? {} : { id_token_hint: idTokenHint }) }
  return renderDocument(page, { title: speak(page.locale).say('confirm-sign-out.heading') }, ({ say, show }) => (
    <>
      <h1>{say('confirm-sign-out.heading')}</h1>
      <p class="lead">{show('confirm-sign-out.lead', { installation: <bdi>{tidyName(page.installationName)}</bdi> })}</p>
      <Form target={{ action, fields }} class="choices">
        <Button kind="primary" name="logout" value="yes">
          {say('confirm-sign-out.yes')}
        </Button>
        <Button kind="secondary">{say('confirm-sign-out.no')}</Button>
      </Form>
    </>
  ))
}
