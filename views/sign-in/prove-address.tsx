import { renderDocument } from '../document.tsx'
import { speak } from '../messages.ts'
import type { FormTarget, PageContext } from '../page-context.ts'
import { AddressField, type AddressProblem } from '../parts/address-field.tsx'
import { Button, ButtonForm, Form } from '../parts/form.tsx'

export interface ProveAddressProps {
  /** "Google". */
  service: string
  /** Takes the field `address`. */
  form: FormTarget
  /** What the upstream said, or what was typed. */
  address?: string
  problem?: AddressProblem
  /** Back to the first page, without the account elsewhere. */
  otherWay: FormTarget
}

/** Somebody comes from an upstream that can't say whose address it is: our own mail shows it. */
export function renderProveAddress(page: PageContext, props: ProveAddressProps): string {
  const { service, form, address, problem, otherWay } = props
  const title = speak(page.locale).say('prove-address.heading')
  return renderDocument(page, { title, problem: problem !== undefined }, ({ say }) => (
    <>
      <h1>{title}</h1>
      <p class="lead">{say('prove-address.lead', { service })}</p>
      <Form target={form} class="stack">
        <AddressField say={say} hint={say('prove-address.hint')} value={address} problem={problem} autocomplete="email" />
        <Button kind="primary">{say('address.submit')}</Button>
      </Form>
      <div class="ways-out">
        <ButtonForm target={otherWay} kind="plain">
          {say('upstream.other-way')}
        </ButtonForm>
      </div>
    </>
  ))
}
