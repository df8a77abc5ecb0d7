import { speak } from '../messages.ts'
import type { PageContext } from '../page-context.ts'
import { ButtonLink } from '../parts/form.tsx'
import { type AccountOutcome, renderAccountPage } from './account-page.tsx'
import { Day, Row, Rows } from '../parts/row.tsx'

export interface AddressesProps {
  addresses: Array<{ address: string; primary: boolean; verifiedAt: Date; makePrimaryHref: string; removeHref: string }>
  addHref: string
  /** An address to which a code is on its way. */
  claimed?: string | undefined
  outcome?: AccountOutcome | undefined
}

/** The addresses of an account: each leads in, and gets its news. */
export function renderAccountAddresses(page: PageContext, { addresses, addHref, claimed, outcome }: AddressesProps): string {
  const { say } = speak(page.locale)
  return renderAccountPage(page, { section: 'addresses', title: say('account.section.addresses'), outcome }, ({ show }) => (
    <>
      <p class="lead">{say('account.addresses.lead')}</p>
      <Rows>
        {addresses.map(({ address, primary, verifiedAt, makePrimaryHref, removeHref }) => (
          <Row
            title={<bdi>{address}</bdi>}
            badge={primary ? say('account.addresses.primary') : undefined}
            details={[show('account.addresses.verified', { day: <Day page={page} moment={verifiedAt} /> })]}
          >
            {!primary && (
              <>
                <a href={makePrimaryHref} aria-label={say('account.addresses.make-what-primary', { what: address })}>
                  {say('account.addresses.make-primary')}
                </a>
                <a href={removeHref} aria-label={say('account.remove-what', { what: address })}>
                  {say('account.remove')}
                </a>
              </>
            )}
          </Row>
        ))}
      </Rows>
      <div class="buttons">
        <ButtonLink href={addHref} kind="secondary">
          {claimed === undefined ? say('account.addresses.add') : say('account.addresses.type-code', { address: claimed })}
        </ButtonLink>
      </div>
    </>
  ))
}
