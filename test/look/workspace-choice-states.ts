import { renderFirstSetUp, type SetUpStep } from '../../views/account/first-set-up.tsx'
import { type InvitationStep, renderInvitation } from '../../views/account/invitation.tsx'
import { renderError } from '../../views/error.tsx'
import type { PageContext } from '../../views/page-context.ts'
import { type ChooseWorkspaceProps, renderChooseWorkspace } from '../../views/sign-in/choose-workspace.tsx'
import { type NoWorkspaceProps, renderNoWorkspace } from '../../views/sign-in/no-workspace.tsx'

const form = { action: '/somewhere' }
const address = 'anna.keller@example.com'
const invitations = [
  { id: '1', workspace: 'Contoso', roles: ['Manager'], inviter: 'Marco Rossi' },
  { id: '2', workspace: 'Fabrikam & Sons', roles: ['Viewer', 'Bookkeeper'] },
]

const choose = (change: Partial<ChooseWorkspaceProps>) => (page: PageContext) =>
  renderChooseWorkspace(page, {
    choose: form,
    workspaces: [
      { id: '1', name: 'Personal', personal: true },
      { id: '2', name: 'Northwind Traders', personal: false },
      { id: '3', name: page.app?.name ?? 'Contoso', personal: false },
    ],
    invitations: [],
    accept: form,
    cancel: form,
    signOutHref: '/logout',
    ...change,
  })

const none = (change: Partial<NoWorkspaceProps>) => (page: PageContext) =>
  renderNoWorkspace(page, {
    reason: 'none',
    address,
    invitations: [],
    accept: form,
    cancel: form,
    signOutHref: '/logout',
    ...change,
  })

const invitation = (step: InvitationStep) => (page: PageContext) => {
  const expiresAt = new Date('2030-01-31T12:00:00Z')
  const about = { workspace: page.app?.name ?? 'Contoso', roles: ['Viewer'], inviter: 'Marco Rossi', address, expiresAt }
  return renderInvitation(page, { invitation: about, step })
}

const setUp = (step: SetUpStep) => (page: PageContext) => renderFirstSetUp(page, step)

/** Where somebody is going to work. */
export const workspaceChoiceStates = [
  { name: 'choose-workspace', render: choose({}) },
  { name: 'choose-workspace-invited', render: choose({ invitations }) },
  { name: 'no-workspace', render: none({}) },
  { name: 'no-workspace-invited', render: none({ invitations }) },
  { name: 'no-workspace-found', render: none({ found: form }) },
  { name: 'no-workspace-found-problem', render: none({ found: { ...form, name: '', problem: 'empty' } }) },
  { name: 'no-workspace-refused', render: none({ reason: 'refused' }) },
  { name: 'invitation', render: invitation({ kind: 'sign-in', form }) },
  { name: 'invitation-accept', render: invitation({ kind: 'accept', form, address }) },
  { name: 'invitation-of-another', render: invitation({ kind: 'of-another', form, address: 'a.keller@example.org' }) },
  { name: 'invitation-accepted', render: invitation({ kind: 'accepted', workspaceHref: undefined }) },
  { name: 'invitation-accepted-admin', render: invitation({ kind: 'accepted', workspaceHref: '/somewhere' }) },
  { name: 'no-workspace-own', render: none({ makeOwn: form }) },
  { name: 'set-up', render: setUp({ kind: 'sign-in', form }) },
  { name: 'set-up-address-unusable', render: setUp({ kind: 'sign-in', form, typed: 'anna', problem: 'address-unusable' }) },
  { name: 'set-up-found', render: setUp({ kind: 'found', form, address }) },
  { name: 'set-up-found-problem', render: setUp({ kind: 'found', form, address, name: '', problem: 'empty' }) },
  {
    name: 'set-up-slug-problem',
    render: setUp({ kind: 'found', form, address, name: 'Contoso', slug: 'Contoso!', problem: 'slug-form' }),
  },
  { name: 'set-up-over', render: (page: PageContext) => renderError(page, { code: 'set-up-over' }) },
]
