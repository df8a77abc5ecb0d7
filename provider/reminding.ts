import { withoutRequest } from './audit/record.ts'
import type { Clock } from './kernel/clock.ts'
import { toError } from './kernel/errors.ts'
import { type Rounds, startRounds } from './kernel/rounds.ts'
import type { Data } from './ports/data.ts'
import type { Telemetry } from './ports/telemetry.ts'
import type { RequirementReminder } from './ports/workspace-records.ts'
import type { RequirementReminders } from './workspaces/requirement-reminders.ts'

const defaultIntervalMilliseconds = 60_000

const mode = { kind: 'system', reason: 'job' } as const

/**
 * Looks once a minute for members to be reminded of what their workspaces will require, and reminds them in small batches, each a
 * transaction: several nodes may do so at once. What goes wrong in one workspace keeps no other one waiting.
 */
export function startReminding({
  data,
  clock,
  telemetry,
  reminders,
  intervalMilliseconds = defaultIntervalMilliseconds,
}: {
  data: Data
  clock: Clock
  telemetry: Telemetry
  reminders: RequirementReminders
  intervalMilliseconds?: number
}): Rounds {
  const circumstances = withoutRequest({ kind: 'system', reason: 'job' }, clock)

  async function remindAll(stopping: AbortSignal): Promise<void> {
    try {
      const due = await data.read(mode, repositories => reminders.listDue(repositories, clock()))
      for (const reminder of due) await remindMembers(reminder, stopping)
    } catch (error) {
      telemetry.log.warn({ error: toError(error) }, 'who is to be reminded of a requirement could not be read')
    }
  }

  async function remindMembers(reminder: RequirementReminder, stopping: AbortSignal): Promise<void> {
    const next = () => data.scoped(mode, repositories => reminders.remindNext(repositories, reminder, circumstances))
    try {
      while (!stopping.aborted && (await next()));
    } catch (error) {
      const { workspaceId } = reminder
      telemetry.log.warn({ workspaceId, error: toError(error) }, 'members could not be reminded of a requirement; trying again')
    }
  }

  return startRounds(remindAll, intervalMilliseconds)
}
