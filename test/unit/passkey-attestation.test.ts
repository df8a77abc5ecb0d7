/** Which attestations prove the model of an authenticator, and which are passed over. */
import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PasskeyCeremonyOptions } from '../../provider/passkeys/ceremonies.ts'
import { type AttestationKey, createAttestationAuthority } from '../support/attestation-authority.ts'
import { issuer, type PasskeyStage, stagePasskeys } from '../support/passkey-stage.ts'
import { createSoftwareAuthenticator } from '../support/software-authenticator.ts'

let stage: PasskeyStage
beforeEach(() => {
  stage = stagePasskeys()
})
afterEach(() => stage.store.close())

describe('the model of an authenticator', () => {
  const aaguid = '12345678-1234-4234-8234-123456789abc'
  const maker = createAttestationAuthority()
  const stranger = createAttestationAuthority()

  async function attest(
    by: AttestationKey,
    settings: Partial<PasskeyCeremonyOptions> = { attestation: 'direct', attestationRoots: [maker.root] },
  ) {
    stage.authenticator = createSoftwareAuthenticator({ origin: issuer, aaguid, attestWith: by })
    stage.passkeys = stage.create(settings)
    return await stage.tryToRegister()
  }

  it('is proved by an attestation that leads to a trusted certificate', async () => {
    expect(await attest(maker.certify({ aaguid }))).toMatchObject({ kind: 'registered', passkey: { attested: true, aaguid } })
  })

  it('is only what it says by one that leads to none, that has run out, or that nobody asked for', async () => {
    const unproved = { kind: 'registered', passkey: { attested: false, aaguid } }
    expect(await attest(stranger.certify())).toMatchObject(unproved)
    expect(await attest(maker.certify({ validTo: new Date('2029-12-31T00:00:00Z') }))).toMatchObject(unproved)
    expect(await attest(maker.certify(), { attestation: 'direct' })).toMatchObject(unproved)
    expect(await attest(maker.certify(), { attestationRoots: [maker.root] })).toMatchObject(unproved)
  })

  it('is not proved by a certificate that another certificate of the maker’s has issued', async () => {
    const leaf = maker.certify()
    const chain = [...stranger.certify().chain, ...leaf.chain]
    expect(await attest({ privateKey: leaf.privateKey, chain })).toMatchObject({
      kind: 'registered',
      passkey: { attested: false },
    })
  })

  it('is not proved by a certificate that was issued by one which may not issue any', async () => {
    const unproved = { kind: 'registered', passkey: { attested: false } }
    expect(await attest(maker.certify({ under: maker.certify() }))).toMatchObject(unproved)
  })

  it('is not proved by a chain without end', async () => {
    const { privateKey, chain } = maker.certify({ aaguid })
    const root = new X509Certificate(maker.root).raw
    const longer = (roots: number) => ({ privateKey, chain: [...chain, ...Array.from({ length: roots }, () => root)] })
    expect(await attest(longer(4))).toMatchObject({ passkey: { attested: true } })
    expect(await attest(longer(5))).toMatchObject({ kind: 'registered', passkey: { attested: false } })
  })

  it('is refused where the maker is trusted, and the attestation wrong', async () => {
    const refused = { kind: 'refused', reason: 'unproved' }
    const leaf = maker.certify()
    expect(await attest({ ...leaf, privateKey: maker.certify().privateKey })).toEqual(refused)
    expect(await attest(maker.certify({ aaguid: '00000000-0000-4000-8000-000000000000' }))).toEqual(refused)
    expect(await attest(maker.certify({ organisationalUnit: 'Web server' }))).toEqual(refused)
  })
})
