import { renderConfirmDeviceCode } from '../../views/device/confirm-code.tsx'
import { renderEnterDeviceCode } from '../../views/device/enter-code.tsx'
import { renderDeviceFinished } from '../../views/device/finished.tsx'
import { renderError } from '../../views/error.tsx'
import { renderLanding } from '../../views/landing.tsx'
import { renderMailboxList } from '../../views/mailbox/list.tsx'
import { renderMailboxMail } from '../../views/mailbox/mail.tsx'
import type { PageContext } from '../../views/page-context.ts'
import { renderAddress } from '../../views/sign-in/address.tsx'
import { renderAlreadySignedIn } from '../../views/sign-in/already-signed-in.tsx'
import { type CheckMailProps, renderCheckMail } from '../../views/sign-in/check-mail.tsx'
import { renderConfirmLink } from '../../views/sign-in/confirm-link.tsx'
import { renderConsent } from '../../views/sign-in/consent.tsx'
import { renderExpired } from '../../views/sign-in/expired.tsx'
import { renderFinished } from '../../views/sign-in/finished.tsx'
import { renderLinkConfirmed } from '../../views/sign-in/link-confirmed.tsx'
import { renderLinkElsewhere } from '../../views/sign-in/link-elsewhere.tsx'
import { renderNoAccount } from '../../views/sign-in/no-account.tsx'
import { renderReturnToApp } from '../../views/sign-in/return-to-app.tsx'
import { renderSwitchAccount } from '../../views/sign-in/switch-account.tsx'
import { renderConfirmSignOut } from '../../views/sign-out/confirm.tsx'
import { renderSignedOut } from '../../views/sign-out/finished.tsx'
import { apiStates } from './api-states.ts'
import { accountStates } from './account-states.ts'
import { connectionStates } from './connection-states.ts'
import { consoleStates } from './console-states.ts'
import { mailStates } from './mail-states.ts'
import { passkeyStates } from './passkey-states.ts'
import { secondStepStates } from './second-step-states.ts'
import { workspaceChoiceStates } from './workspace-choice-states.ts'

export interface PageState {
  name: string
  render(page: PageContext): string
}

const now = new Date('2026-03-05T14:05:00Z')
const beginning = { device: 'Firefox on Linux', requestedAt: new Date('2026-03-05T14:03:00Z'), now }
const address = 'anna.keller@example.com'
const form = { action: '/somewhere' }

/** The app says where it is. */
function withHome(page: PageContext): PageContext {
  return { ...page, app: { name: 'Fieldnotes', ...page.app, href: 'https://fieldnotes.example.com/' } }
}

function checkMail(change: Partial<CheckMailProps>): PageState['render'] {
  return page =>
    renderCheckMail(page, {
      address,
      lifetimeMinutes: 10,
      waiting: { pageUrl: '/sign-in/a1b2', stateUrl: '/sign-in/a1b2/state', withRefresh: true },
      code: { kind: 'form', form },
      resend: form,
      changeAddress: form,
      ...change,
    })
}

/** Where the mailbox's page finds the HTML part. */
export const mailPartPath = '/mailbox/1/html'

function showMail(page: PageContext): string {
  const mail = mailStates[0]?.render(page)
  return renderMailboxMail(page, {
    mail: { to: address, subject: mail?.subject ?? '', text: mail?.text ?? '', receivedAt: now },
    htmlHref: mailPartPath,
    listHref: '/mailbox',
  })
}

function withoutApp(page: PageContext): PageContext {
  const { app, ...rest } = page
  return app === undefined ? page : rest
}

