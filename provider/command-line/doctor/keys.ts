import { access } from 'node:fs/promises'
import { findKeyFilePath, openKeyWrapper } from '../../../adapters/kms/open-key-wrapper.ts'
import { createSqlData } from '../../../adapters/sql/data.ts'
import type { SqlDatabase } from '../../../adapters/sql/database.ts'
import { createInstallationKeys } from '../../../adapters/sql/installation-keys.ts'
import type { Settings } from '../../../config/schema.ts'
import { openEnvelope } from '../../envelope/envelope.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError, StartError } from '../../kernel/errors.ts'
import { currentKeys } from '../../keys/current-keys.ts'
import type { KeyWrapper } from '../../ports/key-wrapper.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

/** The master key, or what is wrong with it. Opening would make a key file where there is none: a doctor makes nothing. */
export async function findMasterKey(settings: Settings): Promise<KeyWrapper | Finding> {
  const path = findKeyFilePath(settings)
  try {
    if (path !== undefined) await access(path)
    return await openKeyWrapper(settings)
  } catch (error) {
    if (error instanceof StartError) return problem('keys', error.message)
    const remedy =
      'If this installation has data, put the file back from your backup: nothing can be read without it. If it has none, the first start makes one.'
    return problem('keys', `There is no master key file at ${path}.`, remedy)
  }
}

/** Whether the master key opens this database, and a key is there to sign with. */
export async function checkKeys(
  settings: Settings,
  database: SqlDatabase,
  keyWrapper: KeyWrapper,
  clock: Clock,
): Promise<Finding[]> {
  const installationKeys = createInstallationKeys(database)
  // Opening the envelope would make the installation's key where there is none.
  if ((await installationKeys.find()) === undefined) {
    return [warning('keys', 'The database has no installation key yet.', 'Start the server: the first start makes it.')]
  }
  try {
    const cipher = await openEnvelope({ keyWrapper, installationKeys, clock })
    const data = createSqlData(database, cipher)
    const records = await data.read({ kind: 'system', reason: 'doctor' }, repositories => repositories.signingKeys.list())
    const current = currentKeys(records, clock())
    if (current === undefined)
      return [warning('keys', 'There is no signing key yet.', 'Start the server: the first start makes one.')]
    const { signing, published } = current
    if (!published.some(key => key.algorithm === settings.signingAlgorithm)) {
      const remedy = 'Start the server anew, or run "latchkey keys rotate": a key of the new algorithm takes over after an hour.'
      return [
        warning(
          'keys',
          `SIGNING_ALGORITHM is ${settings.signingAlgorithm}, and tokens are signed with ${signing.algorithm}.`,
          remedy,
        ),
      ]
    }
    const others = published.length === 1 ? '' : `, and ${published.length - 1} more published`
    return [ok('keys', `${keyWrapper.masterKeyName} opens the database; ${signing.algorithm} key ${signing.kid} signs${others}.`)]
  } catch (error) {
    if (error instanceof StartError) return [problem('keys', error.message)]
    if (error instanceof AppError) return [problem('keys', error.detail ?? error.message)]
    const remedy = 'Restore the database and the key file from backups of the same installation.'
    return [problem('keys', 'What is encrypted in the database does not open with this master key.', remedy)]
  }
}
