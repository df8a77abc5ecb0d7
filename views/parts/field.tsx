import type { InputHTMLAttributes, VNode } from 'preact'
import { AlertIcon } from './icons.tsx'

interface FieldProps {
  /** Name of the field in the form; ids derive from it. */
  name: string
  label: string
  hint?: string | undefined
  /** What is wrong with the value, in words. The field then has the focus. */
  problem?: string | undefined
  focused?: boolean
  input: InputHTMLAttributes
}

/** A labelled field, with its hint and its problem tied to it. */
export function Field({ name, label, hint, problem, focused, input }: FieldProps): VNode {
  const hintId = `${name}-hint`
  const problemId = `${name}-problem`
  const described = [problem && problemId, hint && hintId].filter(Boolean).join(' ')
  return (
    <div class={problem ? 'field field-wrong' : 'field'}>
      <label for={name}>{label}</label>
      {problem && (
        <p id={problemId} class="problem">
          <AlertIcon />
          {problem}
        </p>
      )}
      <input
        {...input}
        id={name}
        name={name}
        autofocus={Boolean(focused || problem)}
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={described || undefined}
      />
      {hint && (
        <p id={hintId} class="hint">
          {hint}
        </p>
      )}
    </div>
  )
}

/** A field for a code that is read elsewhere and typed here: upper or lower case, with or without its hyphen. */
export function CodeField({
  value,
  autocomplete,
  ...field
}: Omit<FieldProps, 'input'> & { value: string | undefined; autocomplete: 'off' | 'one-time-code' }): VNode {
  return (
    <Field
      {...field}
      input={{
        class: 'code-input',
        type: 'text',
        value,
        autocomplete,
        autoCapitalize: 'characters',
        autoCorrect: 'off',
        spellcheck: false,
        maxLength: 40,
        required: true,
        enterKeyHint: 'go',
      }}
    />
  )
}
