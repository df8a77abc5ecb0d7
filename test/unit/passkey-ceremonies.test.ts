/** Passkeys from challenge to verdict, with an authenticator in this process that can be made to misbehave. */
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OwnedPasskey } from '../../provider/passkeys/authentication.ts'
import { ada, bob, issuer, type PasskeyStage, relatedOrigin, stagePasskeys } from '../support/passkey-stage.ts'
import { type Behaviour, createSoftwareAuthenticator } from '../support/software-authenticator.ts'

let stage: PasskeyStage
beforeEach(() => {
  stage = stagePasskeys()
})
afterEach(() => stage.store.close())

describe('what is asked for', () => {
  it('a discoverable credential of somebody verified, for this relying party, and no second one of the same authenticator', async () => {
    const existing = await stage.register()
    const moved: OwnedPasskey = { ...existing, credentialId: randomBytes(32), rpId: 'id.old.example' }
    const options = await stage.passkeys.beginRegistration({ ceremony: 'session', user: ada, existing: [existing, moved] })
    expect(options).toMatchObject({
      rp: { id: 'id.example.com', name: 'Meadow' },
      user: { id: ada.handle.toString('base64url'), name: 'ada@example.com', displayName: 'Ada' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      excludeCredentials: [{ id: existing.credentialId.toString('base64url'), type: 'public-key', transports: ['internal'] }],
      timeout: 300_000,
    })
    expect(options.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-7, -8, -257])
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32)
  })

  it('whichever passkey the person picks, or one of those that are named and can work here', async () => {
    const passkey = await stage.register()
    const any = await stage.passkeys.beginAuthentication({ ceremony: 'attempt', userVerification: 'preferred' })
    expect(any).toMatchObject({ rpId: 'id.example.com', userVerification: 'preferred' })
    expect(any.allowCredentials).toBeUndefined()
    const moved: OwnedPasskey = { ...passkey, credentialId: randomBytes(32), rpId: 'id.old.example' }
    const named = await stage.passkeys.beginAuthentication({
      ceremony: 'attempt',
      allow: [passkey, moved],
      userVerification: 'required',
    })
    expect(named.allowCredentials?.map(({ id }) => id)).toEqual([passkey.credentialId.toString('base64url')])
  })
})

describe('a passkey is registered', () => {
  it('with everything that is known of it', async () => {
    stage.authenticator = createSoftwareAuthenticator({
      origin: issuer,
      aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd',
      synced: true,
    })
    expect(await stage.register()).toMatchObject({
      rpId: 'id.example.com',
      aaguid: 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd',
      attested: false,
      transports: ['internal'],
      backupEligible: true,
      backedUp: true,
      signCount: 0,
      createdAt: stage.now,
    })
  })

  it('on a related origin too', async () => {
    expect(await stage.tryToRegister(ada, { origin: relatedOrigin })).toMatchObject({ kind: 'registered' })
  })

  it.each<[string, Partial<Behaviour>]>([
    ['malformed', { type: 'webauthn.get' }],
    ['user-not-verified', { userVerified: false }],
    ['unproved', { userPresent: false }],
    ['unproved', { rpId: 'example.com' }],
    ['unproved', { backedUp: true }],
    ['wrong-origin', { origin: 'https://evil.example' }],
    ['wrong-origin', { origin: 'https://id.example.com.evil.example' }],
    ['wrong-origin', { origin: 'http://id.example.com' }],
    ['wrong-origin', { origin: 'https://id.example.com:8443' }],
    ['wrong-origin', { origin: 'https://sub.id.example.com' }],
    ['cross-origin', { crossOrigin: true }],
    ['cross-origin', { crossOrigin: true, topOrigin: 'https://shop.example' }],
    ['cross-origin', { crossOrigin: undefined, topOrigin: issuer }],
  ])('%s: not with %j', async (reason, changes) => {
    expect(await stage.tryToRegister(ada, changes)).toEqual({ kind: 'refused', reason })
  })
})

it('a passkey is not registered under the id of another’s', async () => {
  const victims = (await stage.register(bob)).credentialId.toString('base64url')
  const options = await stage.passkeys.beginRegistration({ ceremony: 'session', user: ada, existing: [] })
  const response = { ...stage.authenticator.create(options), id: victims, rawId: victims }
  expect(await stage.passkeys.finishRegistration({ ceremony: 'session', response })).toEqual({
    kind: 'refused',
    reason: 'malformed',
  })
})

