import type { PageContext } from '../../views/page-context.ts'
import type { ErrorCode } from '../../provider/kernel/errors.ts'
import { speak } from '../../views/messages.ts'
import type { Offer } from '../../views/parts/other-ways.tsx'
import { renderAddress } from '../../views/sign-in/address.tsx'
import { renderEnrolPasskey } from '../../views/sign-in/enrol-passkey.tsx'
import { renderLinkConfirmed } from '../../views/sign-in/link-confirmed.tsx'
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

const enrolPasskey = (problem?: ErrorCode, accepted?: readonly string[]) => (page: PageContext) =>
  renderEnrolPasskey(page, { form, optionsUrl, back: '/somewhere', accepted, ...(problem && { problem }) })

const accepted = ['YubiKey 5 NFC', 'Google Titan Security Key']

/** As the script leaves a page: with one of the sentences that stand in its form. */
const told = (render: (page: PageContext) => string, problem: string) => (page: PageContext) =>
  reveal(render(page), `data-passkey-problem="${problem}"`)

function reveal(html: string, mark: string): string {
  if (!html.includes(`${mark} hidden`)) throw new Error(`nothing of the page is hidden by ${mark}`)
  return html.replace(`${mark} hidden`, mark)
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
  { name: 'passkey-step-expired', render: passkeyStep({ problem: 'passkey-expired' }) },
  {
    name: 'passkey-step-unknown',
    render: passkeyStep({
      problem: 'passkey-unknown',
      signals: { unknown: { rpId: 'id.example.com', credentialId: 'AAAA' } },
    }),
  },
  { name: 'passkey-step-of-another', render: passkeyStep({ problem: 'passkey-of-another' }) },
  { name: 'passkey-step-suspicious', render: passkeyStep({ problem: 'passkey-suspicious' }) },
  { name: 'passkey-step-none-fits', render: passkeyStep({ noneFits: true }) },
  { name: 'passkey-step-accepted', render: passkeyStep({ accepted }) },
  { name: 'passkey-step-cancelled', render: told(passkeyStep({}), 'cancelled') },
  { name: 'passkey-step-timed-out', render: told(passkeyStep({}), 'timed-out') },
  { name: 'passkey-step-wrong-address', render: told(passkeyStep({}), 'wrong-address') },
  { name: 'passkey-step-unreachable', render: told(passkeyStep({}), 'unreachable') },
  { name: 'passkey-step-failed', render: told(passkeyStep({}), 'failed') },
  { name: 'passkey-step-without-script', render: passkeyStep({}) },
  { name: 'enrol-passkey', render: enrolPasskey() },
  { name: 'enrol-passkey-without-script', render: enrolPasskey() },
  { name: 'enrol-passkey-refused', render: enrolPasskey('passkey-refused') },
  { name: 'enrol-passkey-expired', render: enrolPasskey('passkey-expired') },
  { name: 'enrol-passkey-of-another', render: enrolPasskey('passkey-of-another') },
  { name: 'enrol-passkey-full', render: enrolPasskey('too-many-passkeys') },
  { name: 'enrol-passkey-accepted', render: enrolPasskey(undefined, accepted) },
  { name: 'enrol-passkey-of-other-model', render: enrolPasskey('passkey-of-other-model', accepted) },
  { name: 'enrol-passkey-cancelled', render: told(enrolPasskey(), 'cancelled') },
  { name: 'enrol-passkey-already-there', render: told(enrolPasskey(), 'already-there') },
  {
    name: 'link-confirmed-with-passkey',
    render: (page: PageContext) => reveal(renderLinkConfirmed(page, { form, passkeysHref: '/somewhere' }), 'data-passkey-able'),
  },
  { name: 'passkey-offer', render: (page: PageContext) => renderPasskeyOffer(page, { addHref: '/somewhere', later: form }) },
]
