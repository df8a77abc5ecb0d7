import { type ReminderNeed, renderRequirementReminderMail } from '../../views/emails/requirement-reminder.ts'
import { locales } from '../../views/page-context.ts'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import { secondsAfter } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { ReminderRecipient, RequirementReminder, WorkspaceRecord } from '../ports/workspace-records.ts'
import { isWorkspaceOpen } from './workspace.ts'

const daySeconds = 86_400
const workspacesAtOnce = 100

/** So many days before the date: a week, in which anybody finds a minute, and the last day. */
const steps = [
  { days: 1, before: 0 },
  { days: 7, before: 1 },
] as const

export interface ReminderOptions {
  issuer: string
  installationName: string
  /** Whether the person may be sent another mail of this kind now: they may be a member of very many workspaces. */
  mayBeSent(userId: string): Promise<boolean>
  /** How many members one transaction reaches. */
  membersAtOnce?: number
}

export type RequirementReminders = ReturnType<typeof createRequirementReminders>

/**
 * Reminds members by mail of what their workspace will require of them from a date on, where what they have enrolled would not do. The
 * mails of a batch, who was reached last, and the event in the workspace's log are one transaction: whoever dies has sent none of them,
 * and nobody is sent the same twice. What is asked is asked anew for each batch, so that who has enrolled something meanwhile gets no
 * mail, and nobody does once the requirement was withdrawn or has moved.
 */
export function createRequirementReminders({ issuer, installationName, mayBeSent, membersAtOnce = 100 }: ReminderOptions) {
  const { host: issuerHost, hostname } = new URL(issuer)

  async function send(
    { jobs }: Pick<Repositories, 'jobs'>,
    workspace: WorkspaceRecord,
    { from, level }: RequirementReminder,
    { address, locale: given }: ReminderRecipient,
  ): Promise<void> {
    const locale = locales.find(each => each === given) ?? 'en'
    const { authenticators } = workspace.requirement
    const need: ReminderNeed =
      level === 'any-second-factor' ? 'second-factor' : authenticators === undefined ? 'passkey' : 'accepted-passkey'
    const props = { workspace: workspace.name, need, from, setUpUrl: `${issuer}/account/ways-in` }
    const mail = renderRequirementReminderMail({ locale, issuerHost, installationName }, props)
    const message = { messageId: `${newId()}@${hostname}`, to: { name: '', address }, language: locale, ...mail }
    await jobs.enqueue('mail', { message })
  }

  return {
    /** The reminders that are due now and not finished. Whoever learns of a requirement late gets the last one alone. */
    async listDue({ requirementReminders }: Repositories, now: Date): Promise<RequirementReminder[]> {
      const due: RequirementReminder[] = []
      for (const { days, before } of steps) {
        const after = secondsAfter(now, before * daySeconds)
        const until = secondsAfter(now, days * daySeconds)
        const found = await requirementReminders.listDue({ days, after, until, limit: workspacesAtOnce })
        due.push(...found.map(each => ({ ...each, days })))
      }
      return due
    },

    /** Reaches the next members, in the caller's transaction, in a system scope. False where nobody is left. */
    async remindNext(repositories: Repositories, reminder: RequirementReminder, circumstances: Circumstances): Promise<boolean> {
      const { workspaceId, level, from, days } = reminder
      const { workspaces, requirementReminders } = repositories
      // Whoever withdraws the requirement waits for this batch, or this batch for them.
      await workspaces.lock(workspaceId)
      const workspace = await workspaces.findById(workspaceId)
      if (workspace === undefined || !isStillSo(workspace, reminder, circumstances.clock())) return false
      const progress = await requirementReminders.take(reminder)
      if (progress === undefined) return false
      const page = { after: progress.reached, limit: membersAtOnce }
      const recipients = await requirementReminders.listRecipients(workspaceId, workspace.requirement, page)
      const allowed = await Promise.all(recipients.map(({ userId }) => mayBeSent(userId)))
      const reminded = recipients.filter((_, index) => allowed[index])
      for (const recipient of reminded) await send(repositories, workspace, reminder, recipient)
      const last = recipients.at(-1)
      const isDone = recipients.length < membersAtOnce
      await requirementReminders.advance(
        reminder,
        isDone || last === undefined
          ? { finishedAt: circumstances.clock() }
          : { reached: { moment: last.joinedAt, id: last.userId } },
      )
      if (reminded.length > 0) {
        const after = { required_level: level, required_from: from }
        const counted = { days: String(days), reminded: String(reminded.length) }
        await recordEvent(repositories, { action: 'requirement.reminded', workspaceId, ...counted, after }, circumstances)
      }
      return !isDone
    },
  }
}

function isStillSo(workspace: WorkspaceRecord, { level, from }: RequirementReminder, now: Date): boolean {
  const { requirement } = workspace
  const isSame = requirement.level === level && requirement.from?.getTime() === from.getTime()
  return isWorkspaceOpen(workspace) && from > now && isSame
}
