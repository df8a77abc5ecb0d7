import type { Clock } from './kernel/clock.ts'
import { toError } from './kernel/errors.ts'
import type { Data } from './ports/data.ts'
import type { Repositories } from './ports/repositories.ts'
import type { Telemetry } from './ports/telemetry.ts'

const intervalMilliseconds = 60_000
const batch = 500

type Sweep = (repositories: Repositories, moment: Date) => Promise<number>

/** What has expired and is of no more use to anybody, table by table. */
const sweeps: Readonly<Record<string, Sweep>> = {
  // An attempt's page may still be open; it says for a day that the sign-in is over.
  attempts: ({ attempts }, moment) => attempts.deleteExpired(new Date(moment.getTime() - 86_400_000), batch),
  sessions: ({ sessions }, moment) => sessions.deleteExpired(moment, batch),
  grants: ({ grants }, moment) => grants.deleteExpired(moment, batch),
  revokedAccessTokens: ({ revokedAccessTokens }, moment) => revokedAccessTokens.deleteExpired(moment, batch),
}

/** Deletes what has expired, in small batches: no statement is ever giant, and two nodes that sweep at once do no harm. */
export function startSweeping({ data, clock, telemetry }: { data: Data; clock: Clock; telemetry: Telemetry }): { stop(): void } {
  async function sweepAll(): Promise<void> {
    for (const sweep of Object.values(sweeps)) {
      let deleted = batch
      while (deleted === batch)
        deleted = await data.scoped({ kind: 'system', reason: 'job' }, repositories => sweep(repositories, clock()))
    }
  }
  const timer = setInterval(() => {
    sweepAll().catch((error: unknown) => telemetry.log.warn({ error: toError(error) }, 'expired rows could not be deleted'))
  }, intervalMilliseconds)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}
