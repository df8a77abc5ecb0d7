import type { VNode } from 'preact'
import type { Speaker } from '../messages.ts'
import { ButtonLink } from '../parts/form.tsx'

/** What leads on in a long list, and back to where it begins. */
export interface Paging {
  nextHref: string | undefined
  firstHref: string | undefined
}

export function PagingLinks({
  paging: { nextHref, firstHref },
  speaker: { say },
}: {
  paging: Paging
  speaker: Speaker
}): VNode | null {
  if (nextHref === undefined && firstHref === undefined) return null
  return (
    <div class="buttons">
      {firstHref && (
        <ButtonLink href={firstHref} kind="secondary">
          {say('console.first-page')}
        </ButtonLink>
      )}
      {nextHref && (
        <ButtonLink href={nextHref} kind="secondary">
          {say('console.next-page')}
        </ButtonLink>
      )}
    </div>
  )
}
