import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { appName } from '../text.ts'

/** The device is signed in. */
export function renderDeviceFinished(page: PageContext): string {
  return renderDocument(page, { title: speak(page.locale).say('device-finished.heading') }, ({ say, show }) => (
    <>
      <h1>{say('device-finished.heading')}</h1>
      <p class="lead">{show('device-finished.lead', { app: <bdi>{appName(page)}</bdi> })}</p>
    </>
  ))
}
