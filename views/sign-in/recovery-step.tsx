import type { ErrorCode } from '../../provider/kernel/errors.ts'
import { renderDocument } from '../document.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { CodeField } from '../parts/field.tsx'
import { Button, ButtonForm, Form } from '../parts/form.tsx'
import { type Offer, OtherWays } from '../parts/other-ways.tsx'
import { describeProblem } from '../parts/problem.ts'
import { formatDuration } from '../times.ts'

export interface RecoveryStepProps {
  /** Takes the field `code`. */
  form: FormTarget
  /** How many codes are left, before one is used now. */
  left: number
  problem?: ErrorCode | undefined
  /** How long the next try has to wait, in seconds. */
  waitSeconds: number
  /** What was typed, to be corrected. */
  typed?: string | undefined
  otherWays: readonly Offer[]
  changeAddress: FormTarget
}

/** The step of a recovery code. */
export function renderRecoveryStep(page: PageContext, props: RecoveryStepProps): string {
  const speaker = speak(page.locale)
  const { say } = speaker
  const title = say('recovery-step.heading')
  const problem = describe(speaker, props)
  return renderDocument(page, { title, problem: problem !== undefined }, () => (
    <>
      <h1>{title}</h1>
      <p class="lead">{say('recovery-step.lead', { count: props.left })}</p>
      <Form target={props.form} class="stack">
        <CodeField
          name="code"
          label={say('recovery-step.label')}
          hint={say('recovery-step.hint')}
          problem={problem}
          focused
          value={props.typed}
          autocomplete="off"
        />
        <Button kind="primary">{say('second-step.continue')}</Button>
      </Form>
      <OtherWays ways={props.otherWays} page={page} />
      <div class="ways-out">
        <ButtonForm target={props.changeAddress} kind="plain">
          {say('second-step.change-address')}
        </ButtonForm>
      </div>
    </>
  ))
}

function describe(speaker: Speaker, { problem, waitSeconds }: RecoveryStepProps): string | undefined {
  if (waitSeconds > 0) return speaker.say('second-step.paused', { wait: formatDuration(speaker.locale, waitSeconds) })
  if (problem === 'field-needed') return speaker.say('recovery-step.missing')
  if (problem === 'code-wrong') return speaker.say('recovery-step.wrong')
  return problem && describeProblem(speaker, problem)
}
