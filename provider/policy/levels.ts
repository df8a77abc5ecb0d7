import type { Factor, Proof } from './proof.ts'

/** Authentication context classes, weakest first. `phr` and `phrh` are OpenID EAP ACR Values 1.0's names. */
export const levels = ['single-factor', 'multi-factor', 'phr', 'phrh'] as const

export type Level = (typeof levels)[number]

/** What of a proof decides a level. */
type Shown = Pick<Proof, 'factors'>

export function isLevel(value: string): value is Level {
  return levels.some(level => level === value)
}

/** No level at all, which is undefined, reaches none. */
export function reaches(level: Level | undefined, wanted: Level): boolean {
  return level !== undefined && levels.indexOf(level) >= levels.indexOf(wanted)
}

/** The level that reaches all of them; the weakest there is where there are none. */
export function strictest(all: readonly Level[]): Level {
  return all.reduce<Level>((strict, level) => (reaches(level, strict) ? level : strict), 'single-factor')
}

/**
 * Kinds of factor: two proofs of one kind are still one factor. A mailbox and an account elsewhere are one kind, because the mailbox is
 * so often that account's; a pass and a recovery code stand for the same that was lost.
 */
const kinds: Record<Factor, 'account-elsewhere' | 'upstream-factor' | 'recovery' | 'code-generator' | 'key' | 'person'> = {
  email: 'account-elsewhere',
  fed: 'account-elsewhere',
  mfa: 'upstream-factor',
  recovery: 'recovery',
  'access-pass': 'recovery',
  otp: 'code-generator',
  pop: 'key',
  hwk: 'key',
  user: 'person',
}

/** The level that proofs reach together; undefined where there is none. */
export function levelOf(proofs: readonly Shown[]): Level | undefined {
  if (proofs.length === 0) return undefined
  const shown = new Set<string>()
  let isResistant = false
  for (const proof of proofs) {
    if (isPhishingResistant(proof)) {
      if (proof.factors.includes('hwk')) return 'phrh'
      isResistant = true
    }
    for (const factor of proof.factors) shown.add(kinds[factor])
  }
  return isResistant ? 'phr' : shown.size > 1 ? 'multi-factor' : 'single-factor'
}

/** A passkey whose holder was verified (user verification, Web Authentication §6.1): the two belong to one proof. */
export function isPhishingResistant({ factors }: Shown): boolean {
  return factors.includes('pop') && factors.includes('user')
}

/** Whether a proof can begin a sign-in. What is only a second factor proves nothing by itself. */
export function isPrimary(proof: Shown): boolean {
  return proof.factors.includes('email') || proof.factors.includes('fed') || isPhishingResistant(proof)
}

/** Authentication Methods References of the proofs (RFC 8176), with `mfa` where more than one factor was shown. */
export function methodReferences(proofs: readonly Shown[]): string[] {
  const shown = new Set<string>(proofs.flatMap(proof => proof.factors))
  if (reaches(levelOf(proofs), 'multi-factor')) shown.add('mfa')
  return [...shown].toSorted()
}
