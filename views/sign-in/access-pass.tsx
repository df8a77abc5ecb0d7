import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { CodeField } from '../parts/field.tsx'
import { ButtonForm, ButtonLink } from '../parts/form.tsx'
import { OtherWays } from '../parts/other-ways.tsx'
import { type CodeStepProps, renderCodeStep } from './code-step.tsx'

export interface AccessPassStepProps extends CodeStepProps {
  /** What was typed, to be corrected. */
  typed?: string | undefined
}

/** The step of a temporary pass. */
export function renderAccessPassStep(page: PageContext, props: AccessPassStepProps): string {
  const { say } = speak(page.locale)
  return renderCodeStep(page, props, {
    words: 'access-pass-step',
    lead: say('access-pass-step.lead'),
    field: problem => (
      <CodeField
        name="code"
        label={say('access-pass-step.label')}
        hint={say('access-pass-step.hint')}
        problem={problem}
        focused
        value={props.typed}
        autocomplete="off"
      />
    ),
  })
}

/** The same where the pass can't be used any more: what to do now. */
export function renderAccessPassOver(
  page: PageContext,
  { otherWays, changeAddress }: Pick<CodeStepProps, 'otherWays' | 'changeAddress'>,
): string {
  const title = speak(page.locale).say('access-pass-over.heading')
  return renderDocument(page, { title }, ({ say }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{say('access-pass-over.lead')}</p>
      <OtherWays ways={otherWays} page={page} />
      <div class="ways-out">
        <ButtonForm target={changeAddress} kind="plain">
          {say('second-step.change-address')}
        </ButtonForm>
      </div>
    </>
  ))
}

export interface AccessPassUsedProps {
  /** Where something new is enrolled. */
  enrolHref: string
  continueTo: FormTarget
}

/** A pass was used: the moment to enrol what takes its place, before the sign-in goes on. */
export function renderAccessPassUsed(page: PageContext, { enrolHref, continueTo }: AccessPassUsedProps): string {
  const title = speak(page.locale).say('access-pass-used.heading')
  return renderDocument(page, { title }, ({ say }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{say('access-pass-used.lead')}</p>
      <div class="stack">
        <ButtonLink href={enrolHref} kind="primary">
          {say('soon-required.now')}
        </ButtonLink>
        <ButtonForm target={continueTo} kind="secondary">
          {say('soon-required.later')}
        </ButtonForm>
      </div>
    </>
  ))
}
