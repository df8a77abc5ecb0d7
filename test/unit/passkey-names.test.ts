/** What passkeys are called. */
import { describe, expect, it } from 'vitest'
import { findUnnamedModels } from '../../config/tooling/compare-authenticator-models.ts'
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

describe('a newer list', () => {
  const known = { 'YubiKey 5 NFC': ['2fc0579f-8113-47ea-b116-bb5a8db9202a'] }
  const aaguids = ['6c6f6f6b-2061-7420-796f-757273656c66', '6c6f6f6b-2061-7420-796f-757273656c67'] as const

  it('tells the models that have no name here, by name', () => {
    const list = {
      '2FC0579F-8113-47EA-B116-BB5A8DB9202A': { name: 'YubiKey 5 Series with NFC' },
      [aaguids[0].toUpperCase()]: { name: 'Zebra', icon_light: 'data:image/svg+xml;base64,AAAA' },
      [aaguids[1]]: 'Antelope',
    }
    expect([...findUnnamedModels(list, known)]).toEqual([
      ['Antelope', [aaguids[1]]],
      ['Zebra', [aaguids[0]]],
    ])
  })

  it.each([{}, null, 'Not Found'])('that has no models is not taken for one without news: %j', list => {
    expect(() => findUnnamedModels(list, known)).toThrow('The list is empty')
  })
})
