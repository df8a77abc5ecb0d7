import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { type StartAgain, StartAgainButton } from '../parts/start-again.tsx'

export interface ExpiredProps {
  /** Absent where nothing is known any more of how it began; the page then sends the person back to the app. */
  startAgain?: StartAgain
}

/** The sign-in was open for too long. */
export function renderExpired(page: PageContext, props: ExpiredProps): string {
  return renderDocument(page, { title: speak(page.locale).say('expired.heading') }, ({ say }) => (
    <>
      <h1>{say('expired.heading')}</h1>
      <p class="lead">{say(props.startAgain ? 'expired.lead' : 'expired.lead-from-app')}</p>
      {props.startAgain && <StartAgainButton startAgain={props.startAgain}>{say('start-again')}</StartAgainButton>}
    </>
  ))
}
