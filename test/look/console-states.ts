import { renderAccountWorkspaces } from '../../views/account/workspaces.tsx'
import { renderAccessPass, renderOwnWaysIn } from '../../views/console/access-pass.tsx'
import { renderConsoleClosed } from '../../views/console/closed.tsx'
import { type ConsoleConfirmProps, renderConsoleConfirm } from '../../views/console/confirm.tsx'
import type { WorkspaceContext } from '../../views/console/console-page.tsx'
import { renderConsoleInvitations, renderConsoleInvite } from '../../views/console/invitations.tsx'
import { renderConsoleMember, renderMemberRoles } from '../../views/console/member.tsx'
import { type MembersProps, renderConsoleMembers } from '../../views/console/members.tsx'
import { type ConsoleOverviewProps, renderConsoleOverview } from '../../views/console/overview.tsx'
import { renderConsoleRefusal } from '../../views/console/refusal.tsx'
import { renderConsoleRequirement, renderRequirementReview } from '../../views/console/requirement.tsx'
import type { PageContext } from '../../views/page-context.ts'
import { auditLogStates } from './audit-log-states.ts'
import { address, form, href, lastYear, long, noPaging, now, ofConsole, paging, type State, yesterday } from './console-state.ts'
import { roleStates } from './role-states.ts'

const overview = (change: Partial<ConsoleOverviewProps>) => (page: PageContext, where: WorkspaceContext) =>
  renderConsoleOverview(page, where, {
    plan: 'pro',
    createdAt: lastYear,
    members: 42,
    roles: ['Admin'],
    requirement: { level: 'any-second-factor', from: new Date('2026-03-19T00:00:00Z'), changeHref: href },
    rename: { form, name: where.name.slice(0, 60) },
    leaveHref: href,
    deleteHref: href,
    graceDays: 30,
    ...change,
  })

const people: MembersProps['people'] = [
  { name: 'Anna Keller', address, href, roles: ['Admin'], protection: 'passkey', joinedAt: lastYear },
  {
    name: undefined,
    address: long,
    href,
    roles: ['Manager', 'Bookkeeping and invoices'],
    protection: 'second-step',
    joinedAt: yesterday,
  },
  { name: 'Li Wei', address: 'li.wei@example.org', href, roles: ['Viewer'], protection: 'mailbox', joinedAt: yesterday },
]

const members = (change: Partial<MembersProps>) => (page: PageContext, where: WorkspaceContext) =>
  renderConsoleMembers(page, where, { count: 42, people, paging, find: { form }, inviteHref: href, ...change })

const confirm =
  (change: Partial<ConsoleConfirmProps> & Pick<ConsoleConfirmProps, 'question' | 'subject'>) =>
  (page: PageContext, where: WorkspaceContext) =>
    renderConsoleConfirm(page, where, { people: 42, days: 30, form, backHref: href, ...change })

const roleOptions = [
  { key: 'admin', name: 'Admin', checked: false },
  { key: 'manager', name: 'Manager', checked: true },
  { key: 'operator', name: 'Operator', checked: false },
  { key: 'viewer', name: 'Viewer', checked: false },
  { key: 'bookkeeping', name: 'Bookkeeping', checked: true, permissions: 4 },
]

