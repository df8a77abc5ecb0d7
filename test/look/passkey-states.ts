import type { PageContext } from '../../views/page-context.ts'
import { speak } from '../../views/messages.ts'
import type { Offer } from '../../views/parts/other-ways.tsx'
import { renderAddress } from '../../views/sign-in/address.tsx'
import { renderEnrolPasskey } from '../../views/sign-in/enrol-passkey.tsx'
import { renderPasskeyOffer } from '../../views/sign-in/passkey-offer.tsx'
import { type PasskeyStepProps, renderPasskeyStep } from '../../views/sign-in/passkey-step.tsx'

const form = { action: '/somewhere' }
const optionsUrl = '/somewhere/options'

const passkeyStep = (change: Partial<PasskeyStepProps>) => (page: PageContext) => {
  const { say } = speak(page.locale)
  const otherWays = (['other-way.totp', 'other-way.recovery-code'] as const).map(
    (key): Offer => ({ kind: 'link', label: say(key), href: '/somewhere' }),
  )
  return renderPasskeyStep(page, { form, optionsUrl, isSecondStep: true, otherWays, changeAddress: form, ...change })
}

/** Passkeys: offered, asked for, and made. */
export const passkeyStates = [
  {
    name: 'address-passkey',
    render: (page: PageContext) => {
      const { say } = speak(page.locale)
      const services = ['Google', 'Microsoft'].map(
        (service): Offer => ({ kind: 'form', label: say('upstream.continue', { service }), form }),
      )
      return renderAddress(page, {
        form,
        usualWay: say('other-way.passkey'),
        otherWays: [{ kind: 'passkey', label: say('other-way.passkey'), form, optionsUrl }, ...services],
        cancel: form,
      })
    },
  },
  { name: 'passkey-step', render: passkeyStep({}) },
  { name: 'passkey-step-first', render: passkeyStep({ isSecondStep: false, otherWays: [] }) },
  { name: 'passkey-step-refused', render: passkeyStep({ problem: 'passkey-not-verified' }) },
  { name: 'passkey-step-without-script', render: passkeyStep({}) },
  { name: 'enrol-passkey', render: (page: PageContext) => renderEnrolPasskey(page, { form, optionsUrl, back: '/somewhere' }) },
  {
    name: 'enrol-passkey-full',
    render: (page: PageContext) =>
      renderEnrolPasskey(page, { form, optionsUrl, back: '/somewhere', problem: 'too-many-passkeys' }),
  },
  { name: 'passkey-offer', render: (page: PageContext) => renderPasskeyOffer(page, { addHref: '/somewhere', later: form }) },
]
