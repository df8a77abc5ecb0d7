import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, Form } from '../parts/form.tsx'

export interface RecoveryUsedProps {
  /** How many codes are left now. */
  left: number
  continueTo: FormTarget
}

/** With so many left or fewer, it is time for new ones. */
const few = 3

/** A recovery code was used: how many are left, before the sign-in goes on. */
export function renderRecoveryUsed(page: PageContext, { left, continueTo }: RecoveryUsedProps): string {
  const title = speak(page.locale).say('recovery-used.heading')
  return renderDocument(page, { title }, ({ say }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{left === 0 ? say('recovery-used.none') : say('recovery-used.left', { count: left })}</p>
      {left > 0 && left <= few && <p>{say('recovery-used.few')}</p>}
      <p>{say('recovery-used.lost')}</p>
      <Form target={continueTo}>
        <Button kind="primary">{say('second-step.continue')}</Button>
      </Form>
    </>
  ))
}
