import { anInvitation, newHash, noon } from '../support/records.ts'
import { always, type Attacks } from './attack.ts'

/** At how people come into a workspace, and what they are told there: the first set-up, invitations, reminders. */
export const foundingAttacks: Pick<Attacks, 'firstSetUp' | 'invitations' | 'requirementReminders'> = {
  firstSetUp: {
    open: ({ firstSetUp }) => firstSetUp.open(noon),
    isOpen: ({ firstSetUp }) => firstSetUp.isOpen(newHash()),
    awaitAddress: ({ firstSetUp }, theirs) => firstSetUp.awaitAddress(newHash(), theirs.user.address),
    isAwaited: ({ firstSetUp }, theirs) => firstSetUp.isAwaited(theirs.user.address),
    use: ({ firstSetUp }) => firstSetUp.use(newHash(), noon),
    recordFounding: ({ firstSetUp }, theirs) => firstSetUp.recordFounding(theirs.workspace.id, noon),
    findFounded: ({ firstSetUp }) => firstSetUp.findFounded(newHash()),
  },
  invitations: {
    replace: ({ invitations }, theirs) => invitations.replace(anInvitation(theirs.workspace.id)),
    find: ({ invitations }, theirs) => invitations.find(theirs.workspace.id, theirs.invitation.id),
    findByTokenHash: ({ invitations }, theirs) => invitations.findByTokenHash(theirs.invitation.tokenHash),
    findOpen: ({ invitations }, theirs) => invitations.findOpen(theirs.workspace.id, theirs.invitation.address, noon),
    listOpen: ({ invitations }, theirs) => invitations.listOpen(theirs.workspace.id, noon, { after: undefined, limit: 1000 }),
    listOpenForUser: ({ invitations }, theirs) => invitations.listOpenForUser(theirs.user.id, noon),
    isInvited: async ({ invitations }, theirs) => (await invitations.isInvited(theirs.invitation.address, noon)) || undefined,
    accept: ({ invitations }, theirs, ours) => invitations.accept(theirs.workspace.id, theirs.invitation.id, ours.user.id, noon),
    revoke: ({ invitations }, theirs) => invitations.revoke(theirs.workspace.id, theirs.invitation.id, noon),
    countWithRole: ({ invitations }, theirs) => invitations.countWithRole(theirs.workspace.id, 'viewer', noon),
    deleteExpired: async ({ invitations }) => invitations.deleteExpired(new Date(0), 100),
  },
  requirementReminders: {
    listDue: ({ requirementReminders }) =>
      requirementReminders.listDue({ days: 7, after: new Date(0), until: always, limit: 100 }),
    take: ({ requirementReminders }, { requirementReminder }) => requirementReminders.take(requirementReminder),
    listRecipients: ({ requirementReminders }, theirs) =>
      requirementReminders.listRecipients(
        theirs.workspace.id,
        { level: 'phishing-resistant', from: noon, authenticators: ['a-model'] },
        { after: undefined, limit: 1000 },
      ),
    advance: ({ requirementReminders }, { requirementReminder }) =>
      requirementReminders.advance(requirementReminder, { finishedAt: noon }),
  },
}
