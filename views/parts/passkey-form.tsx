import type { VNode } from 'preact'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { Button, Form } from './form.tsx'

export interface PasskeyFormProps {
  page: PageContext
  /** `create` a passkey, `get` one to sign in with, or `autofill`: `get`, and offered in the page's address field besides. */
  kind: 'create' | 'get' | 'autofill'
  /** Takes the field `response`: JSON of the authenticator's answer. */
  form: FormTarget
  /** Answers a POST of the form's other fields with what to ask the authenticator, as JSON. */
  optionsUrl: string
  /** What was asked there in advance, for the first time that the script needs it. */
  options?: unknown
  label: string
  button: 'primary' | 'secondary'
  /** The page has little else to offer: whoever can't use passkeys here is told so. */
  needed?: boolean
}

const problems = ['cancelled', 'timed-out', 'already-there', 'wrong-address', 'unreachable', 'failed'] as const

/** A button for a passkey, with every sentence that may be needed; the script shows them. The page needs `PasskeyScript` too. */
export function PasskeyForm({ page, kind, form, optionsUrl, options, label, button, needed }: PasskeyFormProps): VNode {
  const { say } = speak(page.locale)
  const brought = options === undefined ? {} : { 'data-options': JSON.stringify(options) }
  return (
    <Form target={form} data={{ 'data-passkey': kind, 'data-options-url': optionsUrl, ...brought }}>
      <input type="hidden" name="response" value="" />
      {needed && <p data-passkey-unavailable="">{say('passkey.unavailable')}</p>}
      <div data-passkey-button="" hidden>
        <Button kind={button}>{label}</Button>
      </div>
      <output class="offline">
        {problems
          .filter(problem => kind === 'create' || problem !== 'already-there')
          .map(problem => (
            <span data-passkey-problem={problem} hidden>
              {say(kind === 'create' && problem === 'cancelled' ? 'passkey.problem.not-created' : `passkey.problem.${problem}`)}
            </span>
          ))}
      </output>
    </Form>
  )
}

/** For the head of a page with passkeys on it. */
export function PasskeyScript({ page }: { page: PageContext }): VNode {
  return <script src={page.assets.passkeyScript} defer />
}

/** What the server knows of a person's passkeys, for their authenticators to hear (Web Authentication Level 3, §5.1.10). */
export interface PasskeySignals {
  /** Nobody has this credential. Say so only where it was looked for and not found. */
  unknown?: { rpId: string; credentialId: string }
  /** All that the person has: authenticators hide others of theirs. */
  accepted?: { rpId: string; userId: string; allAcceptedCredentialIds: string[] }
  details?: { rpId: string; userId: string; name: string; displayName: string }
}

export function PasskeySignal({ signals }: { signals: PasskeySignals }): VNode {
  return <div data-passkey-signals={JSON.stringify(signals)} hidden />
}
