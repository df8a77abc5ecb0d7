import { z } from 'zod'
import { optionalSetting, setting } from './setting.ts'
import { isLoopbackUrl, oneLine, parseUrl } from './values.ts'

/** The path of a key in Vault: where the engine is mounted, and the name of the key. */
const vaultKeyPath = /^(?:\/[\w.-]+){2,}$/

function isVaultKey(text: string): boolean {
  const url = parseUrl(text.replace(/^vault\+/, ''))
  if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '' || /\s/.test(text)) return false
  if (!vaultKeyPath.test(url.pathname) || [...url.searchParams.keys()].some(name => name !== 'namespace')) return false
  return url.protocol === 'https:' || isLoopbackUrl(url)
}

/** What holds a master key: each kind with the form of its address. Which adapter serves it is the adapters' business. */
const keyAddresses: ReadonlyArray<(text: string) => boolean> = [
  // `file:` for the usual key file, `file:///path` (RFC 8089, without a host) for another one.
  text => text === 'file:' || (/^file:\/\/\/./.test(text) && URL.canParse(text)),
  text => text.startsWith('vault+') && isVaultKey(text),
  text => /^aws-kms:arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(text),
  text => /^google-kms:projects\/[\w.:-]+\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+$/.test(text),
]

const keyAddress = z.string().refine(text => keyAddresses.some(matches => matches(text)))

const keyAddressForms =
  'file:, file:///path/to/the/key, vault+https://host:8200/transit/KEY, aws-kms:ARN of the key, or google-kms:projects/…/cryptoKeys/KEY'

/** Where the master key is. */
export const keySettings = {
  kmsUrl: setting('KMS_URL', keyAddress, 'file:', {
    documentation:
      'What holds the master key: `file:` (`master.key` in `DATA_DIR`), `file:///path`, `vault+https://host:8200/transit/KEY`, `aws-kms:ARN` or `google-kms:NAME`.',
    expected: keyAddressForms,
    secret: true,
  }),
  kmsOtherUrl: optionalSetting('KMS_OTHER_URL', keyAddress, {
    documentation:
      'While moving to another master key: the one that is not `KMS_URL`. It unwraps what it has wrapped, and wraps nothing.',
    expected: keyAddressForms,
    secret: true,
  }),
  vaultToken: optionalSetting('VAULT_TOKEN', oneLine(4096), {
    documentation: 'The token for a master key in Vault. Without it, `KMS_URL` leads to an agent that adds one.',
    expected: 'a token of HashiCorp Vault',
    secret: true,
  }),
}
