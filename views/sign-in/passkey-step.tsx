import type { ErrorCode } from '../../provider/kernel/errors.ts'
import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'
import { type Offer, OtherWays } from '../parts/other-ways.tsx'
import { PasskeyForm, PasskeyScript, PasskeySignal, type PasskeySignals } from '../parts/passkey-form.tsx'
import { describeProblem } from '../parts/problem.ts'

export interface PasskeyStepProps {
  /** Takes the field `response`. */
  form: FormTarget
  optionsUrl: string
  /** Something was proved before: this is the second step. */
  isSecondStep: boolean
  /** Why the one before wasn't enough. */
  problem?: ErrorCode
  signals?: PasskeySignals
  otherWays: readonly Offer[]
  changeAddress: FormTarget
}

/** The step of a passkey. */
export function renderPasskeyStep(page: PageContext, props: PasskeyStepProps): string {
  const speaker = speak(page.locale)
  const { say } = speaker
  const title = say(props.isSecondStep ? 'passkey-step.heading-second' : 'passkey-step.heading')
  const problem = props.problem !== undefined
  return renderDocument(page, { title, problem, head: <PasskeyScript page={page} /> }, () => (
    <>
      {props.problem !== undefined && <Notice kind="alert">{describeProblem(speaker, props.problem)}</Notice>}
      <h1>{title}</h1>
      <p class="lead">{say(props.isSecondStep ? 'passkey-step.lead-second' : 'passkey-step.lead')}</p>
      <PasskeyForm
        page={page}
        kind="get"
        form={props.form}
        optionsUrl={props.optionsUrl}
        label={say('passkey-step.submit')}
        button="primary"
        needed
      />
      {props.signals && <PasskeySignal signals={props.signals} />}
      <OtherWays ways={props.otherWays} page={page} />
      <div class="ways-out">
        <ButtonForm target={props.changeAddress} kind="plain">
          {say('passkey-step.start-again')}
        </ButtonForm>
      </div>
    </>
  ))
}
