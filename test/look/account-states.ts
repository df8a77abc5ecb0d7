import { renderAccountAddAddress, renderAccountConfirmAddress } from '../../views/account/add-address.tsx'
import { renderAccountActivity } from '../../views/account/activity.tsx'
import { renderAccountAddresses } from '../../views/account/addresses.tsx'
import { renderAccountApps } from '../../views/account/apps.tsx'
import { renderAccountConfirm } from '../../views/account/confirm.tsx'
import { renderAccountData } from '../../views/account/data.tsx'
import { renderAccountOverview } from '../../views/account/overview.tsx'
import { renderAccountProfile } from '../../views/account/profile.tsx'
import { renderAccountRename } from '../../views/account/rename.tsx'
import { renderAccountEnded, renderAccountSecure } from '../../views/account/secure.tsx'
import { renderAccountSessions } from '../../views/account/sessions.tsx'
import { renderAccountWaysIn } from '../../views/account/ways-in.tsx'
import { renderAddressCodeMail } from '../../views/emails/address-code.tsx'
import type { MailContext, RenderedMail } from '../../views/emails/mail-context.ts'
import type { PageContext } from '../../views/page-context.ts'
import { formatDay } from '../../views/times.ts'

const now = new Date('2026-03-05T14:05:00Z')
const yesterday = new Date('2026-03-04T09:12:00Z')
const lastYear = new Date('2025-06-17T18:40:00Z')
const address = 'anna.keller@example.com'
const long = 'a-rather-long-address-of-a-person@a-rather-long-department.example.com'
const form = { action: '/somewhere' }
const href = '/somewhere'

interface State {
  name: string
  render(page: PageContext): string
}

/** These pages speak of the installation, never of an app. */
function ofAccount(name: string, render: (page: PageContext) => string): State {
  return {
    name: `account-${name}`,
    render(page) {
      const { app, ...rest } = page
      return render(app === undefined ? page : { ...rest, installationName: app.name })
    },
  }
}

const factor = { createdAt: lastYear, lastUsedAt: yesterday, renameHref: href, removeHref: href }

