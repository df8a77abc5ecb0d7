/** The W3C's own test vectors (Web Authentication Level 3, §16), as they are and altered. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AuthenticationVerdict, type OwnedPasskey, verifyAuthentication } from '../../provider/passkeys/authentication.ts'
import { type NewPasskey, type RegistrationVerdict, verifyRegistration } from '../../provider/passkeys/registration.ts'
import { parseAuthentication, parseRegistration } from '../../provider/passkeys/responses.ts'
import {
  crossOriginEs256,
  noneEs256,
  packedEd25519,
  packedEs256,
  packedRs256,
  selfEs256,
  topOriginEs256,
  type Vector,
} from '../support/webauthn-vectors.ts'

const site = { origins: ['https://example.org'], rpId: 'example.org' }
const now = new Date('2030-01-02T12:00:00Z')
const handle = Buffer.from('a user handle')

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const base64url = (content: Buffer) => content.toString('base64url')

type RegistrationBytes = { clientDataJSON: Buffer; attestationObject: Buffer }

function registrationOf({ registration }: Vector): RegistrationBytes {
  return { clientDataJSON: bytes(registration.clientDataJSON), attestationObject: bytes(registration.attestationObject) }
}

async function register({ credentialId }: Vector, given: RegistrationBytes): Promise<RegistrationVerdict> {
  const id = base64url(bytes(credentialId))
  const parsed = parseRegistration({
    id,
    rawId: id,
    type: 'public-key',
    response: { clientDataJSON: base64url(given.clientDataJSON), attestationObject: base64url(given.attestationObject) },
  })
  return parsed
    ? await verifyRegistration({ ...parsed, ...site, attestationRoots: [], now })
    : { kind: 'refused', reason: 'malformed' }
}

type AuthenticationBytes = { clientDataJSON: Buffer; authenticatorData: Buffer; signature: Buffer }

function authenticationOf({ authentication }: Vector): AuthenticationBytes {
  if (authentication === undefined) throw new Error('This vector has no authentication.')
  return {
    clientDataJSON: bytes(authentication.clientDataJSON),
    authenticatorData: bytes(authentication.authenticatorData),
    signature: bytes(authentication.signature),
  }
}

async function authenticate(
  vector: Vector,
  given: AuthenticationBytes,
  userVerification: 'required' | 'preferred' = 'preferred',
) {
  const passkey = passkeyOf(vector)
  const id = base64url(bytes(vector.credentialId))
  const parsed = parseAuthentication({
    id,
    rawId: id,
    type: 'public-key',
    response: {
      clientDataJSON: base64url(given.clientDataJSON),
      authenticatorData: base64url(given.authenticatorData),
      signature: base64url(given.signature),
      userHandle: base64url(handle),
    },
  })
  const refused: AuthenticationVerdict = { kind: 'refused', reason: 'malformed' }
  if (parsed === undefined) return refused
  return await verifyAuthentication({
    ...parsed,
    ...site,
    terms: { userVerification },
    find: async () => passkey,
    userId: undefined,
  })
}

/** The credential as a registration would have kept it: the public key is what stands at the end of the authenticator data. */
function passkeyOf({ credentialId, registration }: Vector): OwnedPasskey {
  const attestationObject = bytes(registration.attestationObject)
  const authenticatorData = attestationObject.subarray(startOfAuthenticatorData(attestationObject))
  const passkey: NewPasskey = {
    credentialId: bytes(credentialId),
    publicKey: authenticatorData.subarray(55 + bytes(credentialId).length),
    signCount: 0,
    rpId: 'example.org',
    aaguid: '',
    attested: false,
    transports: [],
    backupEligible: ((authenticatorData[32] ?? 0) & 0x08) > 0,
    backedUp: false,
    createdAt: now,
  }
  return { ...passkey, id: 'passkey', userId: 'user', name: 'Passkey', lastUsedAt: undefined, handle }
}

/** It stands last in what is attested, as a byte string whose length takes one byte or two (RFC 8949 §3). */
function startOfAuthenticatorData(attestationObject: Buffer): number {
  const head = attestationObject.lastIndexOf('authData') + 'authData'.length
  return head + (attestationObject[head] === 0x59 ? 3 : 2)
}

