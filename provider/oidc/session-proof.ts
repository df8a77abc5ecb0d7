import { factors, type Proof } from '../policy/proof.ts'

/** What a session or token says was proved, as policy sees it: the references of its sign-in, at its time. */
export function proofOfSignIn(signIn: { userId: string; amr: unknown; authTimeSeconds: number }): Proof {
  const shown: unknown[] = Array.isArray(signIn.amr) ? signIn.amr : []
  return {
    method: 'session',
    subject: { kind: 'user', userId: signIn.userId },
    factors: factors.filter(factor => shown.includes(factor)),
    at: signIn.authTimeSeconds,
  }
}
