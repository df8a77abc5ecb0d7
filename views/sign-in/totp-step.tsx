import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { DigitsField } from '../parts/digits-field.tsx'
import { type CodeStepProps, renderCodeStep } from './code-step.tsx'

/** The step of an authenticator app. */
export function renderTotpStep(page: PageContext, props: CodeStepProps): string {
  const { say } = speak(page.locale)
  return renderCodeStep(page, props, {
    words: 'totp-step',
    field: problem => <DigitsField label={say('totp-step.label')} hint={say('totp-step.hint')} problem={problem} focused />,
  })
}
