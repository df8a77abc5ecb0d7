import type { VNode } from 'preact'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Field } from './field.tsx'
import { Button, Form } from './form.tsx'

export type FoundingProblem = 'empty' | 'too-long' | 'web-address'

export type FoundingProps = FormTarget & { name?: string; problem?: FoundingProblem }

/** Founding a workspace: it takes a name, in the field `name`. */
export function FoundingForm({ page, found }: { page: PageContext; found: FoundingProps }): VNode {
  const { say } = speak(page.locale)
  return (
    <Form target={found} class="stack">
      <Field
        name="name"
        label={say('no-workspace.found.name')}
        hint={say('no-workspace.found.hint')}
        problem={found.problem && say(`no-workspace.found.${found.problem}`)}
        input={{ type: 'text', value: found.name, autocomplete: 'organization', maxLength: 200, required: true }}
      />
      <Button kind="primary">{say('no-workspace.found.button')}</Button>
    </Form>
  )
}
