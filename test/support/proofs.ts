import type { Enrolment, Factor, Proof } from '../../provider/policy/proof.ts'

/** Seconds since the epoch: the moment at which policy is asked. */
export const now = 1_900_000_000
export const ada = { kind: 'user', userId: 'ada' } as const

/** What each method proves when it succeeds. */
export const shows = {
  email: ['email'],
  google: ['fed'],
  'google-with-mfa': ['fed', 'mfa'],
  passkey: ['pop', 'user'],
  'security-key': ['pop', 'hwk', 'user'],
  'touched-key': ['pop'],
  totp: ['otp'],
  recovery: ['recovery'],
  pass: ['access-pass'],
} as const satisfies Record<string, readonly Factor[]>

export type MethodName = keyof typeof shows

/** A proof as old as is said. */
export function proof(method: MethodName, secondsAgo = 0): Proof {
  return { method, subject: ada, factors: shows[method], at: now - secondsAgo }
}

export function enrolment(method: MethodName): Enrolment {
  return { method, factors: shows[method] }
}
