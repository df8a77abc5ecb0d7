import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm } from '../parts/form.tsx'
import { type Offer, OtherWays } from '../parts/other-ways.tsx'
import { WayBackToApp } from '../parts/way-back-to-app.tsx'

export interface RenewProofProps {
  /** Where the mail goes. */
  address: string
  /** Sends it. */
  form: FormTarget
  otherWays: readonly Offer[]
  /** Takes the person back to the app without a sign-in. */
  cancel: FormTarget
}

/** Before something is set up: what the person showed is too long ago, so they show once more who they are. */
export function renderRenewProof(page: PageContext, { address, form, otherWays, cancel }: RenewProofProps): string {
  const title = speak(page.locale).say('renew-proof.heading')
  return renderDocument(page, { title }, ({ say, show }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{show('renew-proof.lead', { address: <bdi>{address}</bdi> })}</p>
      <ButtonForm target={form} kind="primary">
        {say('renew-proof.submit')}
      </ButtonForm>
      <OtherWays ways={otherWays} page={page} />
      <div class="ways-out">
        <WayBackToApp page={page} cancel={cancel} />
      </div>
    </>
  ))
}
