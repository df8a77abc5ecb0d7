import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { MaskedAddress } from '../parts/masked-address.tsx'
import { type StartAgain, StartAgainButton } from '../parts/start-again.tsx'
import { WayBackToApp } from '../parts/way-back-to-app.tsx'
import { appName } from '../text.ts'

export interface NoAccountProps {
  /** The address that was proved; shown masked. */
  address: string
  /** Begins with another address. */
  startAgain?: StartAgain
  /** Takes the person back to the app without a sign-in. */
  cancel?: FormTarget
}

/** The address was proved, nobody has an account under it, and the installation doesn't allow sign-up. */
export function renderNoAccount(page: PageContext, props: NoAccountProps): string {
  const app = appName(page)
  return renderDocument(page, { title: speak(page.locale).say('no-account.heading') }, ({ say, show }) => (
    <>
      <h1>{say('no-account.heading')}</h1>
      <p class="lead">{show('no-account.lead', { address: <MaskedAddress address={props.address} /> })}</p>
      <p>{show('no-account.what-next', { app: <bdi>{app}</bdi> })}</p>
      {props.startAgain && <StartAgainButton startAgain={props.startAgain}>{say('check-mail.change-address')}</StartAgainButton>}
      {props.cancel && (
        <div class="ways-out">
          <WayBackToApp page={page} cancel={props.cancel} />
        </div>
      )}
    </>
  ))
}
