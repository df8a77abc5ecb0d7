import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { Button, Form } from '../parts/form.tsx'
import { appName } from '../text.ts'

export interface ConfirmDeviceCodeProps {
  /** Takes `xsrf`, `user_code`, `confirm=yes`, and `abort=yes` for no. */
  action: string
  xsrf: string
  userCode: string
}

/** Asks whether the device that shows this code is the person's own: codes sent by strangers are how device sign-in is abused. */
export function renderConfirmDeviceCode(page: PageContext, props: ConfirmDeviceCodeProps): string {
  const app = appName(page)
  const fields = { xsrf: props.xsrf, user_code: props.userCode, confirm: 'yes' }
  return renderDocument(page, { title: speak(page.locale).say('confirm-device-code.heading') }, ({ say, show }) => (
    <>
      <h1>{say('confirm-device-code.heading')}</h1>
      <p class="lead">{show('confirm-device-code.lead', { app: <bdi>{app}</bdi> })}</p>
      <p class="code-shown">{props.userCode}</p>
      <p class="hint">{say('confirm-device-code.warning')}</p>
      <Form target={{ action: props.action, fields }} class="choices">
        <Button kind="primary">{say('confirm-device-code.yes')}</Button>
        <Button kind="secondary" name="abort" value="yes">
          {say('confirm-device-code.no')}
        </Button>
      </Form>
    </>
  ))
}
