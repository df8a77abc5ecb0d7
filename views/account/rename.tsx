import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Field } from '../parts/field.tsx'
import { Button, ButtonLink, Form } from '../parts/form.tsx'
import { accountHref, renderAccountPage } from './account-page.tsx'

export interface RenameProps {
  form: FormTarget
  /** As it is called, or as it was typed. */
  name: string
  problem?: 'field-needed' | 'name-too-long' | 'name-web-address' | undefined
}

/** Another name for a passkey or an authenticator app. */
export function renderAccountRename(page: PageContext, { form, name, problem }: RenameProps): string {
  const { say } = speak(page.locale)
  const options = { section: 'ways-in', title: say('account.rename.heading'), problem: problem !== undefined } as const
  return renderAccountPage(page, options, () => (
    <Form target={form} class="stack narrow">
      <Field
        name="name"
        label={say('account.rename.name')}
        hint={say('account.rename.hint')}
        focused
        problem={problem && say(`account.rename.${problem}`)}
        input={{ type: 'text', value: name, autocomplete: 'off', maxLength: 200 }}
      />
      <div class="buttons">
        <Button kind="primary">{say('account.save')}</Button>
        <ButtonLink href={accountHref('ways-in')} kind="secondary">
          {say('account.confirm.back')}
        </ButtonLink>
      </div>
    </Form>
  ))
}
