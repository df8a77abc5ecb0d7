import { toError } from '../kernel/errors.ts'
import type { Telemetry } from '../ports/telemetry.ts'

export interface Checkpointing {
  /** Makes a last checkpoint of what has been sealed by now. */
  stop(): Promise<void>
}

/** Makes checkpoints every so often; where that fails, the next one covers what this one would have. */
export function startCheckpointing({
  make,
  seconds,
  telemetry: { log },
}: {
  make(): Promise<void>
  seconds: number
  telemetry: Pick<Telemetry, 'log'>
}): Checkpointing {
  let underWay: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    underWay = underWay.then(makeOne)
  }, seconds * 1000).unref()

  async function makeOne(): Promise<void> {
    await make().catch((error: unknown) => log.error({ error: toError(error) }, 'no checkpoint of the audit log could be made'))
  }

  return {
    async stop() {
      clearInterval(timer)
      await underWay
      await makeOne()
    },
  }
}