describe('the vectors as they are', () => {
  it('§16.3: an ES256 credential that attests itself is registered, and signs in', async () => {
    const registered = await register(selfEs256, registrationOf(selfEs256))
    expect(registered).toEqual({
      kind: 'registered',
      passkey: {
        credentialId: bytes(selfEs256.credentialId),
        publicKey: passkeyOf(selfEs256).publicKey,
        signCount: 0,
        rpId: 'example.org',
        aaguid: 'df850e09-db6a-fbdf-ab51-697791506cfc',
        attested: false,
        transports: [],
        backupEligible: true,
        backedUp: true,
        createdAt: now,
      },
    })
    const proved = await authenticate(selfEs256, authenticationOf(selfEs256))
    expect(proved).toMatchObject({ kind: 'proved', userVerified: false, signCount: 0, backedUp: false })
  })

  it('§16.2: nobody was verified, which is not enough to register, and counts for what it is where it is enough', async () => {
    expect(await register(noneEs256, registrationOf(noneEs256))).toEqual({ kind: 'refused', reason: 'user-not-verified' })
    const given = authenticationOf(noneEs256)
    expect(await authenticate(noneEs256, given)).toMatchObject({ kind: 'proved', userVerified: false, backedUp: true })
    expect(await authenticate(noneEs256, given, 'required')).toEqual({ kind: 'refused', reason: 'user-not-verified' })
  })

  it.each([
    ['§16.4', crossOriginEs256],
    ['§16.5', topOriginEs256],
  ])('%s: a ceremony in another site’s frame is refused', async (_section, vector) => {
    expect(await register(vector, registrationOf(vector))).toEqual({ kind: 'refused', reason: 'cross-origin' })
    expect(await authenticate(vector, authenticationOf(vector))).toEqual({ kind: 'refused', reason: 'cross-origin' })
  })

  it('§16.7: an attestation by somebody unknown is worth no more than none', async () => {
    const registered = await register(packedEs256, registrationOf(packedEs256))
    expect(registered).toMatchObject({ kind: 'registered', passkey: { attested: false, backupEligible: true, backedUp: false } })
  })

  it('§16.10: an RS256 credential is registered, and signs in', async () => {
    const { publicKey } = passkeyOf(packedRs256)
    const registered = await register(packedRs256, registrationOf(packedRs256))
    const backup = { backupEligible: true, backedUp: true }
    expect(registered).toMatchObject({ kind: 'registered', passkey: { publicKey, attested: false, ...backup } })
    const given = authenticationOf(packedRs256)
    expect(await authenticate(packedRs256, given)).toMatchObject({ kind: 'proved', userVerified: false, backedUp: true })
    expect(await authenticate(packedRs256, given, 'required')).toEqual({ kind: 'refused', reason: 'user-not-verified' })
  })

  it('§16.11: an Ed25519 credential signs in, where nobody has to be verified', async () => {
    const registered = await register(packedEd25519, registrationOf(packedEd25519))
    expect(registered).toEqual({ kind: 'refused', reason: 'user-not-verified' })
    const given = authenticationOf(packedEd25519)
    expect(await authenticate(packedEd25519, given)).toMatchObject({ kind: 'proved', userVerified: false, backedUp: false })
    expect(await authenticate(packedEd25519, given, 'required')).toEqual({ kind: 'refused', reason: 'user-not-verified' })
  })
})

describe('the vectors, altered', () => {
  const flip = (content: Buffer, bit: number): Buffer => {
    const altered = Buffer.from(content)
    const index = bit >> 3
    altered[index] = (altered[index] ?? 0) ^ (1 << (bit & 7))
    return altered
  }
  const bitOf = (content: Buffer) => fc.integer({ min: 0, max: content.length * 8 - 1 })

  for (const [name, vector] of Object.entries({ noneEs256, selfEs256, packedRs256, packedEd25519 })) {
    const good = authenticationOf(vector)
    it.each(['clientDataJSON', 'authenticatorData', 'signature'] as const)(
      `${name}: no bit of %s can be another`,
      async field => {
        await fc.assert(
          fc.asyncProperty(bitOf(good[field]), async bit => {
            expect(await authenticate(vector, { ...good, [field]: flip(good[field], bit) })).toMatchObject({ kind: 'refused' })
          }),
          { numRuns: 200 },
        )
      },
    )

    it.each(['clientDataJSON', 'authenticatorData', 'signature'] as const)(
      `${name}: %s can't be cut or lengthened`,
      async field => {
        const lengths = fc.integer({ min: 0, max: good[field].length + 40 }).filter(length => length !== good[field].length)
        await fc.assert(
          fc.asyncProperty(lengths, async length => {
            const altered = Buffer.concat([good[field], Buffer.alloc(40, 0x20)]).subarray(0, length)
            expect(await authenticate(vector, { ...good, [field]: altered })).toMatchObject({ kind: 'refused' })
          }),
          { numRuns: 60 },
        )
      },
    )
  }

  it('a registration whose own key has signed: no bit of what it signed can be another', async () => {
    const good = registrationOf(selfEs256)
    const signedFrom = startOfAuthenticatorData(good.attestationObject)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          bitOf(good.clientDataJSON).map(bit => ({ ...good, clientDataJSON: flip(good.clientDataJSON, bit) })),
          bitOf(good.attestationObject.subarray(signedFrom)).map(bit => ({
            ...good,
            attestationObject: flip(good.attestationObject, signedFrom * 8 + bit),
          })),
        ),
        async altered => {
          expect(await register(selfEs256, altered)).toMatchObject({ kind: 'refused' })
        },
      ),
      { numRuns: 300 },
    )
  })

  it.each(Object.entries({ packedEs256, packedRs256, packedEd25519 }))(
    '%s: nothing that an authenticator could have sent is more than refused',
    async (_name, vector) => {
      const good = registrationOf(vector)
      await fc.assert(
        fc.asyncProperty(fc.array(bitOf(good.attestationObject), { minLength: 1, maxLength: 20 }), async bits => {
          const attestationObject = bits.reduce(flip, good.attestationObject)
          expect((await register(vector, { ...good, attestationObject })).kind).toMatch(/^(refused|registered)$/)
        }),
        { numRuns: 200 },
      )
    },
  )
})
