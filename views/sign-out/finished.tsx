import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { Onward } from '../parts/onward.tsx'
import { tidyName } from '../text.ts'

/** Says that the session has ended, and where to go on from there. */
export function renderSignedOut(page: PageContext): string {
  return renderDocument(page, { title: speak(page.locale).say('signed-out.heading') }, ({ say, show }) => (
    <>
      <h1>{say('signed-out.heading')}</h1>
      <p class="lead">{show('signed-out.lead', { installation: <bdi>{tidyName(page.installationName)}</bdi> })}</p>
      <Onward page={page} signedOut />
    </>
  ))
}
