import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { openAwsKms } from '../../adapters/kms/aws-kms.ts'
import { openGoogleKms } from '../../adapters/kms/google-kms.ts'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import { openKeyWrapper } from '../../adapters/kms/open-key-wrapper.ts'
import type { KeyWrapper } from '../../provider/ports/key-wrapper.ts'
import { startFakeAwsKms } from './fake-aws-kms.ts'
import { googleSubjectToken, startFakeGoogleKms } from './fake-google-kms.ts'
import { startFakeVault } from './fake-vault.ts'

type WhichKey = 'usual' | 'other'

/** Every kind of key management service, each with two master keys, on this machine; and what leads the SDKs to them. */
export async function startKeyServices() {
  const [vault, aws, google] = await Promise.all([startFakeVault(), startFakeAwsKms(), startFakeGoogleKms()])
  for (const name of ['usual', 'other']) {
    vault.createKey(name)
    vault.createKey(`${name}-not-derived`, { derived: false })
  }
  const awsKeys = { usual: aws.createKey(), other: aws.createKey() }
  const googleKeys = { usual: google.createKey(), other: google.createKey() }
  const openVault = (key: string, token = vault.token) =>
    openKeyWrapper({ kmsUrl: vault.urlOf(key), kmsOtherUrl: undefined, dataDirectory: stage.folder, vaultToken: token })
  /** Every key wrapper, each with a way to open it under its usual master key and under another one. */
  const keyWrappers: Array<{ name: string; open(masterKey: WhichKey): Promise<KeyWrapper> }> = [
    { name: 'key file', open: masterKey => openKeyFile({ path: join(stage.folder, masterKey) }) },
    { name: 'Vault, with a derived key', open: masterKey => openVault(masterKey) },
    { name: 'Vault, with a key that is not derived', open: masterKey => openVault(`${masterKey}-not-derived`) },
    { name: 'AWS KMS', open: masterKey => openAwsKms({ keyArn: awsKeys[masterKey] }) },
    { name: 'Google Cloud KMS', open: masterKey => openGoogleKms({ keyName: googleKeys[masterKey], client: google.client }) },
  ]

  const stage = {
    vault,
    aws,
    google,
    awsKeys,
    googleKeys,
    openVault,
    keyWrappers,
    /** One for each test. */
    folder: '',
    async enter() {
      stage.folder = await mkdtemp(join(tmpdir(), 'latchkey-key-services-'))
      // The SDKs read these themselves.
      for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value)
      vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', join(stage.folder, 'google.json'))
      // Else it is looked up over the network.
      vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'p-1')
      await writeFile(join(stage.folder, 'google.json'), google.credentials(join(stage.folder, 'subject')))
      await writeFile(join(stage.folder, 'subject'), googleSubjectToken)
    },
    async leave() {
      vi.unstubAllEnvs()
      for (const service of [vault, aws, google]) service.behaviour = 'serving'
      await rm(stage.folder, { recursive: true })
    },
    stop: () => Promise.all([vault.stop(), aws.stop(), google.stop()]),
  }
  return stage
}
