import type { ComponentChildren, VNode } from 'preact'
import type { FormTarget } from '../page-context.ts'
import { ButtonForm, ButtonLink } from './form.tsx'

/** How a person begins once more: a form that posts, or a page to open. */
export type StartAgain = FormTarget | { href: string }

export function StartAgainButton({ startAgain, children }: { startAgain: StartAgain; children: ComponentChildren }): VNode {
  if ('href' in startAgain) {
    return (
      <ButtonLink href={startAgain.href} kind="primary">
        {children}
      </ButtonLink>
    )
  }
  return (
    <ButtonForm target={startAgain} kind="primary">
      {children}
    </ButtonForm>
  )
}
