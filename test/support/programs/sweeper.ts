import { openKeyFile } from '../../../adapters/kms/key-file.ts'
import { createSqlData } from '../../../adapters/sql/data.ts'
import { openEmbedded } from '../../../adapters/sql/embedded.ts'
import { createInstallationKeys } from '../../../adapters/sql/installation-keys.ts'
import { openPostgres } from '../../../adapters/sql/postgres.ts'
import { createTelemetry } from '../../../adapters/telemetry/telemetry.ts'
import { openEnvelope } from '../../../provider/envelope/envelope.ts'
import { systemClock } from '../../../provider/kernel/clock.ts'
import type { Data } from '../../../provider/ports/data.ts'
import { startSweeping } from '../../../provider/sweeping.ts'

/**
 * A process of its own that sweeps as a server does, for tests that kill it. Arguments: the kind of database, its URL or directory, the
 * key file. Writes a line for each transaction after which there was more to be done.
 */
const [kind, place = '', keyFile = ''] = process.argv.slice(2)
const database =
  kind === 'embedded' ? await openEmbedded({ directory: place }) : openPostgres({ url: place, pooled: false, poolSize: 3 })
const keyWrapper = await openKeyFile({ path: keyFile })
const cipher = await openEnvelope({ keyWrapper, installationKeys: createInstallationKeys(database), clock: systemClock })
const swept = createSqlData(database, cipher)
const data: Data = {
  ...swept,
  async scoped(mode, work) {
    const answer = await swept.scoped(mode, work)
    if (answer === true) process.stdout.write('more\n')
    return answer
  },
}
startSweeping({ data, clock: systemClock, telemetry: createTelemetry({ level: 'silent' }), intervalMilliseconds: 10 })
