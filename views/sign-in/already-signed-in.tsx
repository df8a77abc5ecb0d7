import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { Onward } from '../parts/onward.tsx'
import { type StartAgain, StartAgainButton } from '../parts/start-again.tsx'
import { appName } from '../text.ts'

export interface AlreadySignedInProps {
  /** The way on to the app, if it is known. */
  continueTo?: StartAgain
}

/** A page of a sign-in that is over, opened again by the back button, while the person is signed in. */
export function renderAlreadySignedIn(page: PageContext, props: AlreadySignedInProps): string {
  const app = appName(page)
  return renderDocument(page, { title: speak(page.locale).say('already-signed-in.heading') }, ({ say, show }) => (
    <>
      <h1>{say('already-signed-in.heading')}</h1>
      <p class="lead">{say(props.continueTo ? 'already-signed-in.lead' : 'already-signed-in.lead-from-app')}</p>
      {props.continueTo ? (
        <StartAgainButton startAgain={props.continueTo}>{show('continue-to-app', { app: <bdi>{app}</bdi> })}</StartAgainButton>
      ) : (
        <Onward page={page} />
      )}
    </>
  ))
}
