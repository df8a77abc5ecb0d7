import { renderDocument } from '../document.tsx'
import { type Speaker, speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { AddressField, type AddressProblem } from '../parts/address-field.tsx'
import { Field } from '../parts/field.tsx'
import { Button, Form } from '../parts/form.tsx'
import { MaskedAddress } from '../parts/masked-address.tsx'
import { tidyName } from '../text.ts'

export type SetUpProblem = 'empty' | 'too-long' | 'web-address' | 'slug-form' | 'slug-taken'

/** What is next for whoever has opened the link of the first set-up. */
export type SetUpStep =
  /** Nobody is signed in. The form takes the field `address`. */
  | { kind: 'sign-in'; form: FormTarget; typed?: string; problem?: AddressProblem }
  /** Somebody is, and names the workspace: fields `name` and `slug`. */
  | { kind: 'found'; form: FormTarget; address: string; name?: string; slug?: string; problem?: SetUpProblem }

/** Where the link leads that the first start of an installation prints. */
export function renderFirstSetUp(page: PageContext, step: SetUpStep): string {
  const speaker = speak(page.locale)
  const { say } = speaker
  const title = say('set-up.heading', { installation: tidyName(page.installationName) })
  return renderDocument(page, { title, problem: step.problem !== undefined }, () => (
    <>
      <h1>{title}</h1>
      <p class="lead">{say('set-up.lead')}</p>
      {step.kind === 'sign-in' ? <SignIn say={say} step={step} /> : <Found speaker={speaker} step={step} />}
      <p class="hint">{say('set-up.once')}</p>
    </>
  ))
}

function SignIn({ say, step }: { say: Speaker['say']; step: Extract<SetUpStep, { kind: 'sign-in' }> }) {
  return (
    <Form target={step.form} class="stack">
      <p>{say('set-up.sign-in-lead')}</p>
      <AddressField say={say} hint={say('set-up.sign-in-hint')} value={step.typed} problem={step.problem} autocomplete="email" />
      <Button kind="primary">{say('set-up.sign-in')}</Button>
    </Form>
  )
}

function Found({ speaker: { say, show }, step }: { speaker: Speaker; step: Extract<SetUpStep, { kind: 'found' }> }) {
  const { problem } = step
  return (
    <Form target={step.form} class="stack">
      <p>{show('set-up.signed-in-as', { address: <MaskedAddress address={step.address} /> })}</p>
      <Field
        name="name"
        label={say('no-workspace.found.name')}
        hint={say('no-workspace.found.hint')}
        problem={
          problem === 'empty' || problem === 'too-long' || problem === 'web-address'
            ? say(`no-workspace.found.${problem}`)
            : undefined
        }
        focused={problem === undefined}
        input={{ type: 'text', value: step.name, autocomplete: 'organization', maxLength: 200, required: true }}
      />
      <Field
        name="slug"
        label={say('set-up.slug')}
        hint={say('set-up.slug-hint')}
        problem={problem === 'slug-form' || problem === 'slug-taken' ? say(`set-up.${problem}`) : undefined}
        input={{ type: 'text', value: step.slug, autocomplete: 'off', autoCapitalize: 'none', spellcheck: false, maxLength: 200 }}
      />
      <Button kind="primary">{say('no-workspace.found.button')}</Button>
    </Form>
  )
}