describe('a passkey signs in', () => {
  it('and says who it is, whether the person was verified, and what to keep', async () => {
    const passkey = await stage.register()
    expect(await stage.signIn()).toEqual({ kind: 'proved', passkey, userVerified: true, signCount: 1, backedUp: false })
    expect(await stage.signIn({ userVerified: false }, { userVerification: 'preferred' })).toMatchObject({
      kind: 'proved',
      userVerified: false,
    })
  })

  it.each<[string, Partial<Behaviour>]>([
    ['malformed', { type: 'webauthn.create' }],
    ['user-not-verified', { userVerified: false }],
    ['unproved', { userPresent: false }],
    ['unproved', { rpId: 'example.com' }],
    ['wrong-origin', { origin: 'https://evil.example' }],
    ['cross-origin', { crossOrigin: true }],
    ['cross-origin', { crossOrigin: true, topOrigin: 'https://shop.example' }],
    ['other-account', { userHandle: false }],
  ])('%s: not with %j', async (reason, changes) => {
    await stage.register()
    expect(await stage.signIn(changes)).toEqual({ kind: 'refused', reason })
  })

  it('as nobody else: another’s handle, another’s credential, one that was not asked for', async () => {
    const passkey = await stage.register(ada)
    const others = await stage.register(bob)
    const [adas, bobs] = stage.authenticator.credentials
    if (adas === undefined || bobs === undefined) throw new Error('two were registered')
    expect(await stage.signIn({ credential: { ...adas, userHandle: bobs.userHandle } })).toMatchObject({
      reason: 'other-account',
    })
    expect(await stage.signIn({ credential: { ...adas, privateKey: bobs.privateKey } })).toMatchObject({ reason: 'unproved' })
    expect(await stage.signIn({ credential: bobs }, { userId: ada.address })).toMatchObject({ reason: 'other-account' })
    expect(await stage.signIn({ credential: bobs }, { allow: [passkey] })).toMatchObject({ reason: 'other-account' })
    expect(await stage.signIn({ credential: bobs, userHandle: false }, { allow: [others], userId: bob.address })).toMatchObject({
      kind: 'proved',
    })
  })

  it('not where nobody has it, and the authenticator may be told so', async () => {
    const passkey = await stage.register()
    stage.kept = []
    expect(await stage.signIn()).toEqual({
      kind: 'refused',
      reason: 'unknown-credential',
      credentialId: passkey.credentialId.toString('base64url'),
    })
  })

  it('not where the search for it failed: that is no clean miss', async () => {
    await stage.register()
    const options = await stage.passkeys.beginAuthentication({ ceremony: 'attempt', userVerification: 'required' })
    const broken = () => Promise.reject(new Error('the database is away'))
    await expect(
      stage.passkeys.finishAuthentication({ ceremony: 'attempt', response: stage.authenticator.get(options), find: broken }),
    ).rejects.toThrow('the database is away')
  })

  it('not where it was made for another relying party', async () => {
    const passkey = await stage.register()
    stage.kept = [{ ...passkey, rpId: 'id.old.example' }]
    expect(await stage.signIn()).toEqual({ kind: 'refused', reason: 'other-relying-party' })
  })

  it('not with a counter that went back or stood still, which is told of what was signed alone', async () => {
    const passkey = await stage.register(ada, { signCount: 7 })
    expect(await stage.signIn({ signCount: 7 })).toEqual({ kind: 'refused', reason: 'counter', passkey })
    expect(await stage.signIn({ signCount: 6 })).toEqual({ kind: 'refused', reason: 'counter', passkey })
    expect(await stage.signIn({ signCount: 0 })).toEqual({ kind: 'refused', reason: 'counter', passkey })
    expect(await stage.signIn({ signCount: 8 })).toMatchObject({ kind: 'proved', signCount: 8 })
    await stage.register(bob)
    const [adas, bobs] = stage.authenticator.credentials
    if (adas === undefined || bobs === undefined) throw new Error('two were registered')
    expect(await stage.signIn({ credential: { ...adas, privateKey: bobs.privateKey }, signCount: 1 })).toMatchObject({
      reason: 'unproved',
    })
  })

  it('without a counter too', async () => {
    stage.authenticator = createSoftwareAuthenticator({ origin: issuer, counts: false })
    await stage.register()
    for (const _ of [1, 2]) expect(await stage.signIn()).toMatchObject({ kind: 'proved', signCount: 0 })
  })

  it('not with another backup eligibility than it was made with, though its backup may come and go', async () => {
    const passkey = await stage.register(ada, { backupEligible: true })
    expect(await stage.signIn({ backupEligible: false })).toEqual({ kind: 'refused', reason: 'backup-eligibility', passkey })
    expect(await stage.signIn({ backupEligible: true, backedUp: true })).toMatchObject({ kind: 'proved', backedUp: true })
    expect(await stage.signIn({ backupEligible: true, backedUp: false })).toMatchObject({ kind: 'proved', backedUp: false })
    expect(await stage.signIn({ backupEligible: false, backedUp: true })).toMatchObject({ reason: 'unproved' })
  })
})
