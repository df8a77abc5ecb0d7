/**
 * What a proof says about the person, in the terms of RFC 8176 where it has one. `mfa` is an upstream's word, taken only where
 * the connection's settings say that it counts; `recovery` and `access-pass` are ours.
 */
export const factors = ['email', 'fed', 'recovery', 'access-pass', 'otp', 'pop', 'hwk', 'user', 'mfa'] as const

export type Factor = (typeof factors)[number]

/** Whom a proof is about: somebody known, an address that has no user yet, or an account elsewhere that has none. */
export type Subject =
  | { kind: 'user'; userId: string }
  | { kind: 'address'; address: string }
  | {
      kind: 'upstream'
      connection: string
      issuer: string
      subject: string
      /** What the upstream says of it beside. `vouched`: the upstream is the authority for this address. */
      address: { value: string; vouched: boolean } | undefined
      name: string | undefined
      /** Whatever else of it has to be the same next time, by name. */
      pinned: Readonly<Record<string, string>>
    }

/** When whoever vouches for a person says nothing of when they saw them: that is never fresh. */
export const neverSeen = 0

/** What a sign-in method yields: that a subject showed these factors at that moment. Policy consumes it. */
export interface Proof {
  /** The id of the method that made it. */
  method: string
  subject: Subject
  factors: readonly Factor[]
  /** Seconds since the epoch. */
  at: number
  /** The same, of when the person was really seen, in the words of whoever vouches for them, where that is earlier than `at`. */
  seenAt?: number | undefined
  /** The model of authenticator (AAGUID), where its attestation was verified. */
  authenticator?: string | undefined
}

/** A second factor that a person has enrolled. It is always asked for, whether or not a policy requires one. */
export interface Enrolment {
  method: string
  /** What it proves when it is used. */
  factors: readonly Factor[]
  authenticator?: string | undefined
}
