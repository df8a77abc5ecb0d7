import type { ErrorCode } from '../../provider/kernel/errors.ts'
import { renderDocument } from '../document.tsx'
import { formatList } from '../lists.ts'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonLink } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'
import { PasskeyForm, PasskeyScript } from '../parts/passkey-form.tsx'
import { describeProblem } from '../parts/problem.ts'

export interface EnrolPasskeyProps {
  /** Takes the field `response`. */
  form: FormTarget
  optionsUrl: string
  /** Where the person goes who would rather not. */
  back: string
  /** What alone is accepted, by name; undefined: any passkey. */
  accepted?: readonly string[] | undefined
  problem?: ErrorCode
}

/** Makes a passkey. */
export function renderEnrolPasskey(page: PageContext, props: EnrolPasskeyProps): string {
  const speaker = speak(page.locale)
  const { say } = speaker
  const title = say('enrol-passkey.heading')
  const problem = props.problem !== undefined
  return renderDocument(page, { title, problem, head: <PasskeyScript page={page} /> }, () => (
    <>
      {props.problem !== undefined && <Notice kind="alert">{describeProblem(speaker, props.problem)}</Notice>}
      <h1>{title}</h1>
      <p class="lead">{say('enrol-passkey.lead')}</p>
      {props.accepted !== undefined && (
        <p>
          {say('accepted-passkeys', { models: formatList(page.locale, props.accepted) })} {say('enrol-passkey.show-model')}
        </p>
      )}
      <PasskeyForm
        page={page}
        kind="create"
        form={props.form}
        optionsUrl={props.optionsUrl}
        label={say('enrol-passkey.submit')}
        button="primary"
        needed
      />
      <div class="ways-out">
        <ButtonLink href={props.back} kind="plain">
          {say('enrol-passkey.back')}
        </ButtonLink>
      </div>
    </>
  ))
}
