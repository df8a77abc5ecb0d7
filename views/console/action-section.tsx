import type { VNode } from 'preact'
import { ButtonLink } from '../parts/form.tsx'

/** Something that can be done: what it does to whom, in a sentence, and the way there beside it. */
export function ActionSection({
  heading,
  lead,
  label = heading,
  href,
}: {
  heading: string
  lead: string
  /** On the button, where it says less than the heading. */
  label?: string
  href: string
}): VNode {
  return (
    <section class="action">
      <div>
        <h2>{heading}</h2>
        <p>{lead}</p>
      </div>
      <ButtonLink href={href} kind="secondary">
        {label}
      </ButtonLink>
    </section>
  )
}
