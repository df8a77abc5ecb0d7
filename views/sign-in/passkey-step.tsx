import type { ErrorCode } from '../../provider/kernel/errors.ts'
import { renderDocument } from '../document.tsx'
import { formatList } from '../lists.ts'
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
  /** All that the person has were made for another address: no device would find one here. */
  noneFits?: boolean
  /** What alone is accepted, by name; undefined: any passkey. */
  accepted?: readonly string[] | undefined
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
  const { heading, lead } = wordsOf(props)
  const title = say(heading)
  const problem = props.problem !== undefined
  return renderDocument(page, { title, problem, head: <PasskeyScript page={page} /> }, () => (
    <>
      {props.problem !== undefined && <Notice kind="alert">{describeProblem(speaker, props.problem)}</Notice>}
      <h1>{title}</h1>
      <p class="lead">{say(lead)}</p>
      {props.accepted !== undefined && <p>{say('accepted-passkeys', { models: formatList(page.locale, props.accepted) })}</p>}
      {props.noneFits !== true && (
        <PasskeyForm
          page={page}
          kind="get"
          form={props.form}
          optionsUrl={props.optionsUrl}
          label={say('passkey-step.submit')}
          button="primary"
          needed
        />
      )}
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

function wordsOf({ isSecondStep, noneFits }: PasskeyStepProps) {
  if (noneFits === true) return { heading: 'passkey-step.heading-none-fits', lead: 'passkey-step.lead-none-fits' } as const
  return isSecondStep
    ? ({ heading: 'passkey-step.heading-second', lead: 'passkey-step.lead-second' } as const)
    : ({ heading: 'passkey-step.heading', lead: 'passkey-step.lead' } as const)
}
