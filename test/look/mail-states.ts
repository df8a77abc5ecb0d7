import { renderInvitationMail } from '../../views/emails/invitation.ts'
import { renderMagicLinkMail } from '../../views/emails/magic-link.tsx'
import type { MailContext, RenderedMail } from '../../views/emails/mail-context.ts'
import { type Notice, renderNoticeMail } from '../../views/emails/notice.tsx'
import { type ReminderNeed, renderRequirementReminderMail } from '../../views/emails/requirement-reminder.ts'
import { accountMailStates } from './account-states.ts'

export interface MailState {
  name: string
  render(context: MailContext): RenderedMail
}

const now = new Date('2026-03-05T14:05:00Z')

export const mailStates: MailState[] = [
  {
    name: 'mail-magic-link',
    render: context =>
      renderMagicLinkMail(context, {
        link: 'https://id.example.com/link/3q2-7wEjRWeJq83vASNFZ4mrze8BI0Vnias3vQEjRWc',
        code: 'BCDFGHJK',
        device: 'Firefox on Linux',
        requestedAt: now,
        lifetimeMinutes: 10,
      }),
  },
  {
    name: 'mail-magic-link-without-code',
    render: context =>
      renderMagicLinkMail(context, {
        link: 'https://id.example.com/link/3q2-7wEjRWeJq83vASNFZ4mrze8BI0Vnias3vQEjRWc',
        device: 'Safari on iPhone',
        requestedAt: now,
        lifetimeMinutes: 10,
      }),
  },
  ...[
    { name: 'mail-invitation', inviter: 'Marco Rossi' },
    { name: 'mail-invitation-by-nobody', inviter: undefined },
  ].map(({ name, inviter }) => ({
    name,
    render: (context: MailContext) =>
      renderInvitationMail(context, {
        workspace: 'Meadow Software',
        inviter,
        link: 'https://id.example.com/invitation/3q2-7wEjRWeJq83vASNFZ4mrze8BI0Vnias3vQEjRWc',
        expiresAt: new Date('2026-03-12T14:05:00Z'),
      }),
  })),
]

const noticeMail =
  (notice: Notice, place?: string): MailState['render'] =>
  context =>
    renderNoticeMail(context, {
      notice,
      happenedAt: now,
      device: 'Firefox on Linux',
      place,
      secureUrl: 'https://id.example.com/account/secure',
    })

const requirementReminder =
  (need: ReminderNeed): MailState['render'] =>
  context =>
    renderRequirementReminderMail(context, {
      workspace: 'Northwind',
      need,
      from: new Date('2026-03-12T00:00:00Z'),
      setUpUrl: 'https://id.example.com/account/ways-in',
    })

mailStates.push(
  { name: 'mail-requirement-second-factor', render: requirementReminder('second-factor') },
  { name: 'mail-requirement-passkey', render: requirementReminder('passkey') },
  { name: 'mail-requirement-accepted-passkey', render: requirementReminder('accepted-passkey') },
  ...accountMailStates,
  { name: 'mail-notice-new-device', render: noticeMail({ kind: 'new-device', app: 'Fieldnotes' }, 'Bern') },
  { name: 'mail-notice-passkey-added', render: noticeMail({ kind: 'passkey-added', name: 'iPhone' }) },
  { name: 'mail-notice-passkey-removed', render: noticeMail({ kind: 'passkey-removed', name: 'iPhone' }) },
  { name: 'mail-notice-passkey-suspicious', render: noticeMail({ kind: 'passkey-suspicious', name: 'iPhone' }) },
  {
    name: 'mail-notice-passkey-renamed',
    render: noticeMail({ kind: 'passkey-renamed', name: 'Old phone', nameBefore: 'iPhone' }),
  },
  { name: 'mail-notice-authenticator-added', render: noticeMail({ kind: 'authenticator-added', name: 'Phone' }) },
  { name: 'mail-notice-authenticator-removed', render: noticeMail({ kind: 'authenticator-removed', name: 'Phone' }) },
  {
    name: 'mail-notice-authenticator-renamed',
    render: noticeMail({ kind: 'authenticator-renamed', name: 'Old phone', nameBefore: 'Phone' }),
  },
  { name: 'mail-notice-recovery-codes-made', render: noticeMail({ kind: 'recovery-codes-made' }) },
  { name: 'mail-notice-recovery-code-used', render: noticeMail({ kind: 'recovery-code-used', left: 9 }) },
  { name: 'mail-notice-address-added', render: noticeMail({ kind: 'address-added', address: 'a.keller@example.org' }) },
  { name: 'mail-notice-address-removed', render: noticeMail({ kind: 'address-removed', address: 'a.keller@example.org' }) },
  {
    name: 'mail-notice-primary-address-changed',
    render: noticeMail({ kind: 'primary-address-changed', address: 'a.keller@example.org' }),
  },
  { name: 'mail-notice-service-linked', render: noticeMail({ kind: 'service-linked', service: 'Google' }) },
  { name: 'mail-notice-service-unlinked', render: noticeMail({ kind: 'service-unlinked', service: 'Google' }) },
  { name: 'mail-notice-sessions-ended', render: noticeMail({ kind: 'sessions-ended', count: 3 }) },
  {
    name: 'mail-notice-erasure-scheduled',
    render: noticeMail({ kind: 'erasure-scheduled', dueAt: new Date('2026-04-04T14:05:00Z') }),
  },
  { name: 'mail-notice-more-happened', render: noticeMail({ kind: 'more-happened' }) },
  { name: 'mail-notice-factors-reset', render: noticeMail({ kind: 'factors-reset', workspace: 'Meadow Software' }) },
  {
    name: 'mail-notice-access-pass-made',
    render: noticeMail({ kind: 'access-pass-made', workspace: 'Meadow Software', member: 'a.keller@example.org' }),
  },
  { name: 'mail-notice-erasure-taken-back', render: noticeMail({ kind: 'erasure-taken-back' }) },
)
