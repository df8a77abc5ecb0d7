import type { VNode } from 'preact'
import type { ErrorCode } from '../../provider/kernel/errors.ts'
import { renderDocument } from '../document.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, ButtonForm, Form } from '../parts/form.tsx'
import { type Offer, OtherWays } from '../parts/other-ways.tsx'
import { describeProblem } from '../parts/problem.ts'
import { formatDuration } from '../times.ts'

export interface CodeStepProps {
  /** Takes the field `code`. */
  form: FormTarget
  /** Why the code before wasn't taken. */
  problem?: ErrorCode | undefined
  /** How long the next try has to wait, in seconds. */
  waitSeconds: number
  otherWays: readonly Offer[]
  changeAddress: FormTarget
}

interface CodeStep {
  /** How the keys of its messages begin. */
  words: 'totp-step' | 'recovery-step' | 'access-pass-step'
  lead?: string
  /** The field `code`, with what is wrong in words. */
  field(problem: string | undefined): VNode
}

/** A second step that is a code to type. */
export function renderCodeStep(page: PageContext, props: CodeStepProps, { words, lead, field }: CodeStep): string {
  const speaker = speak(page.locale)
  const { say } = speaker
  const title = say(`${words}.heading`)
  const problem = describe(speaker, words, props)
  return renderDocument(page, { title, problem: problem !== undefined }, () => (
    <>
      <h1>{title}</h1>
      {lead && <p class="lead">{lead}</p>}
      <Form target={props.form} class="stack">
        {field(problem)}
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

function describe(speaker: Speaker, words: CodeStep['words'], { problem, waitSeconds }: CodeStepProps): string | undefined {
  if (waitSeconds > 0) return speaker.say('second-step.paused', { wait: formatDuration(speaker.locale, waitSeconds) })
  if (problem === 'field-needed') return speaker.say(`${words}.missing`)
  if (problem === 'code-wrong') return speaker.say(`${words}.wrong`)
  return problem && describeProblem(speaker, problem)
}
