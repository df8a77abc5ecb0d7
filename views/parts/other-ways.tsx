import type { VNode } from 'preact'
import type { Speaker } from '../messages.ts'
import type { FormTarget } from '../page-context.ts'
import { ButtonForm, ButtonLink } from './form.tsx'

/** A way in beside the one that a page is about. */
export type Offer = { kind: 'form'; label: string; form: FormTarget } | { kind: 'link'; label: string; href: string }

/** What would do as well; nothing where there is nothing else. */
export function OtherWays({ ways, speaker: { say } }: { ways: readonly Offer[]; speaker: Pick<Speaker, 'say'> }): VNode | null {
  if (ways.length === 0) return null
  return (
    <section class="other-ways" aria-label={say('address.other-ways')}>
      <p class="divider" aria-hidden="true">
        {say('address.or')}
      </p>
      {ways.map(way => drawOffer(way))}
    </section>
  )
}

function drawOffer(way: Offer): VNode {
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
  }
}
