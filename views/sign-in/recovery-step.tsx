import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { CodeField } from '../parts/field.tsx'
import { type CodeStepProps, renderCodeStep } from './code-step.tsx'

export interface RecoveryStepProps extends CodeStepProps {
  /** How many codes are left, before one is used now. */
  left: number
  /** What was typed, to be corrected. */
  typed?: string | undefined
}

/** The step of a recovery code. */
export function renderRecoveryStep(page: PageContext, props: RecoveryStepProps): string {
  const { say } = speak(page.locale)
  return renderCodeStep(page, props, {
    words: 'recovery-step',
    lead: say('recovery-step.lead', { count: props.left }),
    field: problem => (
      <CodeField
        name="code"
        label={say('recovery-step.label')}
        hint={say('recovery-step.hint')}
        problem={problem}
        focused
        value={props.typed}
        autocomplete="off"
      />
    ),
  })
}
