import { Notice } from '../parts/notice.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ConfirmForm, Subject } from '../parts/confirm-form.tsx'
import { type AccountSection, accountHref, renderAccountPage } from './account-page.tsx'

/** What is asked once more before it is done. */
export type Question =
  | 'remove-address'
  | 'make-primary'
  | 'remove-passkey'
  | 'remove-totp'
  | 'renew-recovery-codes'
  | 'link'
  | 'unlink'
  | 'disconnect-app'
  | 'download'
  | 'delete-account'

export interface ConfirmProps {
  section: AccountSection
  question: Question
  /** What it is about: an address, a name; nothing where there is only one of it. */
  subject?: string
  form: FormTarget
  /** What has to be known besides. */
  warning?: 'last-factor'
  /** The person types an address of theirs, so that nobody does it by mistake. */
  typed?: { value?: string | undefined; problem?: 'field-needed' | 'does-not-match' | undefined }
  /** For a question that names a length of time. */
  days?: number
}

/** One question, one button, one way back. */
export function renderAccountConfirm(page: PageContext, props: ConfirmProps): string {
  const { section, question, form, warning, typed } = props
  const { say } = speak(page.locale)
  const subject = props.subject ?? ''
  const title = say(`account.confirm.${question}.heading`)
  const problem = typed?.problem
  return renderAccountPage(page, { section, title, problem: problem !== undefined }, ({ show }) => (
    <>
      <p class="lead">
        {show(`account.confirm.${question}.lead`, { subject: <Subject>{subject}</Subject>, days: props.days ?? 0 })}
      </p>
      {warning && <Notice kind="alert">{say(`account.confirm.${warning}`)}</Notice>}
      <ConfirmForm
        target={form}
        typed={
          typed && {
            name: 'address',
            label: say('account.confirm.type-address'),
            expected: subject,
            value: typed.value,
            problem: problem && say(`account.confirm.${problem}`),
          }
        }
        button={say(`account.confirm.${question}.button`)}
        back={{ href: accountHref(section), label: say('account.confirm.back') }}
      />
    </>
  ))
}
