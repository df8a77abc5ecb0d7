import type { SignedOut } from '../../provider/kernel/session-end.ts'
import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { AddressField, type AddressProblem } from '../parts/address-field.tsx'
import { Button, Form } from '../parts/form.tsx'
import { Notice } from '../parts/notice.tsx'
import { type Offer, OtherWays } from '../parts/other-ways.tsx'
import { PasskeyScript } from '../parts/passkey-form.tsx'
import { WayBackToApp } from '../parts/way-back-to-app.tsx'
import { appName } from '../text.ts'
import { formatMoment } from '../times.ts'

export interface AddressProps {
  /** Takes the field `address`. */
  form: FormTarget
  /** What was typed before, a hint from the app, or whose session it is. */
  address?: string
  /** Whoever reads it is signed in, and shows afresh who they are. */
  onceMore?: boolean
  problem?: AddressProblem
  notice?: 'signed-out' | 'expired'
  /** Why whoever was signed in here is not any more. */
  signedOut?: SignedOut
  /** What the way in is called that was used here last; it is the first of the others. */
  usualWay?: string
  /** Other ways in, each a button. */
  otherWays?: readonly Offer[]
  /** Takes the person back to the app without a sign-in. */
  cancel?: FormTarget
}

/** The first page: asks for one thing, the e-mail address. */
export function renderAddress(page: PageContext, props: AddressProps): string {
  const app = appName(page)
  const title = speak(page.locale).say('address.heading', { app })
  const head = props.otherWays?.some(way => way.kind === 'passkey') && <PasskeyScript page={page} />
  return renderDocument(page, { title, problem: Boolean(props.problem), head }, ({ say, show }) => (
    <>
      {props.notice && (
        <Notice kind={props.notice === 'expired' ? 'alert' : 'done'}>{say(`address.notice.${props.notice}`)}</Notice>
      )}
      {props.signedOut && !props.notice && (
        <Notice kind="alert">
          {say(`address.signed-out.${props.signedOut.reason}`, {
            moment: formatMoment(page.locale, props.signedOut.at, page.timeZone),
          })}
        </Notice>
      )}
      <h1>{show('address.heading', { app: <bdi>{app}</bdi> })}</h1>
      {props.onceMore && <p>{say('address.once-more')}</p>}
      {props.usualWay && <p>{say('address.usual-way', { way: props.usualWay })}</p>}
      <Form target={props.form} class="stack">
        <AddressField
          say={say}
          hint={say('address.hint')}
          value={props.address}
          problem={props.problem}
          // One field name and `webauthn` is what HTML allows, and what browsers offer passkeys by.
          autocomplete="email webauthn"
        />
        <Button kind="primary">{say('address.submit')}</Button>
      </Form>
      <OtherWays ways={props.otherWays ?? []} page={page} />
      {props.cancel && (
        <div class="ways-out">
          <WayBackToApp page={page} cancel={props.cancel} />
        </div>
      )}
    </>
  ))
}
