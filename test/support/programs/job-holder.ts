import { openKeyFile } from '../../../adapters/kms/key-file.ts'
import { openEmbedded } from '../../../adapters/sql/embedded.ts'
import { createInstallationKeys } from '../../../adapters/sql/installation-keys.ts'
import { openJobRunner } from '../../../adapters/sql/jobs.ts'
import { openPostgres } from '../../../adapters/sql/postgres.ts'
import { createTelemetry } from '../../../adapters/telemetry/telemetry.ts'
import { openEnvelope } from '../../../provider/envelope/envelope.ts'
import { systemClock } from '../../../provider/kernel/clock.ts'

/**
 * A process of its own that takes jobs and never finishes one, for tests that kill it.
 * Arguments: the kind of database, its URL or directory, the key file. Writes a line for each job that it took.
 */
const [kind, place = '', keyFile = ''] = process.argv.slice(2)
const database =
  kind === 'embedded' ? await openEmbedded({ directory: place }) : openPostgres({ url: place, pooled: false, poolSize: 3 })
const keyWrapper = await openKeyFile({ path: keyFile })
const cipher = await openEnvelope({ keyWrapper, installationKeys: createInstallationKeys(database), clock: systemClock })
const runner = await openJobRunner(database, cipher, createTelemetry({ level: 'silent' }).log)
await runner.work('mail', ({ message }) => {
  process.stdout.write(`${message.subject}\n`)
  return new Promise(() => {})
})
