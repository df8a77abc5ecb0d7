import type { ErrorCode } from '../../provider/kernel/errors.ts'
import { renderDocument } from '../document.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { DigitsField } from '../parts/digits-field.tsx'
import { Button, ButtonForm, Form } from '../parts/form.tsx'
import { type Offer, OtherWays } from '../parts/other-ways.tsx'
import { describeProblem } from '../parts/problem.ts'
import { formatDuration } from '../times.ts'

export interface TotpStepProps {
  /** Takes the field `code`. */
  form: FormTarget
  /** Why the code before wasn't taken. */
  problem?: ErrorCode | undefined
  /** How long the next try has to wait, in seconds. */
  waitSeconds: number
  otherWays: readonly Offer[]
  changeAddress: FormTarget
}

/** The step of an authenticator app. */
export function renderTotpStep(page: PageContext, props: TotpStepProps): string {
  const speaker = speak(page.locale)
  const { say } = speaker
  const title = say('totp-step.heading')
  const problem = describe(speaker, props)
  return renderDocument(page, { title, problem: problem !== undefined }, () => (
    <>
      <h1>{title}</h1>
      <Form target={props.form} class="stack">
        <DigitsField label={say('totp-step.label')} hint={say('totp-step.hint')} problem={problem} focused />
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

function describe(speaker: Speaker, { problem, waitSeconds }: TotpStepProps): string | undefined {
  if (waitSeconds > 0) return speaker.say('second-step.paused', { wait: formatDuration(speaker.locale, waitSeconds) })
  if (problem === 'field-needed') return speaker.say('totp-step.missing')
  if (problem === 'code-wrong') return speaker.say('totp-step.wrong')
  return problem && describeProblem(speaker, problem)
}
