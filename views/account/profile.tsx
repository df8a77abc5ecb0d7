import { languageNames } from '../document.tsx'
import { speak } from '../messages.ts'
import { type FormTarget, type Locale, locales, type PageContext } from '../page-context.ts'
import { Field } from '../parts/field.tsx'
import { Button, Form } from '../parts/form.tsx'
import { type AccountOutcome, renderAccountPage } from './account-page.tsx'

export interface ProfileProps {
  form: FormTarget
  name: string
  language: Locale
  problem?: 'name-too-long' | 'name-web-address' | undefined
  outcome?: AccountOutcome | undefined
}

/** Name and language. */
export function renderAccountProfile(page: PageContext, { form, name, language, problem, outcome }: ProfileProps): string {
  const { say } = speak(page.locale)
  const options = { section: 'profile', title: say('account.section.profile'), problem: problem !== undefined, outcome } as const
  return renderAccountPage(page, options, () => (
    <>
      <p class="lead">{say('account.profile.lead')}</p>
      <Form target={form} class="stack narrow">
        <Field
          name="name"
          label={say('account.profile.name')}
          hint={say('account.profile.name-hint')}
          problem={problem && say(`account.profile.${problem}`)}
          input={{ type: 'text', value: name, autocomplete: 'name', maxLength: 200 }}
        />
        <div class="field">
          <label for="language">{say('account.profile.language')}</label>
          <select id="language" name="language" aria-describedby="language-hint">
            {locales.map(locale => (
              <option value={locale} lang={locale} selected={locale === language}>
                {languageNames[locale]}
              </option>
            ))}
          </select>
          <p id="language-hint" class="hint">
            {say('account.profile.language-hint')}
          </p>
        </div>
        <div class="buttons">
          <Button kind="primary">{say('account.save')}</Button>
        </div>
      </Form>
    </>
  ))
}
