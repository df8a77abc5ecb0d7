import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, Form } from '../parts/form.tsx'

export interface RecoveryCodesProps {
  /** In plain text, shown this once. */
  codes: readonly string[]
  /** Goes on when the person has kept them. */
  continueTo: FormTarget
}

/** The recovery codes, this once. */
export function renderRecoveryCodes(page: PageContext, props: RecoveryCodesProps): string {
  const title = speak(page.locale).say('recovery-codes.heading')
  const asFile = `data:text/plain;charset=utf-8,${encodeURIComponent(`${props.codes.join('\n')}\n`)}`
  return renderDocument(page, { title }, ({ say }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{say('recovery-codes.lead')}</p>
      <ol class="recovery-codes">
        {props.codes.map(code => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <p>
        <a href={asFile} download="recovery-codes.txt">
          {say('recovery-codes.download')}
        </a>
      </p>
      <p class="hint">{say('recovery-codes.once')}</p>
      <Form target={props.continueTo}>
        <Button kind="primary">{say('recovery-codes.continue')}</Button>
      </Form>
    </>
  ))
}
