/** The settings of passkeys: what a domain can stand for, and a move to another one. */
import { describe, expect, it } from 'vitest'
import { loadSettings } from '../../config/load.ts'
import { mayStandFor } from '../../config/relying-party.ts'
import { createAttestationAuthority } from '../support/attestation-authority.ts'
import { refusalOf } from '../support/refused-settings.ts'
import { withMail } from '../support/settings-examples.ts'

describe('the domain of passkeys', () => {
  it('is the host of the issuer, without its port', () => {
    expect(loadSettings({ ...withMail, ISSUER: 'https://id.example.com:8443' }).passkeyRpId).toBe('id.example.com')
    expect(loadSettings({}).passkeyRpId).toBe('localhost')
  })

  it.each([
    ['id.example.com', 'id.example.com', true],
    ['example.com', 'id.example.com', true],
    ['example.co.uk', 'id.example.co.uk', true],
    ['localhost', 'localhost', true],
    ['com', 'id.example.com', false],
    ['co.uk', 'example.co.uk', false],
    ['github.io', 'somebody.github.io', false],
    ['ample.com', 'id.example.com', false],
    ['id.example.com', 'example.com', false],
    ['localhost', 'id.localhost', false],
  ])('%s for %s: %s', (domain, host, may) => {
    expect(mayStandFor(domain, host)).toBe(may)
  })

  it('may be the old one after a move, where the new issuer is named as related to it', () => {
    const moved = { ...withMail, ISSUER: 'https://id.new.example', PASSKEY_RP_ID: 'id.old.example' }
    expect(refusalOf(moved)).toMatch(/^PASSKEY_RP_ID: expected .+ was given "id\.old\.example"\.$/)
    const planned = { ...moved, PASSKEY_RELATED_ORIGINS: 'https://id.new.example' }
    expect(loadSettings(planned)).toMatchObject({ passkeyRpId: 'id.old.example' })
  })
})

it('models are asked for where there is somebody to believe', () => {
  expect(refusalOf({ PASSKEY_ATTESTATION: 'direct' })).toMatch(/^PASSKEY_ATTESTATION_ROOTS: expected certificates/)
  const { root } = createAttestationAuthority()
  expect(loadSettings({ PASSKEY_ATTESTATION: 'direct', PASSKEY_ATTESTATION_ROOTS: root })).toMatchObject({
    passkeyAttestation: 'direct',
    passkeyAttestationRoots: [root.trim()],
  })
})

describe('accepted models', () => {
  const { root } = createAttestationAuthority()
  const proved = { PASSKEY_ATTESTATION: 'direct', PASSKEY_ATTESTATION_ROOTS: root }
  const accepted = { ACCEPTED_AUTHENTICATORS: '2fc0579f-8113-47ea-b116-bb5a8db9202a' }

  it('need a proof of the model', () => {
    expect(refusalOf({ ...accepted, REQUIRED_LEVEL: 'phishing-resistant' })).toBe(
      'PASSKEY_ATTESTATION: expected direct, because ACCEPTED_AUTHENTICATORS is given and without it no model is proved; was given "none".',
    )
  })

  it.each(['none', 'any-second-factor'])('say which passkeys are required, so REQUIRED_LEVEL cannot be %s', level => {
    expect(refusalOf({ ...accepted, ...proved, REQUIRED_LEVEL: level })).toBe(
      `REQUIRED_LEVEL: expected phishing-resistant, because ACCEPTED_AUTHENTICATORS says which passkeys are required; was given "${level}".`,
    )
  })
})
