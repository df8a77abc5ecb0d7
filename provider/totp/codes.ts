import { randomBytes } from 'node:crypto'
import { generateURI, ScureBase32Plugin, verifySync } from 'otplib'

/*
 * Time-based one-time passwords (RFC 6238) as authenticator apps make them: SHA-1, six digits, thirty seconds. Other values are in
 * the RFC, and several apps pass over them without a word.
 */

export const stepSeconds = 30
const digits = 6
const secretBytes = 20
/** RFC 6238 §5.2: one step for what travels and for a clock that is a little off, to either side. */
const toleratedSteps = 1
/** How far we look for a code that is right at another time, to say that a clock is off. Nothing so far away is ever taken. */
const recognisedSteps = 10

const base32 = new ScureBase32Plugin()

/** 160 random bits, as long as what SHA-1 makes of them (RFC 4226 §4, R6). */
export function newTotpSecret(): Buffer {
  return randomBytes(secretBytes)
}

/** The secret as a person types it: base32 without padding (RFC 4648 §6). */
export function keyOf(secret: Buffer): string {
  return base32.encode(secret, { padding: false })
}

/** What the QR code says to an authenticator app (the Key Uri Format). */
export function keyUriOf(secret: Buffer, { issuer, account }: { issuer: string; account: string }): string {
  // A colon parts the issuer from the account, and apps look for it after they have decoded it.
  return generateURI({ issuer: issuer.replaceAll(':', ' ').trim(), label: account, secret: keyOf(secret) })
}

export type TypedCode = { kind: 'code'; code: string } | { kind: 'empty' } | { kind: 'not-six-digits' }

/** What somebody typed, as six digits: spaces, hyphens, marks that nobody sees and full-width digits are no mistakes. */
export function readCode(typed: string): TypedCode {
  // Compatibility forms first (UAX #15): full-width and mathematical digits become the usual ones.
  const code = typed
    .slice(0, 200)
    .normalize('NFKC')
    .replaceAll(/[\s\p{Cf}\p{Pd}.]+/gu, '')
  if (code === '') return { kind: 'empty' }
  return code.length === digits && /^\d+$/.test(code) ? { kind: 'code', code } : { kind: 'not-six-digits' }
}

/** The time step of a code: `near` enough to be taken, or `far`: right, but at another time. Undefined: it is not of this secret. */
export function findStep(secret: Buffer, code: string, now: Date): { step: number; near: boolean } | undefined {
  for (const steps of [toleratedSteps, recognisedSteps]) {
    const epoch = Math.floor(now.getTime() / 1000)
    const result = verifySync({ secret, token: code, epoch, epochTolerance: steps * stepSeconds })
    if (result.valid && 'timeStep' in result) return { step: result.timeStep, near: steps === toleratedSteps }
  }
  return undefined
}
