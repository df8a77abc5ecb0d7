import { openDurable, type Durable } from '../../adapters/open-durable.ts'
import { loadSettings } from '../../config/load.ts'
import type { Settings } from '../../config/schema.ts'
import { openEnvelope } from '../envelope/envelope.ts'
import type { ExitCode, Surroundings } from './surroundings.ts'

/** Opens what a command needs that reads or changes durable data, and closes it again, whatever comes of the work. */
export async function withData(
  surroundings: Surroundings,
  work: (opened: Durable & { settings: Settings }) => Promise<ExitCode>,
): Promise<ExitCode> {
  const settings = loadSettings(surroundings.environment)
  const durable = await openDurable(settings, { clock: surroundings.clock, openCipher: openEnvelope, whenOld: 'refuse' })
  try {
    return await work({ ...durable, settings })
  } finally {
    await durable.close()
  }
}
