import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { ButtonForm } from '../parts/form.tsx'
import { MaskedAddress } from '../parts/masked-address.tsx'
import { maskAddress } from '../text.ts'

export interface LinkAccountProps {
  /** "Google". */
  service: string
  /** Of the account here; shown masked. */
  address: string
  /** What the service calls the account there, where it says; shown masked. */
  addressThere?: string
  yes: FormTarget
  no: FormTarget
}

/** Whether an account elsewhere is to lead into this one from now on. Nothing is linked unless the person says so. */
export function renderLinkAccount(page: PageContext, props: LinkAccountProps): string {
  const { service, address, addressThere, yes, no } = props
  const title = speak(page.locale).say('link-account.heading', { service, address: maskAddress(address) })
  return renderDocument(page, { title }, ({ say, show }) => (
    <>
      <h1>{show('link-account.heading', { service, address: <MaskedAddress address={address} /> })}</h1>
      <p class="lead">{say('link-account.lead', { service })}</p>
      {addressThere !== undefined && (
        <p>{show('link-account.there', { service, address: <MaskedAddress address={addressThere} /> })}</p>
      )}
      <p>{say('link-account.not-yours')}</p>
      <div class="stack">
        <ButtonForm target={yes} kind="primary">
          {say('link-account.yes')}
        </ButtonForm>
        <ButtonForm target={no} kind="secondary">
          {say('link-account.no')}
        </ButtonForm>
      </div>
    </>
  ))
}
