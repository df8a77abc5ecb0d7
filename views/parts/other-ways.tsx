import type { VNode } from 'preact'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm, ButtonLink } from './form.tsx'
import { PasskeyForm } from './passkey-form.tsx'

/** A way in beside the one that a page is about. */
export type Offer =
  | { kind: 'form'; label: string; form: FormTarget }
  | { kind: 'link'; label: string; href: string }
  /** By script alone; where there is none the page is as if it weren't there. The page needs `PasskeyScript` too. */
  | { kind: 'passkey'; label: string; form: FormTarget; optionsUrl: string; options?: unknown }

/** What would do as well; nothing where there is nothing else. */
export function OtherWays({ ways, page }: { ways: readonly Offer[]; page: PageContext }): VNode | null {
  if (ways.length === 0) return null
  const { say } = speak(page.locale)
  return (
    <section class="other-ways" aria-label={say('address.other-ways')}>
      <p class="divider" aria-hidden="true">
        {say('address.or')}
      </p>
      {ways.map(way => drawOffer(page, way))}
    </section>
  )
}

function drawOffer(page: PageContext, way: Offer): VNode {
  switch (way.kind) {
    case 'form':
      return (
        <ButtonForm target={way.form} kind="secondary">
          {way.label}
        </ButtonForm>
      )
    case 'link':
      return (
        <ButtonLink href={way.href} kind="secondary">
          {way.label}
        </ButtonLink>
      )
    case 'passkey':
      return (
        <PasskeyForm
          page={page}
          kind="autofill"
          form={way.form}
          optionsUrl={way.optionsUrl}
          options={way.options}
          label={way.label}
          button="secondary"
        />
      )
  }
}
