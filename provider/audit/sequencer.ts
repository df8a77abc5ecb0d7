import { toError } from '../kernel/errors.ts'
import { startRounds } from '../kernel/rounds.ts'
import type { Data } from '../ports/data.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { sealEvents } from './seal.ts'

const system = { kind: 'system', reason: 'job' } as const
const batch = 500

export interface Sequencer {
  /** Seals what is committed by now, and stops. */
  stop(): Promise<void>
}

/**
 * Seals events into their chains soon after they were committed. Each process has one, and at any moment one of them works: the
 * others find the lock taken and look again. What is left unsealed by a crash is sealed by whoever looks next.
 */
export function startSequencer({
  data,
  telemetry: { log },
  pollMilliseconds = 500,
}: {
  data: Pick<Data, 'scoped' | 'read'>
  telemetry: Pick<Telemetry, 'log'>
  pollMilliseconds?: number
}): Sequencer {
  let working = true

  async function sealAll(): Promise<void> {
    try {
      if (await data.read(system, ({ auditChain }) => auditChain.hasUnsealed())) {
        let sealed = batch
        while (sealed === batch) sealed = await data.scoped(system, repositories => sealEvents(repositories, batch))
      }
      if (!working) log.info({}, 'audit events are sealed again')
      working = true
    } catch (error) {
      // Nothing is lost: events wait in the database until they are sealed.
      if (working) log.warn({ error: toError(error) }, 'audit events could not be sealed; trying again')
      working = false
    }
  }

  const rounds = startRounds(sealAll, pollMilliseconds)
  return {
    async stop() {
      await rounds.stop()
      await sealAll()
    },
  }
}
