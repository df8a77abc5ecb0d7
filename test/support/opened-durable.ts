import { openDurable } from '../../adapters/open-durable.ts'
import { loadSettings } from '../../config/load.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import { systemClock } from '../../provider/kernel/clock.ts'

/** Durable state as a command of the command line has it: opened by settings, for the length of some work. */
export async function withDurable<Result>(
  environment: Record<string, string>,
  work: (durable: Awaited<ReturnType<typeof openDurable>>) => Promise<Result>,
): Promise<Result> {
  const durable = await openDurable(loadSettings(environment), {
    clock: systemClock,
    openCipher: openEnvelope,
    whenOld: 'refuse',
  })
  try {
    return await work(durable)
  } finally {
    await durable.close()
  }
}
