import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Settings } from '../../config/schema.ts'
import { StartError } from '../../provider/kernel/errors.ts'
import type { KeyWrapper } from '../../provider/ports/key-wrapper.ts'
import { openAwsKms } from './aws-kms.ts'
import { openGoogleKms } from './google-kms.ts'
import { openKeyFile } from './key-file.ts'
import { unwrapWithEither } from './two-master-keys.ts'
import { openVaultTransit } from './vault-transit.ts'

type KeySettings = Pick<Settings, 'kmsUrl' | 'kmsOtherUrl' | 'dataDirectory' | 'vaultToken'>

/** What holds the master key, as KMS_URL says, with what KMS_OTHER_URL names beside it. Rejects with StartError where it cannot be had. */
export async function openKeyWrapper(settings: KeySettings): Promise<KeyWrapper> {
  const { kmsUrl, kmsOtherUrl } = settings
  if (kmsOtherUrl !== undefined && nameOf(kmsOtherUrl) === nameOf(kmsUrl)) {
    throw new StartError(
      'KMS_OTHER_URL: its master key bears the same name as that of KMS_URL, so nobody could tell what is still to be moved. Give the new key another name.',
    )
  }
  const own = await openOne(kmsUrl, settings)
  if (kmsOtherUrl === undefined) return own
  try {
    return unwrapWithEither(own, await openOne(kmsOtherUrl, settings, { mustExist: true }))
  } catch (error) {
    await own.close()
    throw error
  }
}

/** A key in Vault is known by its path: the same one in two Vaults could not be told apart. */
function nameOf(kmsUrl: string): string {
  return kmsUrl.startsWith('vault+') ? `vault:${kmsUrl.split('/').slice(3).join('/')}` : kmsUrl
}

/** Undefined where the master key is in no file. */
export function findKeyFilePath({ kmsUrl, dataDirectory }: Pick<Settings, 'kmsUrl' | 'dataDirectory'>): string | undefined {
  if (kmsUrl === 'file:') return resolve(dataDirectory, 'master.key')
  return kmsUrl.startsWith('file:') ? fileURLToPath(kmsUrl) : undefined
}

/** The setting's own check (config/values.ts) has seen that the address has one of these forms. */
async function openOne(
  kmsUrl: string,
  { dataDirectory, vaultToken }: KeySettings,
  { mustExist = false } = {},
): Promise<KeyWrapper> {
  const path = findKeyFilePath({ kmsUrl, dataDirectory })
  if (path !== undefined) return openKeyFile({ path, mustExist })
  if (kmsUrl.startsWith('aws-kms:')) return openAwsKms({ keyArn: kmsUrl.slice('aws-kms:'.length) })
  if (kmsUrl.startsWith('google-kms:')) return openGoogleKms({ keyName: kmsUrl.slice('google-kms:'.length) })
  const { origin, pathname, searchParams } = new URL(kmsUrl.slice('vault+'.length))
  return openVaultTransit({
    origin,
    keyPath: pathname.slice(1),
    namespace: searchParams.get('namespace') ?? undefined,
    token: vaultToken,
  })
}
