import type { VNode } from 'preact'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'

/**
 * Copies what the element `of` holds, which is in `code`: for what is pasted elsewhere. The script shows it; the page needs
 * `CopyScript` too.
 */
export function CopyButton({ page, of, what }: { page: PageContext; of: string; what: string }): VNode {
  const { say } = speak(page.locale)
  return (
    <div class="copy" data-copy={of} hidden>
      <button type="button" class="button button-secondary" aria-label={say('copy.what', { what })}>
        <span>{say('copy.button')}</span>
      </button>
      <output class="hint">
        <span data-copy-outcome="copied" hidden>
          {say('copy.copied')}
        </span>
        <span data-copy-outcome="refused" hidden>
          {say('copy.refused')}
        </span>
      </output>
    </div>
  )
}

/** For the head of a page with something to copy on it. */
export function CopyScript({ page }: { page: PageContext }): VNode {
  return <script src={page.assets.copyingScript} defer />
}
