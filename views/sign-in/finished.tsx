import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'

/** The sign-in was resumed in another tab. */
export function renderFinished(page: PageContext): string {
  return renderDocument(page, { title: speak(page.locale).say('finished.heading') }, ({ say }) => (
    <>
      <h1>{say('finished.heading')}</h1>
      <p class="lead">{say('finished.lead')}</p>
    </>
  ))
}
