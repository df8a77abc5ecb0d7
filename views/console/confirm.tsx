import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ConfirmForm, Subject } from '../parts/confirm-form.tsx'
import { renderConsolePage, type WorkspaceContext } from './console-page.tsx'

/** What is asked once more before it is done. */
export type ConsoleQuestion =
  | 'remove-member'
  | 'reset-member'
  | 'end-session'
  | 'end-sessions'
  | 'leave'
  | 'hand-over'
  | 'revoke-invitation'
  | 'delete-role'
  | 'delete-workspace'

export interface ConsoleConfirmProps {
  question: ConsoleQuestion
  /** What it is about: a name or an address. */
  subject: string
  people?: number
  days?: number
  form: FormTarget
  backHref: string
  /** The subject is typed, so that nobody does it by mistake. */
  typed?: { value: string | undefined; problem: 'field-needed' | 'does-not-match' | undefined }
}

/** One question, one button, one way back. */
export function renderConsoleConfirm(page: PageContext, where: WorkspaceContext, props: ConsoleConfirmProps): string {
  const { question, subject, form, backHref, typed } = props
  const { say } = speak(page.locale)
  const problem = typed?.problem
  const options = { title: say(`console.confirm.${question}.heading`), problem: problem !== undefined }
  return renderConsolePage(page, where, options, ({ show }) => (
    <>
      <p class="lead">
        {show(`console.confirm.${question}.lead`, {
          subject: <Subject>{subject}</Subject>,
          people: props.people ?? 0,
          days: props.days ?? 0,
        })}
      </p>
      <ConfirmForm
        target={form}
        typed={
          typed && {
            name: 'name',
            label: say(`console.confirm.type-${question === 'delete-workspace' ? 'name' : 'address'}`),
            expected: subject,
            value: typed.value,
            problem: problem && say(`console.confirm.${problem}`),
          }
        }
        button={say(`console.confirm.${question}.button`)}
        back={{ href: backHref, label: say('console.back') }}
      />
    </>
  ))
}
