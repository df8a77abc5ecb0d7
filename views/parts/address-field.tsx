import type { VNode } from 'preact'
import type { Speaker } from '../messages.ts'
import { Field } from './field.tsx'

/** What is wrong with an address that was typed. */
export type AddressProblem = 'field-needed' | 'address-unusable'

/** The field `address` with which a sign-in begins, or goes on by mail. */
export function AddressField({
  say,
  hint,
  value,
  problem,
  autocomplete,
}: {
  say: Speaker['say']
  hint: string
  value: string | undefined
  problem: AddressProblem | undefined
  autocomplete: 'email' | 'email webauthn'
}): VNode {
  return (
    <Field
      name="address"
      label={say('address.label')}
      hint={hint}
      problem={problem && say(`address.problem.${problem}`)}
      focused
      input={{
        type: 'email',
        value,
        autocomplete,
        inputMode: 'email',
        autoCapitalize: 'none',
        spellcheck: false,
        required: true,
        enterKeyHint: 'send',
      }}
    />
  )
}
