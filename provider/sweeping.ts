import { withoutRequest } from './audit/record.ts'
import { closeOldLogs, emptyOldEvents, type Retention } from './audit/retention.ts'
import { type Clock, secondsAfter } from './kernel/clock.ts'
import { toError } from './kernel/errors.ts'
import { type Rounds, startRounds } from './kernel/rounds.ts'
import type { Data } from './ports/data.ts'
import type { Repositories } from './ports/repositories.ts'
import type { Telemetry } from './ports/telemetry.ts'
import { failuresUntilLinksOnly } from './sign-in/email-challenge.ts'
import { eraseDueAccounts } from './users/erasure.ts'
import { deleteDueWorkspaces } from './workspaces/deletion.ts'

const defaultIntervalMilliseconds = 60_000
const batch = 500
const daySeconds = 86_400
/** Who comes back to a browser later than that is told of a new device. A little longer than a year: some sign in once in one. */
const browsersKnownSeconds = 400 * daySeconds

/** Answers whether there may be more to be done at once: how many rows it has deleted, or just that. */
type Sweep = (repositories: Repositories, moment: Date, retention: Retention) => Promise<number | boolean>

/** What has expired and is of no more use to anybody, table by table. */
const sweeps: Readonly<Record<string, Sweep>> = {
  // An attempt's page may still be open; it says for a day that the sign-in is over.
  attempts: ({ attempts }, moment) => attempts.deleteExpired(secondsAfter(moment, -daySeconds), batch),
  // Wrong codes in a row: who has typed none for a month begins anew, unless codes are switched off: a link alone ends that.
  codeFailures: ({ codeFailures }, moment) =>
    codeFailures.deleteOlderThan(secondsAfter(moment, -30 * daySeconds), failuresUntilLinksOnly, batch),
  sessions: ({ sessions }, moment) => sessions.deleteExpired(moment, batch),
  refreshFamilies: ({ refreshFamilies }, moment) => refreshFamilies.deleteExpired(moment, batch),
  grants: ({ grants }, moment) => grants.deleteExpired(moment, batch),
  knownBrowsers: ({ knownBrowsers }, moment) => knownBrowsers.deleteOlderThan(secondsAfter(moment, -browsersKnownSeconds), batch),
  erasures: (repositories, moment) => eraseDueAccounts(repositories, () => moment, batch),
  workspaces: (repositories, moment) =>
    deleteDueWorkspaces(
      repositories,
      batch,
      withoutRequest({ kind: 'system', reason: 'job' }, () => moment),
    ),
  deletedWorkspaces: (repositories, moment, retention) =>
    closeOldLogs(repositories, { ...retention, clock: () => moment, limit: batch }),
  invitations: ({ invitations }, moment) => invitations.deleteExpired(moment, batch),
  auditEvents: (repositories, moment, { days }) => emptyOldEvents(repositories, { days, clock: () => moment, limit: batch }),
  apiAnswers: ({ apiAnswers }, moment) => apiAnswers.deleteExpired(moment, batch),
  // For a month after its end a key stands in the list, so that whoever wonders why nothing works any more finds it there.
  apiKeys: ({ apiKeys }, moment) => apiKeys.deleteExpired(secondsAfter(moment, -30 * daySeconds), batch),
  revokedAccessTokens: ({ revokedAccessTokens }, moment) => revokedAccessTokens.deleteExpired(moment, batch),
}

/** Deletes what has expired, in small batches: no statement is ever giant, and two nodes that sweep at once do no harm. */
export function startSweeping({
  data,
  clock,
  telemetry,
  retention = { days: {}, daysAfterDeletion: 3653 },
  intervalMilliseconds = defaultIntervalMilliseconds,
}: {
  data: Data
  clock: Clock
  telemetry: Telemetry
  retention?: Retention
  intervalMilliseconds?: number
}): Rounds {
  async function sweepAll(stopping: AbortSignal): Promise<void> {
    for (const [table, sweep] of Object.entries(sweeps)) {
      await sweepTable(sweep, stopping).catch((error: unknown) =>
        telemetry.log.warn({ table, error: toError(error) }, 'expired rows could not be deleted'),
      )
    }
  }

  async function sweepTable(sweep: Sweep, stopping: AbortSignal): Promise<void> {
    let done: number | boolean = true
    while (!stopping.aborted && (done === true || done === batch))
      done = await data.scoped({ kind: 'system', reason: 'job' }, repositories => sweep(repositories, clock(), retention))
  }

  return startRounds(sweepAll, intervalMilliseconds)
}