export const accountStates: State[] = [
  ofAccount('overview', page =>
    renderAccountOverview(page, { name: 'Anna Keller', address, protection: 'mailbox', nextSteps: ['add-passkey'] }),
  ),
  ofAccount('overview-protected', page => renderAccountOverview(page, { address, protection: 'passkey', nextSteps: [] })),
  ofAccount('overview-deletion-due', page =>
    renderAccountOverview(page, {
      name: 'Anna Keller',
      address,
      protection: 'second-step',
      nextSteps: ['make-recovery-codes'],
      erasure: { dueAt: new Date('2026-03-19T14:05:00Z'), keep: form },
    }),
  ),
  ofAccount('profile', page => renderAccountProfile(page, { form, name: 'Anna Keller', language: page.locale })),
  ofAccount('profile-saved', page =>
    renderAccountProfile(page, { form, name: 'Anna Keller', language: page.locale, outcome: 'saved' }),
  ),
  ofAccount('profile-name-too-long', page =>
    renderAccountProfile(page, { form, name: 'Anna '.repeat(30), language: page.locale, problem: 'name-too-long' }),
  ),
  ofAccount('addresses', page =>
    renderAccountAddresses(page, {
      addresses: [address, 'anna@example.org', long].map((each, index) => ({
        address: each,
        primary: index === 0,
        verifiedAt: lastYear,
        makePrimaryHref: href,
        removeHref: href,
      })),
      addHref: href,
    }),
  ),
  ofAccount('addresses-add', page => renderAccountAddAddress(page, { form })),
  ofAccount('addresses-add-unusable', page =>
    renderAccountAddAddress(page, { form, typed: 'anna@', problem: 'address-unusable' }),
  ),
  ofAccount('addresses-code', page =>
    renderAccountConfirmAddress(page, { address: long, confirm: form, resend: form, drop: form }),
  ),
  ofAccount('addresses-code-mailbox', page =>
    renderAccountConfirmAddress(
      { ...page, mailboxHref: '/mailbox' },
      { address, confirm: form, resend: form, drop: form, outcome: 'code-resent' },
    ),
  ),
  ofAccount('addresses-code-wrong', page =>
    renderAccountConfirmAddress(page, {
      address,
      confirm: form,
      resend: form,
      drop: form,
      typed: 'bcdf ghjx',
      problem: 'code-wrong',
    }),
  ),
  ofAccount('ways-in', page =>
    renderAccountWaysIn(page, {
      now,
      address,
      passkeys: [
        { ...factor, name: 'iCloud Keychain', model: 'iCloud Keychain', synced: true },
        {
          ...factor,
          name: 'Work laptop with a rather long name of sixty characters, really',
          model: 'Windows Hello',
          synced: false,
          lastUsedAt: undefined,
        },
      ],
      authenticatorApps: [{ ...factor, name: 'Authenticator app' }],
      recoveryCodes: { left: 8, all: 10, madeAt: lastYear },
      elsewhere: [{ connection: 'Google', address, lastUsedAt: yesterday, unlinkHref: href }],
      addPasskeyHref: href,
      addAuthenticatorAppHref: href,
      makeRecoveryCodesHref: href,
      linkable: [{ connection: 'Microsoft', href }],
    }),
  ),
  ofAccount('ways-in-none', page =>
    renderAccountWaysIn(page, {
      now,
      address,
      passkeys: [],
      authenticatorApps: [],
      elsewhere: [],
      addPasskeyHref: href,
      addAuthenticatorAppHref: href,
      linkable: [],
      outcome: 'factor-removed',
    }),
  ),
  ofAccount('ways-in-rename', page => renderAccountRename(page, { form, name: 'Work laptop' })),
  ofAccount('ways-in-remove', page =>
    renderAccountConfirm(page, {
      section: 'ways-in',
      question: 'remove-passkey',
      subject: 'Work laptop',
      form,
      warning: 'last-factor',
    }),
  ),
  ofAccount('sessions', page =>
    renderAccountSessions(page, {
      now,
      sessions: [
        {
          device: 'Firefox · Linux',
          place: 'Bern, Switzerland',
          ip: '203.0.113.7',
          beganAt: yesterday,
          lastUsedAt: now,
          current: true,
          end: form,
        },
        {
          device: 'Safari · iOS',
          ip: '2001:db8:85a3::8a2e:370:7334',
          beganAt: lastYear,
          lastUsedAt: yesterday,
          current: false,
          end: form,
        },
        { device: '', ip: '198.51.100.24', beganAt: lastYear, lastUsedAt: lastYear, current: false, end: form },
      ],
      endOthers: form,
    }),
  ),
  ofAccount('activity', page =>
    renderAccountActivity(page, {
      entries: [
        { activity: 'sign-in.completed', at: now, what: 'Fieldnotes', device: 'Firefox · Linux', ip: '203.0.113.7' },
        { activity: 'passkey.added', at: yesterday, what: 'iCloud Keychain', device: 'Safari · iOS', ip: '203.0.113.7' },
        { activity: 'address.added', at: yesterday, what: long, device: 'Firefox · Linux', ip: '203.0.113.7' },
        { activity: 'session.ended', at: yesterday, endedBy: 'ended-here', device: 'Firefox · Linux', ip: '203.0.113.7' },
        { activity: 'session.ended', at: yesterday, endedBy: 'account-suspended' },
        { activity: 'user.created', at: lastYear, what: address },
      ],
      olderHref: href,
    }),
  ),
  ofAccount('activity-empty', page => renderAccountActivity(page, { entries: [], newestHref: href })),
  ofAccount('apps', page =>
    renderAccountApps(page, {
      apps: [
        {
          name: 'Reports',
          scopes: ['openid', 'email', 'offline_access', 'invoices:read'],
          since: lastYear,
          disconnectHref: href,
        },
        { name: 'Fieldnotes', scopes: [], since: yesterday, disconnectHref: href },
      ],
    }),
  ),
  ofAccount('apps-none', page => renderAccountApps(page, { apps: [] })),
  ofAccount('apps-disconnect', page =>
    renderAccountConfirm(page, { section: 'apps', question: 'disconnect-app', subject: 'Reports', form }),
  ),
  ofAccount('data', page => renderAccountData(page, { downloadHref: href, deleteHref: href, graceDays: 14 })),
  ofAccount('data-delete', page =>
    renderAccountConfirm(page, {
      section: 'data',
      question: 'delete-account',
      subject: address,
      days: 14,
      form,
      typed: { value: 'anna@', problem: 'does-not-match' },
    }),
  ),
  ofAccount('secure', page => renderAccountSecure(page, { form, sessions: 3 })),
  ofAccount('ended-secured', page => renderAccountEnded(page, { reason: 'secured' })),
  ofAccount('ended-deletion', page =>
    renderAccountEnded(page, { reason: 'erasure', day: formatDay(page.locale, new Date('2026-03-19T14:05:00Z')) }),
  ),
]

export const accountMailStates: Array<{ name: string; render(context: MailContext): RenderedMail }> = [
  {
    name: 'mail-address-code',
    render: context => renderAddressCodeMail(context, { kind: 'code', code: 'BCDFGHJK', lifetimeMinutes: 10 }),
  },
  {
    name: 'mail-address-taken',
    render: context => renderAddressCodeMail(context, { kind: 'taken', accountUrl: 'https://id.example.com/account' }),
  },
]
