import type { PageContext } from '../../views/page-context.ts'
import { speak } from '../../views/messages.ts'
import type { Offer } from '../../views/parts/other-ways.tsx'
import { renderChooseEnrolment } from '../../views/sign-in/choose-enrolment.tsx'
import type { CodeStepProps } from '../../views/sign-in/code-step.tsx'
import { type EnrolTotpProps, renderEnrolTotp } from '../../views/sign-in/enrol-totp.tsx'
import {
  type AccessPassStepProps,
  renderAccessPassOver,
  renderAccessPassStep,
  renderAccessPassUsed,
} from '../../views/sign-in/access-pass.tsx'
import { renderRecoveryCodes } from '../../views/sign-in/recovery-codes.tsx'
import { type RecoveryStepProps, renderRecoveryStep } from '../../views/sign-in/recovery-step.tsx'
import { renderRecoveryUsed } from '../../views/sign-in/recovery-used.tsx'
import { renderSoonRequired } from '../../views/sign-in/soon-required.tsx'
import { renderTotpStep } from '../../views/sign-in/totp-step.tsx'

const form = { action: '/somewhere' }
const accepted = ['YubiKey 5 NFC', 'Google Titan Security Key']
const key = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const account = 'anna.keller@example.com'
const keyUri = `otpauth://totp/Meadow%20Software:${encodeURIComponent(account)}?secret=${key}&issuer=Meadow%20Software`
const codes = Array.from({ length: 10 }, (_, index) => `7K3M-9PQR-X4T${index}-VW8N`)
const offer = (page: PageContext, ...names: Array<'passkey' | 'totp' | 'recovery-code'>): Offer[] =>
  names.map(name => ({ kind: 'link', label: speak(page.locale).say(`other-way.${name}`), href: '/somewhere' }))

const totpStep = (change: Partial<CodeStepProps>) => (page: PageContext) =>
  renderTotpStep(page, {
    form,
    waitSeconds: 0,
    otherWays: offer(page, 'passkey', 'recovery-code'),
    changeAddress: form,
    ...change,
  })
const enrolTotp = (change: Partial<EnrolTotpProps>) => (page: PageContext) =>
  renderEnrolTotp(page, { secret: { key, keyUri }, form, back: '/somewhere', ...change })
const recoveryStep = (change: Partial<RecoveryStepProps>) => (page: PageContext) =>
  renderRecoveryStep(page, { form, left: 8, waitSeconds: 0, otherWays: offer(page, 'passkey'), changeAddress: form, ...change })

const accessPassStep = (change: Partial<AccessPassStepProps>) => (page: PageContext) =>
  renderAccessPassStep(page, { form, waitSeconds: 0, otherWays: [], changeAddress: form, ...change })

/** Authenticator apps, recovery codes, passes, and what will be required. */
export const secondStepStates = [
  { name: 'totp-step', render: totpStep({}) },
  { name: 'totp-step-wrong', render: totpStep({ problem: 'code-wrong' }) },
  { name: 'totp-step-missing', render: totpStep({ problem: 'field-needed' }) },
  { name: 'totp-step-letters', render: totpStep({ problem: 'code-not-six-digits' }) },
  { name: 'totp-step-used', render: totpStep({ problem: 'code-used' }) },
  { name: 'totp-step-clock-off', render: totpStep({ problem: 'clock-off' }) },
  { name: 'totp-step-paused', render: totpStep({ problem: 'tries-paused', waitSeconds: 240 }) },
  { name: 'enrol-totp', render: enrolTotp({}) },
  { name: 'enrol-totp-wrong', render: enrolTotp({ problem: 'code-wrong' }) },
  { name: 'enrol-totp-full', render: enrolTotp({ secret: undefined }) },
  { name: 'access-pass-step', render: accessPassStep({}) },
  { name: 'access-pass-step-wrong', render: accessPassStep({ problem: 'code-wrong', typed: '7K3M-9PQR-X4T1-VW8N' }) },
  { name: 'access-pass-over', render: (page: PageContext) => renderAccessPassOver(page, { otherWays: [], changeAddress: form }) },
  { name: 'access-pass-used', render: (page: PageContext) => renderAccessPassUsed(page, { enrolHref: '#', continueTo: form }) },
  { name: 'recovery-step', render: recoveryStep({}) },
  { name: 'recovery-step-wrong', render: recoveryStep({ problem: 'code-wrong', typed: '7K3M-9PQR-X4T1-VW8N', left: 1 }) },
  { name: 'recovery-step-form', render: recoveryStep({ problem: 'recovery-code-form', typed: '123456' }) },
  { name: 'recovery-step-paused', render: recoveryStep({ problem: 'tries-paused', waitSeconds: 30 }) },
  { name: 'recovery-used', render: (page: PageContext) => renderRecoveryUsed(page, { left: 9, continueTo: form }) },
  { name: 'recovery-used-few', render: (page: PageContext) => renderRecoveryUsed(page, { left: 1, continueTo: form }) },
  { name: 'recovery-used-last', render: (page: PageContext) => renderRecoveryUsed(page, { left: 0, continueTo: form }) },
  {
    name: 'recovery-codes',
    render: (page: PageContext) => renderRecoveryCodes(page, { codes, account, fileHref: '/file', continueTo: form }),
  },
  {
    name: 'choose-enrolment',
    render: (page: PageContext) =>
      renderChooseEnrolment(page, {
        needed: { kind: 'second-factor' },
        signOutHref: '/logout',
        ways: (['passkey', 'totp'] as const).map(name => ({
          label: speak(page.locale).say(`enrol-${name}.heading`),
          href: '/somewhere',
        })),
        cancel: form,
      }),
  },
  {
    name: 'choose-enrolment-later',
    render: (page: PageContext) =>
      renderChooseEnrolment(page, {
        needed: { kind: 'passkey' },
        signOutHref: '/logout',
        ways: [{ label: speak(page.locale).say('enrol-passkey.heading'), href: '/somewhere' }],
        cancel: form,
        later: form,
      }),
  },
  {
    name: 'choose-enrolment-accepted-passkey',
    render: (page: PageContext) =>
      renderChooseEnrolment(page, {
        needed: { kind: 'accepted-passkey', accepted },
        signOutHref: '/logout',
        ways: [{ label: speak(page.locale).say('enrol-passkey.heading'), href: '/somewhere' }],
        cancel: form,
      }),
  },
  ...([{ kind: 'second-factor' }, { kind: 'passkey' }, { kind: 'accepted-passkey', accepted }] as const).map(needed => ({
    name: `soon-required-${needed.kind}`,
    render: (page: PageContext) =>
      renderSoonRequired(page, { from: new Date('2026-04-01T00:00:00Z'), needed, setUpHref: '/somewhere', later: form }),
  })),
]
