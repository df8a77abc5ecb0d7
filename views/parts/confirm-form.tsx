import type { VNode } from 'preact'
import type { FormTarget } from '../page-context.ts'
import { Field } from './field.tsx'
import { Button, ButtonLink, Form } from './form.tsx'

/** What a question is about, as it stands within it. */
export function Subject({ children }: { children: string }): VNode {
  return (
    <strong>
      <bdi>{children}</bdi>
    </strong>
  )
}

/** One button, one way back; and what is to be typed, where nobody may do it by mistake. */
export function ConfirmForm({
  target,
  typed,
  button,
  back,
}: {
  target: FormTarget
  typed?: { name: string; label: string; expected: string; value: string | undefined; problem: string | undefined } | undefined
  button: string
  back: { href: string; label: string }
}): VNode {
  return (
    <Form target={target} class="stack narrow">
      {typed && (
        <Field
          name={typed.name}
          label={typed.label}
          hint={typed.expected}
          problem={typed.problem}
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
        <Button kind="primary">{button}</Button>
        <ButtonLink href={back.href} kind="secondary">
          {back.label}
        </ButtonLink>
      </div>
    </Form>
  )
}
