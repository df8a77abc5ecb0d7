import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { CodeField } from '../parts/field.tsx'
import { Button, Form } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'

export interface EnterDeviceCodeProps {
  /** Takes the field `user_code`. */
  action: string
  xsrf: string
  /** What was typed before, or what the device's link carried. */
  userCode?: string
  problem?: 'missing' | 'wrong' | 'stopped' | 'unexpected'
}

/** Asks for the code that a device shows (RFC 8628 §3.3). */
export function renderEnterDeviceCode(page: PageContext, props: EnterDeviceCodeProps): string {
  const { problem } = props
  const atField = problem === 'missing' || problem === 'wrong'
  return renderDocument(page, { title: speak(page.locale).say('enter-device-code.heading'), problem: atField }, ({ say }) => (
    <>
      {(problem === 'stopped' || problem === 'unexpected') && (
        <Notice kind="alert">{say(`enter-device-code.problem.${problem}`)}</Notice>
      )}
      <h1>{say('enter-device-code.heading')}</h1>
      <p class="lead">{say('enter-device-code.lead')}</p>
      <Form target={{ action: props.action, fields: { xsrf: props.xsrf } }} class="stack">
        <CodeField
          name="user_code"
          label={say('enter-device-code.label')}
          hint={say('enter-device-code.hint')}
          problem={atField ? say(`enter-device-code.problem.${problem}`) : undefined}
          focused
          value={props.userCode}
          autocomplete="off"
        />
        <Button kind="primary">{say('enter-device-code.submit')}</Button>
      </Form>
    </>
  ))
}