/** Every page in every state that looks different. */
export const pageStates: PageState[] = [
  { name: 'address', render: page => renderAddress(page, { form }) },
  {
    name: 'address-with-other-ways',
    render: page =>
      renderAddress(page, {
        form,
        notice: 'signed-out',
        address,
        otherWays: ['Google', 'Microsoft'].map(label => ({ kind: 'form' as const, label, form })),
        cancel: form,
      }),
  },
  {
    name: 'address-usual-way',
    render: page =>
      renderAddress(page, {
        form,
        usualWay: 'Google',
        otherWays: ['Google', 'Microsoft'].map(label => ({ kind: 'form' as const, label, form })),
      }),
  },
  {
    name: 'address-once-more',
    render: page =>
      renderAddress(page, {
        form,
        address: 'anna.keller@example.com',
        onceMore: true,
        otherWays: ['Google', 'Microsoft'].map(label => ({ kind: 'form' as const, label, form })),
        cancel: form,
      }),
  },
  ...(['ended-elsewhere', 'ended-by-notice', 'account-suspended', 'account-deleted', 'factor-reset', 'ended-here'] as const).map(
    reason => ({
      name: `address-${reason}`,
      render: (page: PageContext) => renderAddress(page, { form, signedOut: { reason, at: now }, cancel: form }),
    }),
  ),
  { name: 'address-missing', render: page => renderAddress(page, { form, problem: 'field-needed', cancel: form }) },
  {
    name: 'address-unusable',
    render: page => renderAddress(page, { form, address: 'anna.keller@', problem: 'address-unusable', notice: 'expired' }),
  },
  { name: 'check-mail', render: checkMail({}) },
  { name: 'check-mail-with-mailbox', render: page => checkMail({})({ ...page, mailboxHref: '/mailbox' }) },
  { name: 'check-mail-resent', render: checkMail({ resent: true }) },
  {
    name: 'check-mail-code-wrong',
    render: checkMail({ code: { kind: 'form', form, value: 'bcdf ghjx', problem: 'code-wrong', triesLeft: 3 } }),
  },
  { name: 'check-mail-without-script', render: checkMail({}) },
  {
    name: 'check-mail-code-without-script',
    render: checkMail({ waiting: { pageUrl: '/sign-in/a1b2', stateUrl: '/sign-in/a1b2/state', withRefresh: false } }),
  },
  { name: 'check-mail-codes-switched-off', render: checkMail({ code: { kind: 'switched-off' } }) },
  { name: 'check-mail-used-up', render: checkMail({ code: { kind: 'used-up' } }) },
  { name: 'confirm-link', render: page => renderConfirmLink(page, { ...beginning, form }) },
  { name: 'link-elsewhere', render: page => renderLinkElsewhere(page, { ...beginning, codes: 'usable' }) },
  {
    name: 'link-elsewhere-codes-switched-off',
    render: page => renderLinkElsewhere(page, { ...beginning, codes: 'switched-off' }),
  },
  { name: 'link-confirmed', render: page => renderLinkConfirmed(page, { form }) },
  { name: 'finished', render: renderFinished },
  { name: 'expired', render: page => renderExpired(page, { startAgain: form }) },
  { name: 'expired-link-used', render: page => renderExpired(page, { reason: 'link-used', startAgain: form }) },
  { name: 'expired-from-app', render: page => renderExpired(page, {}) },
  { name: 'expired-from-app-with-home', render: page => renderExpired(withHome(page), {}) },
  { name: 'expired-unknown-link', render: page => renderExpired(page, { reason: 'unknown-link' }) },
  { name: 'expired-unknown', render: page => renderExpired(page, { reason: 'unknown' }) },
  { name: 'no-account', render: page => renderNoAccount(page, { address, startAgain: form, cancel: form }) },
  {
    name: 'consent',
    render: page =>
      renderConsent(page, {
        form,
        site: 'reports.example.net',
        scopes: ['openid', 'profile', 'email', 'offline_access', 'invoices:read'],
        address,
        links: { privacy: 'https://reports.example.net/privacy', terms: 'https://reports.example.net/terms' },
      }),
  },
  ...connectionStates,
  ...passkeyStates,
  ...secondStepStates,
  ...workspaceChoiceStates,
  ...accountStates,
  ...consoleStates,
  ...apiStates,
  { name: 'already-signed-in', render: page => renderAlreadySignedIn(page, { continueTo: { href: '/continue' } }) },
  { name: 'switch-account', render: page => renderSwitchAccount(page, { form: { action: '/logout/confirm' } }) },
  {
    name: 'return-to-app',
    render: page =>
      renderReturnToApp(page, { form: { action: 'https://fieldnotes.example.com/callback', fields: { code: 'x' } } }),
  },
  { name: 'device-enter-code', render: page => renderEnterDeviceCode(page, { action: '/device', xsrf: 'x' }) },
  {
    name: 'device-enter-code-wrong',
    render: page => renderEnterDeviceCode(page, { action: '/device', xsrf: 'x', userCode: 'BCDF-GHJK', problem: 'wrong' }),
  },
  {
    name: 'device-enter-code-stopped',
    render: page => renderEnterDeviceCode(page, { action: '/device', xsrf: 'x', problem: 'stopped' }),
  },
  {
    name: 'device-confirm-code',
    render: page => renderConfirmDeviceCode(page, { action: '/device', xsrf: 'x', userCode: 'BCDF-GHJK' }),
  },
  { name: 'device-finished', render: renderDeviceFinished },
  { name: 'sign-out-confirm', render: page => renderConfirmSignOut(page, { action: '/logout', xsrf: 'x' }) },
  { name: 'sign-out-finished', render: renderSignedOut },
  { name: 'sign-out-finished-to-app', render: page => renderSignedOut(withHome(page)) },
  { name: 'error-too-many-requests', render: page => renderError(page, { code: 'too-many-requests', retryAfterSeconds: 95 }) },
  { name: 'error-link-used', render: page => renderError(page, { code: 'link-used', startAgain: form }) },
  {
    name: 'error-not-found',
    render: page => renderError(page, { code: 'not-found', requestId: '0195f2f4-6c1c-7b6e-9c53-7f0f9f1e2d3c' }),
  },
  { name: 'error-unavailable', render: page => renderError(page, { code: 'unavailable' }) },
  {
    name: 'error-protocol',
    render: page =>
      renderError(page, {
        code: 'bad-request',
        protocol: {
          error: 'invalid_redirect_uri',
          description: "redirect_uri did not match any of the client's registered redirect_uris",
        },
        requestId: '0195f2f4-6c1c-7b6e-9c53-7f0f9f1e2d3c',
      }),
  },
  {
    name: 'landing',
    render: page =>
      renderLanding(withoutApp(page), {
        issuer: 'https://id.example.com',
        discoveryHref: '/.well-known/openid-configuration',
        mailboxHref: '/mailbox',
      }),
  },
  { name: 'mailbox-empty', render: page => renderMailboxList(withoutApp(page), { mails: [] }) },
  {
    name: 'mailbox',
    render: page =>
      renderMailboxList(withoutApp(page), {
        mails: [address, 'li.wei@example.org', 'a-rather-long-address-of-a-person@a-rather-long-department.example.com'].map(
          to => ({ href: '/mailbox/1', to, subject: mailStates[0]?.render(page).subject ?? '', receivedAt: now }),
        ),
      }),
  },
  { name: 'mailbox-mail', render: showMail },
]
