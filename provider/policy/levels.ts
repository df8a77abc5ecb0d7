import type { Factor, Proof } from './proof.ts'

/** Authentication context classes, weakest first. `phr` and `phrh` are OpenID EAP ACR Values 1.0's names. */
export const levels = ['single-factor', 'multi-factor', 'phr', 'phrh'] as const

export type Level = (typeof levels)[number]

export function isLevel(value: string): value is Level {
  return levels.some(level => level === value)
}

export function reaches(level: Level, wanted: Level): boolean {
  return levels.indexOf(level) >= levels.indexOf(wanted)
}

export function strictest(all: readonly Level[]): Level {
  return all.reduce<Level>((strict, level) => (reaches(level, strict) ? level : strict), 'single-factor')
}

/** Kinds of factor: two proofs of one kind are still one factor. */
const kinds: Record<Factor, 'mailbox' | 'upstream' | 'recovery' | 'code-generator' | 'key' | 'person'> = {
  email: 'mailbox',
  fed: 'upstream',
  recovery: 'recovery',
  otp: 'code-generator',
  pop: 'key',
  hwk: 'key',
  user: 'person',
}

/** The level that proofs reach together; undefined where there is none. */
export function levelOf(proofs: readonly Proof[]): Level | undefined {
  if (proofs.length === 0) return undefined
  if (proofs.some(proof => proof.factors.includes('hwk') && proof.factors.includes('user'))) return 'phrh'
  if (proofs.some(proof => proof.factors.includes('pop') && proof.factors.includes('user'))) return 'phr'
  const shown = new Set(proofs.flatMap(proof => proof.factors.map(factor => kinds[factor])))
  return shown.size > 1 ? 'multi-factor' : 'single-factor'
}

/** Authentication Methods References of the proofs (RFC 8176), with `mfa` where more than one factor was shown. */
export function methodReferences(proofs: readonly Proof[]): string[] {
  const shown = new Set<string>(proofs.flatMap(proof => proof.factors))
  const level = levelOf(proofs)
  if (level !== undefined && reaches(level, 'multi-factor')) shown.add('mfa')
  return [...shown].toSorted()
}
