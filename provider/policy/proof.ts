/** What a proof says about the person, in the terms of RFC 8176 where it has one. */
export const factors = ['email', 'fed', 'recovery', 'otp', 'pop', 'hwk', 'user'] as const

export type Factor = (typeof factors)[number]

/** Whom a proof is about: somebody known, or an address that has no user yet. */
export type Subject = { kind: 'user'; userId: string } | { kind: 'address'; address: string }

/** What a sign-in method yields: that a subject showed these factors at that moment. Policy consumes it. */
export interface Proof {
  /** The id of the method that made it. */
  method: string
  subject: Subject
  factors: readonly Factor[]
  /** Seconds since the epoch. */
  at: number
}

/** A second factor that a person has enrolled. It is always asked for, whether or not a policy requires one. */
export interface Enrolment {
  method: string
  factors: readonly Factor[]
}
