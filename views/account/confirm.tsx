import { Notice } from '../parts/notice.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { Field } from '../parts/field.tsx'
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
        {show(`account.confirm.${question}.lead`, {
          subject: (
            <strong>
              <bdi>{subject}</bdi>
            </strong>
          ),
          days: props.days ?? 0,
        })}
      </p>
      {warning && <Notice kind="alert">{say(`account.confirm.${warning}`)}</Notice>}
      <Form target={form} class="stack narrow">
        {typed && (
          <Field
            name="address"
            label={say('account.confirm.type-address')}
            hint={subject}
            problem={problem && say(`account.confirm.${problem}`)}
            input={{
              type: 'text',
              value: typed.value,
              autocomplete: 'off',
              spellcheck: false,
              autoCapitalize: 'off',
              maxLength: 254,
            }}
          />
        )}
        <div class="buttons">
          <Button kind="primary">{say(`account.confirm.${question}.button`)}</Button>
          <ButtonLink href={accountHref(section)} kind="secondary">
            {say('account.confirm.back')}
          </ButtonLink>
        </div>
      </Form>
    </>
  ))
}
