import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { CodeField, Field } from '../parts/field.tsx'
import { Button, ButtonForm, ButtonLink, Form } from '../parts/form.tsx'
import { MailboxLink } from '../parts/mailbox-link.tsx'
import { type AccountOutcome, accountHref, renderAccountPage } from './account-page.tsx'

export interface AddAddressProps {
  form: FormTarget
  typed?: string | undefined
  /** `claim-over`: the code that was waited for is no use any more. */
  problem?: 'field-needed' | 'address-unusable' | 'yours-already' | 'claim-over' | undefined
}

/** Asks for one more address. */
export function renderAccountAddAddress(page: PageContext, { form, typed, problem }: AddAddressProps): string {
  const { say } = speak(page.locale)
  const options = { section: 'addresses', title: say('account.addresses.add'), problem: problem !== undefined } as const
  return renderAccountPage(page, options, () => (
    <>
      <p class="lead">{say('account.addresses.add-lead')}</p>
      <Form target={form} class="stack narrow">
        <Field
          name="address"
          label={say('account.addresses.new')}
          focused
          problem={problem && say(`account.addresses.${problem}`)}
          input={{ type: 'email', value: typed, autocomplete: 'email', spellcheck: false, maxLength: 254 }}
        />
        <div class="buttons">
          <Button kind="primary">{say('account.addresses.send')}</Button>
          <ButtonLink href={accountHref('addresses')} kind="secondary">
            {say('account.confirm.back')}
          </ButtonLink>
        </div>
      </Form>
    </>
  ))
}

export interface ConfirmAddressProps {
  address: string
  confirm: FormTarget
  /** Sends the mail once more, with a new code. */
  resend: FormTarget
  drop: FormTarget
  typed?: string | undefined
  problem?: 'field-needed' | 'code-wrong' | undefined
  outcome?: AccountOutcome | undefined
}

/** Asks for the code that went there. Looks the same whoever has the address. */
export function renderAccountConfirmAddress(page: PageContext, props: ConfirmAddressProps): string {
  const { address, confirm, resend, drop, typed, problem, outcome } = props
  const { say } = speak(page.locale)
  const options = {
    section: 'addresses',
    title: say('account.addresses.confirm'),
    problem: problem !== undefined,
    outcome,
  } as const
  return renderAccountPage(page, options, ({ show }) => (
    <>
      <p class="lead">
        {show('account.addresses.sent', {
          address: (
            <strong>
              <bdi>{address}</bdi>
            </strong>
          ),
        })}
      </p>
      <Form target={confirm} class="stack narrow">
        <CodeField
          name="code"
          label={say('account.addresses.code')}
          hint={say('account.addresses.code-hint')}
          value={typed}
          autocomplete="one-time-code"
          focused
          problem={problem && say(`account.addresses.${problem}`)}
        />
        <div class="buttons">
          <Button kind="primary">{say('account.addresses.confirm-button')}</Button>
        </div>
      </Form>
      <div class="ways-out">
        <p class="hint">
          <MailboxLink page={page} />
        </p>
        <ButtonForm target={resend} kind="plain">
          {say('check-mail.resend')}
        </ButtonForm>
        <ButtonForm target={drop} kind="plain">
          {say('account.addresses.drop')}
        </ButtonForm>
      </div>
    </>
  ))
}
