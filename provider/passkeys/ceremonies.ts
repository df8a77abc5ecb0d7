import { X509Certificate } from 'node:crypto'
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { Clock } from '../kernel/clock.ts'
import type { PasskeyRecord } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { type AuthenticationVerdict, type OwnedPasskey, verifyAuthentication } from './authentication.ts'
import { challengeSeconds, createChallenges, type Terms } from './challenges.ts'
import { loadLibrary } from './library.ts'
import { algorithms, type RegistrationVerdict, verifyRegistration } from './registration.ts'
import { keepKnownTransports, parseAuthentication, parseRegistration } from './responses.ts'

export interface PasskeyCeremonyOptions {
  store: Store
  clock: Clock
  issuer: string
  /** The relying party: the issuer's host, or a domain above it. A passkey works for the one that it was made for. */
  rpId: string
  /** Origins beside the issuer on which a ceremony may take place (Web Authentication Level 3, §5.11). */
  relatedOrigins: readonly string[]
  installationName: string
  /** `direct` asks authenticators to say, and to prove, which model they are. */
  attestation?: 'none' | 'direct'
  /** The certificates (PEM) by which such a proof is trusted. */
  attestationRoots?: readonly string[]
}

/**
 * Registers passkeys and signs in by them. `ceremony` is what a challenge is bound to, chosen by the caller: whatever names the one
 * attempt or session, and the browser. A challenge is good for five minutes and for one answer, right or wrong.
 */
export interface PasskeyCeremonies {
  /** Whether authenticators are asked to prove which model they are, so that a key can be known to be bound to its hardware. */
  readonly provesModels: boolean
  /** What `navigator.credentials.create` takes. Those that the person has already are left out by their authenticators. */
  beginRegistration(request: {
    ceremony: string
    user: { handle: Buffer; address: string; name: string | undefined }
    existing: readonly PasskeyRecord[]
  }): Promise<PublicKeyCredentialCreationOptionsJSON>
  /** `response` is the text of a form's field, or what was parsed from it. */
  finishRegistration(request: { ceremony: string; response: unknown }): Promise<RegistrationVerdict>
  /** What `navigator.credentials.get` takes. With `allow` only those passkeys can answer, else whichever the person picks. */
  beginAuthentication(request: {
    ceremony: string
    allow?: readonly PasskeyRecord[]
    userVerification: Terms['userVerification']
  }): Promise<PublicKeyCredentialRequestOptionsJSON>
  /** With `userId` no other person's passkey proves anything. Whatever `find` rejects with is passed on. */
  finishAuthentication(request: {
    ceremony: string
    response: unknown
    find(credentialId: Buffer): Promise<OwnedPasskey | undefined>
    userId?: string
  }): Promise<AuthenticationVerdict>
}

export function createPasskeyCeremonies({
  store,
  clock,
  issuer,
  rpId,
  relatedOrigins,
  installationName,
  attestation = 'none',
  attestationRoots = [],
}: PasskeyCeremonyOptions): PasskeyCeremonies {
  const challenges = createChallenges(store)
  const origins = [issuer, ...relatedOrigins]
  const roots = attestation === 'direct' ? attestationRoots.map(root => new X509Certificate(root)) : []
  const timeout = challengeSeconds * 1000
  const describe = (passkeys: readonly PasskeyRecord[]) =>
    passkeys.filter(passkey => passkey.rpId === rpId).map(describeCredential)

  return {
    provesModels: attestation === 'direct',

    async beginRegistration({ ceremony, user, existing }) {
      const { generateRegistrationOptions } = await loadLibrary()
      const challenge = await challenges.issue('registration', ceremony, { userVerification: 'required' })
      return generateRegistrationOptions({
        rpID: rpId,
        rpName: installationName,
        userID: new Uint8Array(user.handle),
        userName: user.address,
        userDisplayName: user.name ?? user.address,
        challenge: new Uint8Array(challenge),
        timeout,
        attestationType: attestation,
        excludeCredentials: describe(existing),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        supportedAlgorithmIDs: algorithms,
      })
    },

    async finishRegistration({ ceremony, response }) {
      const parsed = parseRegistration(response)
      if (parsed === undefined) return { kind: 'refused', reason: 'malformed' }
      const terms = await challenges.take('registration', ceremony, parsed.clientData.challenge)
      if (terms === undefined) return { kind: 'refused', reason: 'expired' }
      return await verifyRegistration({ ...parsed, origins, rpId, attestationRoots: roots, now: clock() })
    },

    async beginAuthentication({ ceremony, allow, userVerification }) {
      const allowed = allow && describe(allow)
      const terms: Terms = { userVerification, ...(allowed && { allowed: allowed.map(({ id }) => id) }) }
      const challenge = await challenges.issue('authentication', ceremony, terms)
      // Web Authentication Level 3, §5.5. Every first page brings them, and most are never used: not worth the library, which is large.
      return {
        challenge: challenge.toString('base64url'),
        timeout,
        rpId,
        userVerification,
        ...(allowed && { allowCredentials: allowed.map(credential => ({ ...credential, type: 'public-key' })) }),
      }
    },

    async finishAuthentication({ ceremony, response, find, userId }) {
      const parsed = parseAuthentication(response)
      if (parsed === undefined) return { kind: 'refused', reason: 'malformed' }
      const terms = await challenges.take('authentication', ceremony, parsed.clientData.challenge)
      if (terms === undefined) return { kind: 'refused', reason: 'expired' }
      return await verifyAuthentication({ ...parsed, terms, origins, rpId, find, userId })
    },
  }
}

function describeCredential({ credentialId, transports }: PasskeyRecord) {
  return { id: credentialId.toString('base64url'), transports: keepKnownTransports(transports) }
}
