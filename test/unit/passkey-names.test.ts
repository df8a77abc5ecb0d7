/** What passkeys are called. */
import { describe, expect, it } from 'vitest'
import { authenticatorModels } from '../../provider/passkeys/authenticator-models.ts'
import { nameAuthenticator, suggestPasskeyName } from '../../provider/passkeys/authenticator-names.ts'

const unsaid = '00000000-0000-0000-0000-000000000000'

describe('a passkey is called', () => {
  it('by its authenticator', () => {
    expect(nameAuthenticator('fbfc3007-154e-4ecc-8c0b-6e020557d7bd')).toBe('iCloud Keychain')
    expect(nameAuthenticator('2FC0579F-8113-47EA-B116-BB5A8DB9202A')).toBe('YubiKey 5 NFC')
    expect(suggestPasskeyName({ aaguid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4' }, 'Chrome · Android')).toBe(
      'Google Password Manager',
    )
  })

  it('by the device that made it, where that isn’t known, and by what it is where nothing is', () => {
    expect(nameAuthenticator(unsaid)).toBeUndefined()
    expect(nameAuthenticator('toString')).toBeUndefined()
    expect(suggestPasskeyName({ aaguid: unsaid }, 'Firefox · Linux')).toBe('Firefox · Linux')
    expect(suggestPasskeyName({ aaguid: unsaid }, '')).toBe('Passkey')
  })
})

it('the table names each model once, in the form in which models are compared', () => {
  const aaguids = Object.values(authenticatorModels).flat()
  expect(new Set(aaguids).size).toBe(aaguids.length)
  for (const aaguid of aaguids) expect(aaguid).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/)
  expect(aaguids).not.toContain(unsaid)
})
