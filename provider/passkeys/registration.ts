import type { X509Certificate } from 'node:crypto'
import type { COSEALG } from '@simplewebauthn/server/helpers'
import type { PasskeyRecord } from '../ports/records.ts'
import { weighAttestation } from './attestation.ts'
import { type ClientDataRefusal, refuseClientData } from './client-data.ts'
import { loadLibrary } from './library.ts'
import { type ClientData, keepKnownTransports, type RegistrationResponse } from './responses.ts'

/** ES256, EdDSA, RS256 (RFC 9053, RFC 8812), most wanted first. */
export const algorithms: COSEALG[] = [-7, -8, -257]

/** What a registration tells of a passkey. */
export type NewPasskey = Pick<
  PasskeyRecord,
  | 'credentialId'
  | 'publicKey'
  | 'signCount'
  | 'rpId'
  | 'aaguid'
  | 'attested'
  | 'transports'
  | 'backupEligible'
  | 'backedUp'
  | 'createdAt'
>

export type RegistrationRefusal =
  | ClientDataRefusal
  /** The challenge is none of this ceremony's, was used, or is older than five minutes. */
  | 'expired'
  /** The authenticator didn't verify who holds it. */
  | 'user-not-verified'
  /** What it says doesn't hold: another relying party, nobody present, a wrong signature, an algorithm not asked for. */
  | 'unproved'

export type RegistrationVerdict = { kind: 'registered'; passkey: NewPasskey } | { kind: 'refused'; reason: RegistrationRefusal }

/** Registers a credential (Web Authentication Level 3, §7.1), once its challenge is known to be good. */
export async function verifyRegistration({
  response,
  clientData,
  origins,
  rpId,
  attestationRoots,
  now,
}: {
  response: RegistrationResponse
  clientData: ClientData
  origins: readonly string[]
  rpId: string
  attestationRoots: readonly X509Certificate[]
  now: Date
}): Promise<RegistrationVerdict> {
  const misplaced = refuseClientData(clientData, 'webauthn.create', origins)
  if (misplaced !== undefined) return { kind: 'refused', reason: misplaced }

  const verified = await verify()
  if (verified === undefined) return { kind: 'refused', reason: 'unproved' }
  const { registrationInfo, attested } = verified
  if (registrationInfo.credential.id !== response.id) return { kind: 'refused', reason: 'malformed' }
  if (!registrationInfo.userVerified) return { kind: 'refused', reason: 'user-not-verified' }
  return {
    kind: 'registered',
    passkey: {
      credentialId: Buffer.from(response.id, 'base64url'),
      publicKey: Buffer.from(registrationInfo.credential.publicKey),
      signCount: registrationInfo.credential.counter,
      rpId,
      aaguid: registrationInfo.aaguid,
      attested,
      transports: keepKnownTransports(response.response.transports ?? []),
      backupEligible: registrationInfo.credentialDeviceType === 'multiDevice',
      backedUp: registrationInfo.credentialBackedUp,
      createdAt: now,
    },
  }

  /** The library throws at whatever doesn't hold, and at whatever it can't read. */
  async function verify() {
    const { verifyRegistrationResponse } = await loadLibrary()
    try {
      const attestation = await weighAttestation(
        Buffer.from(response.response.attestationObject, 'base64url'),
        attestationRoots,
        now,
      )
      const result = await verifyRegistrationResponse({
        response: {
          id: response.id,
          rawId: response.rawId,
          type: response.type,
          response: {
            clientDataJSON: response.response.clientDataJSON,
            attestationObject: Buffer.from(attestation.object).toString('base64url'),
          },
          clientExtensionResults: {},
        },
        expectedChallenge: clientData.challenge,
        expectedOrigin: clientData.origin,
        expectedRPID: rpId,
        supportedAlgorithmIDs: algorithms,
        // Asked of what was verified, so that the reason can be told.
        requireUserVerification: false,
      })
      return result.verified ? { registrationInfo: result.registrationInfo, attested: attestation.trusted } : undefined
    } catch {
      return undefined
    }
  }
}
