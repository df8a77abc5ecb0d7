import { constantTimeEqual } from '../kernel/secrets.ts'
import type { PasskeyRecord } from '../ports/records.ts'
import type { Terms } from './challenges.ts'
import { type ClientDataRefusal, refuseClientData } from './client-data.ts'
import { loadLibrary } from './library.ts'
import type { AuthenticationResponse, ClientData } from './responses.ts'
import { isWellEncoded } from './signature-encoding.ts'

/** A passkey with the user handle of whom it belongs to. */
export type OwnedPasskey = PasskeyRecord & { handle: Buffer }

export type AuthenticationVerdict =
  | {
      kind: 'proved'
      passkey: OwnedPasskey
      /** What the flag says: only then is it more than possession. */
      userVerified: boolean
      /** To be kept, with `backedUp`. */
      signCount: number
      backedUp: boolean
    }
  | {
      kind: 'refused'
      reason:
        | ClientDataRefusal
        /** The challenge is none of this ceremony's, was used, or is older than five minutes. */
        | 'expired'
        /** It belongs to somebody else than who is asked, or its handle names somebody else, or nobody where it must name somebody. */
        | 'other-account'
        /** It was made for another relying party: before a move to another domain. */
        | 'other-relying-party'
        /** The authenticator didn't verify who holds it, and had to. */
        | 'user-not-verified'
        /** What it says doesn't hold: another relying party, nobody present, a wrong signature. */
        | 'unproved'
    }
  /** Nobody has a credential with this id (base64url): the authenticator may be told to forget it. */
  | { kind: 'refused'; reason: 'unknown-credential'; credentialId: string }
  /**
   * Signed by the credential's key, and yet it can't be: the counter did not go up (§6.1.1: there may be a copy), or its backup
   * eligibility changed, which it never does (§6.1.3). Something to record, and to tell the person.
   */
  | { kind: 'refused'; reason: 'counter' | 'backup-eligibility'; passkey: OwnedPasskey }

/** Verifies an assertion (Web Authentication Level 3, §7.2), once its challenge is known to be good. */
export async function verifyAuthentication({
  response,
  clientData,
  terms,
  origins,
  rpId,
  find,
  userId,
}: {
  response: AuthenticationResponse
  clientData: ClientData
  terms: Terms
  origins: readonly string[]
  rpId: string
  find: (credentialId: Buffer) => Promise<OwnedPasskey | undefined>
  userId: string | undefined
}): Promise<AuthenticationVerdict> {
  const misplaced = refuseClientData(clientData, 'webauthn.get', origins)
  if (misplaced !== undefined) return { kind: 'refused', reason: misplaced }

  const passkey = await find(Buffer.from(response.id, 'base64url'))
  if (passkey === undefined) return { kind: 'refused', reason: 'unknown-credential', credentialId: response.id }
  if (!isOwners(passkey, response, terms, userId)) return { kind: 'refused', reason: 'other-account' }
  if (passkey.rpId !== rpId) return { kind: 'refused', reason: 'other-relying-party' }

  const shown = await verify(passkey, response, clientData, rpId)
  if (shown === undefined) return { kind: 'refused', reason: 'unproved' }
  if (terms.userVerification === 'required' && !shown.userVerified) return { kind: 'refused', reason: 'user-not-verified' }
  if (shown.backupEligible !== passkey.backupEligible) return { kind: 'refused', reason: 'backup-eligibility', passkey }
  const counts = shown.signCount > 0 || passkey.signCount > 0
  if (counts && shown.signCount <= passkey.signCount) return { kind: 'refused', reason: 'counter', passkey }
  const { userVerified, signCount, backedUp } = shown
  return { kind: 'proved', passkey, userVerified, signCount, backedUp }
}

/** §7.2 steps 5 and 6: one of those that were asked for, of the person who is asked, or of whom its handle names. */
function isOwners(
  passkey: OwnedPasskey,
  response: AuthenticationResponse,
  { allowed }: Terms,
  userId: string | undefined,
): boolean {
  if (userId !== undefined && passkey.userId !== userId) return false
  if (allowed !== undefined && !allowed.includes(response.id)) return false
  const { userHandle } = response.response
  // Whoever was not asked for by credential has to be named by the authenticator.
  if (typeof userHandle !== 'string') return allowed !== undefined
  return constantTimeEqual(Buffer.from(userHandle, 'base64url'), passkey.handle)
}

/** The library throws at whatever doesn't hold, and at whatever it can't read. */
async function verify(passkey: OwnedPasskey, response: AuthenticationResponse, clientData: ClientData, rpId: string) {
  const { clientDataJSON, authenticatorData, signature } = response.response
  const { verifyAuthenticationResponse } = await loadLibrary()
  const publicKey = new Uint8Array(passkey.publicKey)
  try {
    if (!(await isWellEncoded(Buffer.from(signature, 'base64url'), publicKey))) return undefined
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id: response.id,
        rawId: response.rawId,
        type: response.type,
        response: { clientDataJSON, authenticatorData, signature },
        clientExtensionResults: {},
      },
      expectedChallenge: clientData.challenge,
      expectedOrigin: clientData.origin,
      expectedRPID: rpId,
      // Counter and user verification are asked of what was verified: before that, anybody can say anything.
      credential: { id: response.id, publicKey, counter: 0 },
      requireUserVerification: false,
    })
    if (!verified) return undefined
    return {
      userVerified: authenticationInfo.userVerified,
      signCount: authenticationInfo.newCounter,
      backupEligible: authenticationInfo.credentialDeviceType === 'multiDevice',
      backedUp: authenticationInfo.credentialBackedUp,
    }
  } catch {
    return undefined
  }
}
