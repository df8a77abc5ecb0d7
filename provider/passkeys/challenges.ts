import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { hashSecret } from '../kernel/secrets.ts'
import type { Store } from '../ports/store.ts'

/** How long a dialog may be left open. A challenge is good for as long. */
export const challengeSeconds = 300

/** What was agreed when a challenge was given out, to be held to when it comes back. */
const termsSchema = z.object({
  userVerification: z.enum(['required', 'preferred']),
  /** The credentials that may answer (base64url); undefined: any that the authenticator finds. */
  allowed: z.array(z.string()).optional(),
})

export type Terms = z.infer<typeof termsSchema>

export type CeremonyKind = 'registration' | 'authentication'

export interface Challenges {
  /** A new challenge of 256 random bits (Web Authentication Level 3, §13.4.3 asks for 128). */
  issue(kind: CeremonyKind, ceremony: string, terms: Terms): Promise<Buffer>
  /** The terms of a challenge, once; undefined where it is none of this ceremony, was used, or is older than five minutes. */
  take(kind: CeremonyKind, ceremony: string, challenge: string): Promise<Terms | undefined>
}

/**
 * Challenges, each kept under a hash of itself, the kind of ceremony and the ceremony: it fits no other. Several of one ceremony
 * live beside each other, because a sign-in may be open in several tabs.
 */
export function createChallenges(store: Store): Challenges {
  const keyOf = (kind: CeremonyKind, ceremony: string, challenge: string) =>
    `passkey-challenge:${hashSecret(JSON.stringify([kind, ceremony, challenge])).toString('base64url')}`
  return {
    async issue(kind, ceremony, terms) {
      const challenge = randomBytes(32)
      await store.put(keyOf(kind, ceremony, challenge.toString('base64url')), JSON.stringify(terms), challengeSeconds)
      return challenge
    },
    async take(kind, ceremony, challenge) {
      const kept = await store.take(keyOf(kind, ceremony, challenge))
      return kept === undefined ? undefined : termsSchema.parse(JSON.parse(kept))
    },
  }
}
