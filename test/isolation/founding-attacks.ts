import { newHash, noon } from '../support/records.ts'
import { always, type Attacks } from './attack.ts'

/** At what is the installation's, and made before or beside a workspace's own: its first set-up, and reminders of members. */
export const foundingAttacks: Pick<Attacks, 'firstSetUp' | 'requirementReminders'> = {
  firstSetUp: {
    open: ({ firstSetUp }) => firstSetUp.open(noon),
    isOpen: ({ firstSetUp }) => firstSetUp.isOpen(newHash()),
    awaitAddress: ({ firstSetUp }, theirs) => firstSetUp.awaitAddress(newHash(), theirs.user.address),
    isAwaited: ({ firstSetUp }, theirs) => firstSetUp.isAwaited(theirs.user.address),
    use: ({ firstSetUp }) => firstSetUp.use(newHash(), noon),
    recordFounding: ({ firstSetUp }, theirs) => firstSetUp.recordFounding(theirs.workspace.id, noon),
    findFounded: ({ firstSetUp }) => firstSetUp.findFounded(newHash()),
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
