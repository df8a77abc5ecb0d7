import type { VNode } from 'preact'
import { Field } from './field.tsx'

/** The field for the six digits of an authenticator app. It begins empty each time: what was typed before is of no use any more. */
export function DigitsField({
  label,
  hint,
  problem,
  focused,
}: {
  label: string
  hint?: string
  problem: string | undefined
  /** It is what the page is about; without it the page is read from its top. */
  focused: boolean
}): VNode {
  return (
    <Field
      name="code"
      label={label}
      hint={hint}
      problem={problem}
      focused={focused}
      input={{
        class: 'digits-input',
        type: 'text',
        inputMode: 'numeric',
        autocomplete: 'one-time-code',
        autoCorrect: 'off',
        spellcheck: false,
        maxLength: 40,
        required: true,
        enterKeyHint: 'go',
      }}
    />
  )
}
