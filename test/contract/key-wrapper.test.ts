import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openAwsKms } from '../../adapters/kms/aws-kms.ts'
import { computeCrc32c } from '../../adapters/kms/crc32c.ts'
import { openGoogleKms } from '../../adapters/kms/google-kms.ts'
import { openKeyWrapper } from '../../adapters/kms/open-key-wrapper.ts'
import { loadOptionalPackage } from '../../adapters/kms/optional-package.ts'
import { openVaultTransit } from '../../adapters/kms/vault-transit.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { StartError } from '../../provider/kernel/errors.ts'
import type { KeyWrapper } from '../../provider/ports/key-wrapper.ts'
import { keepInstallationKey } from '../support/installation-key.ts'
import { startKeyServices } from '../support/key-services.ts'

const stage = await startKeyServices()
const { vault, aws, google } = stage
const openVault = stage.openVault

afterAll(() => stage.stop())
beforeEach(() => stage.enter())
afterEach(() => stage.leave())

describe.each(stage.keyWrappers)('a key wrapper: $name', ({ open }) => {
  it('unwraps what it wrapped, also after a restart', async () => {
    const dataKey = randomBytes(32)
    const before = await open('usual')
    const wrapped = await before.wrap(dataKey, 'workspace:one')
    await before.close()
    const after = await open('usual')
    expect(await after.unwrap(wrapped, 'workspace:one')).toEqual(dataKey)
    expect(after.masterKeyName).toBe(before.masterKeyName)
    await after.close()
  })

  it('shows nothing of the data key, and never wraps twice alike', async () => {
    const wrapper = await open('usual')
    const dataKey = randomBytes(32)
    const first = await wrapper.wrap(dataKey, 'workspace:one')
    const second = await wrapper.wrap(dataKey, 'workspace:one')
    expect(first.includes(dataKey)).toBe(false)
    expect(first.equals(second)).toBe(false)
  })

  it('unwraps for no other owner', async () => {
    const wrapper = await open('usual')
    const wrapped = await wrapper.wrap(randomBytes(32), 'workspace:one')
    await expect(wrapper.unwrap(wrapped, 'workspace:two')).rejects.toThrow()
    await expect(wrapper.unwrap(wrapped, '')).rejects.toThrow()
  })

  it('refuses a wrapped key in which any one bit was changed, and any shorter one', async () => {
    const wrapper = await open('usual')
    const wrapped = await wrapper.wrap(randomBytes(32), 'workspace:one')
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const altered = Buffer.from(wrapped)
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      await expect(wrapper.unwrap(altered, 'workspace:one')).rejects.toThrow()
    }
    for (let length = 0; length < wrapped.length; length++) {
      await expect(wrapper.unwrap(wrapped.subarray(0, length), 'workspace:one')).rejects.toThrow()
    }
  })

  it('tells an operator which master key is missing, and knows its own work', async () => {
    const usual = await open('usual')
    const other = await open('other')
    const wrapped = await usual.wrap(randomBytes(32), 'installation')
    const name = /fingerprint [0-9a-f]+|transit\/\S+|arn:\S+|projects\/\S+/.exec(usual.masterKeyName)?.[0]
    const refusal = other.unwrap(wrapped, 'installation')
    await expect(refusal).rejects.toThrow(StartError)
    await expect(refusal).rejects.toThrow(`under the master key `)
    await expect(refusal).rejects.toThrow(name ?? expect.fail('the name names no key'))
    expect([usual.hasWrapped(wrapped), other.hasWrapped(wrapped), usual.hasWrapped(Buffer.alloc(0))]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('stops a start with another master key, which is named, and overwrites nothing', async () => {
    const installationKeys = keepInstallationKey()
    const usual = await open('usual')
    await openEnvelope({ keyWrapper: usual, installationKeys, clock: systemClock })
    const kept = installationKeys.kept
    const start = openEnvelope({ keyWrapper: await open('other'), installationKeys, clock: systemClock })
    await expect(start).rejects.toThrow(StartError)
    await expect(start).rejects.toThrow(/^The data was encrypted under the master key .+, but KMS_URL leads to .+\.$/)
    expect(installationKeys.kept).toBe(kept)
    await openEnvelope({ keyWrapper: usual, installationKeys, clock: systemClock })
  })
})

/** What becomes of it where the service is a network away. */
describe.each([
  { name: 'Vault', service: () => vault, open: () => openVault('usual'), tries: 3 },
  { name: 'AWS KMS', service: () => aws, open: () => openAwsKms({ keyArn: stage.awsKeys.usual }), tries: 3 },
  {
    name: 'Google Cloud KMS',
    service: () => google,
    open: () => openGoogleKms({ keyName: stage.googleKeys.usual, client: google.client }),
    tries: 3,
  },
])('the service of $name', ({ service, open, tries }) => {
  it.each(['away', 500, 503] as const)(
    'where it is %s: unavailable, after a few tries, and well again when it is back',
    async behaviour => {
      const wrapper = await open()
      const dataKey = randomBytes(32)
      const wrapped = await wrapper.wrap(dataKey, 'workspace:one')
      service().behaviour = behaviour
      service().requests = 0
      await expect(wrapper.unwrap(wrapped, 'workspace:one')).rejects.toMatchObject({ name: 'AppError', code: 'unavailable' })
      expect(service().requests).toBeLessThanOrEqual(tries)
      await expect(wrapper.wrap(dataKey, 'workspace:one')).rejects.toMatchObject({ code: 'unavailable' })
      service().behaviour = 'serving'
      expect(await wrapper.unwrap(wrapped, 'workspace:one')).toEqual(dataKey)
      await wrapper.close()
    },
  )

  it('where it is away at the start: stops, says which one, and makes nothing', async () => {
    const installationKeys = keepInstallationKey()
    service().behaviour = 'away'
    const start = openEnvelope({ keyWrapper: await open(), installationKeys, clock: systemClock })
    await expect(start).rejects.toThrow(StartError)
    await expect(start).rejects.toThrow((await open()).masterKeyName)
    expect(installationKeys.kept).toBeUndefined()
  })

  it('where it never answers: unavailable within fifteen seconds', { timeout: 20_000 }, async () => {
    const wrapper = await open()
    const wrapped = await wrapper.wrap(randomBytes(32), 'workspace:one')
    service().behaviour = 'silent'
    const asked = performance.now()
    await expect(wrapper.unwrap(wrapped, 'workspace:one')).rejects.toMatchObject({ code: 'unavailable' })
    expect(performance.now() - asked).toBeLessThan(15_000)
    await wrapper.close()
  })
})

describe('a key that is not there, or not ours to use', () => {
  const refusals: Array<{ name: string; open(): Promise<KeyWrapper>; says: RegExp }> = [
    {
      name: 'Vault: another token',
      open: () => openVault('usual', 'hvs.stolen'),
      says: /transit\/usual at http:\S+ may not be used.+VAULT_TOKEN/,
    },
    { name: 'Vault: no such key', open: () => openVault('missing'), says: /transit\/missing.+encryption key not found.+KMS_URL/ },
    {
      name: 'Vault: no such engine',
      open: () => openVaultTransit({ origin: vault.origin, keyPath: 'elsewhere/usual', token: vault.token }),
      says: /elsewhere\/usual at \S+ is not there/,
    },
    {
      name: 'AWS KMS: no such key',
      open: () => openAwsKms({ keyArn: 'arn:aws:kms:eu-central-1:111122223333:key/none' }),
      says: /key\/none cannot be used: NotFoundException/,
    },
    {
      name: 'AWS KMS: other credentials',
      open: () => {
        vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'hunter2')
        return openAwsKms({ keyArn: stage.awsKeys.usual })
      },
      says: /cannot be used: InvalidSignatureException/,
    },
    {
      name: 'AWS KMS: switched off',
      open: () => {
        const keyArn = aws.createKey()
        aws.disable(keyArn)
        return openAwsKms({ keyArn })
      },
      says: /cannot be used: DisabledException/,
    },
    {
      name: 'Google: no such key',
      open: () => openGoogleKms({ keyName: 'projects/p/locations/l/keyRings/r/cryptoKeys/none', client: google.client }),
      says: /cryptoKeys\/none cannot be used/,
    },
    {
      name: 'Google: switched off',
      open: () => {
        const keyName = google.createKey()
        google.disable(keyName)
        return openGoogleKms({ keyName, client: google.client })
      },
      says: /cannot be used/,
    },
    {
      name: 'Google: nobody signed in',
      open: async () => {
        await rm(join(stage.folder, 'google.json'))
        return openGoogleKms({ keyName: stage.googleKeys.usual, client: google.client })
      },
      says: /cannot be used.+GOOGLE_APPLICATION_CREDENTIALS/,
    },
  ]

  it.each(refusals)('$name: one line that says so', async ({ open, says }) => {
    const wrapping = open().then(wrapper => wrapper.wrap(randomBytes(32), 'installation'))
    const failure = await wrapping.then(
      () => expect.fail('it wrapped'),
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(StartError)
    expect(String(failure)).toMatch(says)
    expect(String(failure)).not.toMatch(/\n|hunter2|hvs\./)
  })
})

describe('what is special to one service', () => {
  it('Vault: what an older version of its key wrapped opens after a rotation', async () => {
    vault.createKey('rotated')
    const wrapper = await openVault('rotated')
    const dataKey = randomBytes(32)
    const before = await wrapper.wrap(dataKey, 'installation')
    vault.rotate('rotated')
    const after = await wrapper.wrap(dataKey, 'installation')
    expect([await wrapper.unwrap(before, 'installation'), await wrapper.unwrap(after, 'installation')]).toEqual([
      dataKey,
      dataKey,
    ])
  })

  it('Vault: a key that was deleted and made anew is another one, and the refusal says so', async () => {
    vault.createKey('remade')
    const wrapper = await openVault('remade')
    const wrapped = await wrapper.wrap(randomBytes(32), 'installation')
    vault.createKey('remade')
    await expect(wrapper.unwrap(wrapped, 'installation')).rejects.toThrow(/message authentication failed.+deleted and made anew/)
  })

  it('Google: what was damaged on its way is noticed', async () => {
    const wrapper = await openGoogleKms({ keyName: stage.googleKeys.usual, client: google.client })
    const wrapped = await wrapper.wrap(randomBytes(32), 'installation')
    google.garbles = true
    try {
      await expect(wrapper.unwrap(wrapped, 'installation')).rejects.toMatchObject({ code: 'unavailable' })
      await expect(wrapper.wrap(randomBytes(32), 'installation')).rejects.toMatchObject({ code: 'unavailable' })
    } finally {
      google.garbles = false
    }
  })

  it('CRC-32C: the check value of its catalogue, and that of RFC 3720', () => {
    expect(computeCrc32c(Buffer.from('123456789'))).toBe(0xe3069283)
    expect(computeCrc32c(Buffer.alloc(32))).toBe(0x8a9136aa)
  })

  it('a package that is not installed: the refusal says what to install', async () => {
    // A name that nobody has installed, for TypeScript not to look for.
    const name: string = '@latchkey-test/not-installed'
    const refusal = loadOptionalPackage(name, () => import(name))
    await expect(refusal).rejects.toThrow(StartError)
    await expect(refusal).rejects.toThrow(`npm install ${name}`)
  })
})

describe('two master keys, during a move', () => {
  const open = (kmsUrl: string, kmsOtherUrl?: string) =>
    openKeyWrapper({ kmsUrl, kmsOtherUrl, dataDirectory: stage.folder, vaultToken: vault.token })

  it('the one that is set wraps, and either opens what it has wrapped', async () => {
    const [file, inVault] = ['file:', vault.urlOf('usual')]
    const before = await open(file)
    const dataKey = randomBytes(32)
    const wrapped = await before.wrap(dataKey, 'installation')
    const during = await open(inVault, file)
    expect(await during.unwrap(wrapped, 'installation')).toEqual(dataKey)
    expect(during.hasWrapped(wrapped)).toBe(false)
    const again = await during.wrap(dataKey, 'installation')
    expect(during.hasWrapped(again)).toBe(true)
    const ahead = await open(file, inVault)
    expect(await ahead.unwrap(again, 'installation')).toEqual(dataKey)
    const after = await open(inVault)
    expect(await after.unwrap(again, 'installation')).toEqual(dataKey)
    await expect(after.unwrap(wrapped, 'installation')).rejects.toThrow(/key file with fingerprint [0-9a-f]{16}/)
    await expect(before.unwrap(again, 'installation')).rejects.toThrow('transit/usual')
  })

  it('are refused where nobody could tell them apart', async () => {
    await expect(open('file:', 'file:')).rejects.toThrow(StartError)
    await expect(open('vault+https://one.example/transit/a', 'vault+https://two.example/transit/a')).rejects.toThrow(
      'the same name',
    )
  })
})