export const consoleStates: State[] = [
  ofConsole('overview', 'overview', overview({})),
  ofConsole(
    'overview-read-only',
    'overview',
    overview({
      rename: undefined,
      deleteHref: undefined,
      requirement: { level: 'none', from: undefined, changeHref: undefined },
      roles: ['Viewer'],
    }),
  ),
  ofConsole(
    'overview-name-problem',
    'overview',
    overview({ rename: { form, name: 'https://example.com/', problem: 'name-web-address' } }),
  ),
  ofConsole('overview-stale', 'overview', overview({ stale: true })),
  ofConsole('requirement', 'overview', (page, where) =>
    renderConsoleRequirement(page, where, {
      levels: [
        { level: 'none', lacking: 0, current: true, href },
        { level: 'any-second-factor', lacking: 3, current: false, href },
        { level: 'phishing-resistant', lacking: 17, current: false, href },
      ],
    }),
  ),
  ofConsole('requirement-review', 'overview', (page, where) =>
    renderRequirementReview(page, where, {
      level: 'phishing-resistant',
      form,
      lacking: 17,
      people,
      paging,
      from: '2026-03-19',
      backHref: href,
    }),
  ),
  ofConsole('requirement-review-day', 'overview', (page, where) =>
    renderRequirementReview(page, where, {
      level: 'any-second-factor',
      form,
      lacking: 0,
      people: [],
      paging: noPaging,
      from: '2026-03-19',
      problem: 'day',
      backHref: href,
    }),
  ),
  ofConsole('delete', 'overview', (page, where) =>
    confirm({
      question: 'delete-workspace',
      subject: where.name.slice(0, 60),
      typed: { value: 'Meadow', problem: 'does-not-match' },
    })(page, where),
  ),
  ofConsole('closed', 'overview', (page, where) =>
    renderConsoleClosed(page, where, { deletionDueAt: new Date('2026-04-04T14:05:00Z'), keep: form }),
  ),
  ofConsole('closed-suspended', 'overview', (page, where) => renderConsoleClosed(page, where, { deletionDueAt: undefined })),
  ofConsole('refused', 'members', (page, where) =>
    renderConsoleRefusal(page, { ...where, sections: ['overview', 'roles'] }, { refusal: 'forbidden', needed: 'members.read' }),
  ),
  ofConsole('refused-last-admin', 'members', (page, where) =>
    renderConsoleRefusal(page, where, { refusal: 'last-admin', needed: undefined }),
  ),
  ofConsole('members', 'members', members({})),
  ofConsole(
    'members-alone',
    'members',
    members({ count: 1, people: people.slice(0, 1), paging: noPaging, outcome: 'member-removed' }),
  ),
  ofConsole('members-nobody', 'members', members({ find: { form, typed: long, problem: 'nobody' } })),
  ofConsole('member', 'members', (page, where) =>
    renderConsoleMember(page, where, {
      name: 'Li Wei',
      address: long,
      roles: ['Manager', 'Bookkeeping'],
      protection: 'mailbox',
      joinedAt: lastYear,
      own: false,
      sessions: {
        items: [
          { app: 'Fieldnotes', beganAt: yesterday, endsAt: now, endHref: href },
          { app: 'Ledgerline Reporting and Forecasting for Teams', beganAt: lastYear, endsAt: now, endHref: href },
        ],
        endAllHref: href,
        logHref: href,
      },
      changeRolesHref: href,
      resetHref: href,
      handOverHref: href,
      removeHref: href,
      outcome: 'roles-changed',
    }),
  ),
  ofConsole('member-yourself', 'members', (page, where) =>
    renderConsoleMember(page, where, {
      name: undefined,
      address,
      roles: ['Admin'],
      protection: 'passkey',
      joinedAt: lastYear,
      own: true,
      sessions: { items: [], endAllHref: href, logHref: href },
      changeRolesHref: href,
      resetHref: undefined,
      handOverHref: undefined,
      removeHref: href,
    }),
  ),
  ofConsole('member-roles', 'members', (page, where) =>
    renderMemberRoles(page, where, { address: long, form, roles: roleOptions, backHref: href }),
  ),
  ofConsole('member-roles-none', 'members', (page, where) =>
    renderMemberRoles(page, where, {
      address,
      form,
      roles: roleOptions.map(role => ({ ...role, checked: false })),
      problem: 'no-role',
      backHref: href,
    }),
  ),
  ofConsole('member-remove', 'members', confirm({ question: 'remove-member', subject: long })),
  ofConsole('member-session-end', 'members', confirm({ question: 'end-session', subject: 'Fieldnotes' })),
  ofConsole('member-sessions-end', 'members', confirm({ question: 'end-sessions', subject: long })),
  ofConsole('member-reset', 'members', confirm({ question: 'reset-member', subject: long })),
  ofConsole('member-access-pass', 'members', (page, where) =>
    renderAccessPass(page, where, {
      address: long,
      pass: 'K7QM-2XHD-9TRB-4WEN',
      expiresAt: new Date(now.getTime() + 3_600_000),
      now,
      backHref: href,
    }),
  ),
  ofConsole('member-reset-yourself', 'members', renderOwnWaysIn),
  ofConsole('member-reset-elsewhere', 'members', (page, where) =>
    renderConsoleRefusal(page, where, { refusal: 'member-elsewhere', needed: undefined }),
  ),
  ofConsole(
    'member-hand-over',
    'members',
    confirm({ question: 'hand-over', subject: address, typed: { value: undefined, problem: undefined } }),
  ),
  ofConsole('invitations', 'invitations', (page, where) =>
    renderConsoleInvitations(page, where, {
      now,
      open: [address, long].map(each => ({
        address: each,
        roles: ['Viewer', 'Bookkeeping'],
        sentAt: yesterday,
        expiresAt: new Date('2026-03-11T09:12:00Z'),
        resend: form,
        revokeHref: href,
      })),
      paging,
      inviteHref: href,
      outcome: 'invited',
    }),
  ),
  ofConsole('invitations-none', 'invitations', (page, where) =>
    renderConsoleInvitations(page, where, { now, open: [], paging: noPaging, inviteHref: href }),
  ),
  ofConsole('invite', 'invitations', (page, where) =>
    renderConsoleInvite(page, where, { form, roles: roleOptions, lifetimeDays: 7, backHref: href }),
  ),
  ofConsole('invite-already', 'invitations', (page, where) =>
    renderConsoleInvite(page, where, {
      form,
      typed: address,
      roles: roleOptions,
      problem: 'already-member',
      lifetimeDays: 7,
      backHref: href,
    }),
  ),
  ...roleStates,
  ofConsole('role-delete', 'roles', confirm({ question: 'delete-role', subject: 'Bookkeeping' })),
  ...auditLogStates,
  ofConsole('workspaces', 'overview', (page, where) =>
    renderAccountWorkspaces(page, {
      workspaces: [
        { name: where.name, roles: ['Admin'], state: 'open', href, leaveHref: href },
        { name: 'Personal', roles: ['Admin'], state: 'open', href, leaveHref: undefined },
        { name: 'Orchard', roles: ['Viewer', 'Bookkeeping'], state: 'deletion', href, leaveHref: undefined },
      ],
      outcome: 'workspace-left',
    }),
  ),
  ofConsole('workspaces-none', 'overview', page => renderAccountWorkspaces(page, { workspaces: [] })),
  ofConsole('workspaces-own', 'overview', page => renderAccountWorkspaces(page, { workspaces: [], makeOwn: form })),
  ofConsole('workspaces-found', 'overview', page =>
    renderAccountWorkspaces(page, { workspaces: [], found: { ...form, name: '', problem: 'empty' } }),
  ),
]
