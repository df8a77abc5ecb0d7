import type { Settings } from '../../config/schema.ts'
import type { Environment } from './refused-settings.ts'

export interface Examples {
  key: keyof Settings
  good: Array<[text: string, value: unknown]>
  bad: string[]
  beside?: Environment
}

/** Where a master key may be, and what is no such place. */
export const keySettingsExamples: Record<'KMS_URL' | 'KMS_OTHER_URL' | 'VAULT_TOKEN', Examples> = {
  KMS_URL: {
    key: 'kmsUrl',
    good: [
      ['file:', 'file:'],
      ['file:///etc/latchkey/master.key', 'file:///etc/latchkey/master.key'],
      [
        'vault+https://vault.example.com:8200/transit/latchkey?namespace=team/a',
        'vault+https://vault.example.com:8200/transit/latchkey?namespace=team/a',
      ],
      ['vault+http://127.0.0.1:8100/keys/eu/latchkey', 'vault+http://127.0.0.1:8100/keys/eu/latchkey'],
      [
        'aws-kms:arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab',
        'aws-kms:arn:aws:kms:eu-central-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab',
      ],
      [
        'google-kms:projects/p-1/locations/europe-west3/keyRings/ring/cryptoKeys/latchkey',
        'google-kms:projects/p-1/locations/europe-west3/keyRings/ring/cryptoKeys/latchkey',
      ],
    ],
    bad: [
      'file://hunter2/key',
      'file:hunter2',
      '/etc/hunter2',
      'vault:hunter2',
      'vault+https://vault.example.com/transit',
      'vault+http://vault.example.com/transit/latchkey',
      'vault+https://user:hunter2@vault.example.com/transit/latchkey',
      'vault+https://vault.example.com/transit/latchkey?token=hunter2',
      'aws-kms:alias/latchkey',
      'aws-kms:arn:aws:kms:eu-central-1:111122223333:alias/latchkey',
      'google-kms:projects/p-1/locations/x/keyRings/ring/cryptoKeys/latchkey/cryptoKeyVersions/1',
    ],
  },
  KMS_OTHER_URL: { key: 'kmsOtherUrl', good: [['file:', 'file:']], bad: ['hunter2'] },
  VAULT_TOKEN: { key: 'vaultToken', good: [['hvs.CAESI', 'hvs.CAESI']], bad: ['a\nhunter2'] },
}
