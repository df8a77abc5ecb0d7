import type { Requirement } from './gate.ts'
import type { Level } from './levels.ts'

/** What an installation may require of everybody, as its settings say it. */
export type RequiredLevel = 'none' | 'any-second-factor' | 'phishing-resistant'

const levelOfEach: Record<RequiredLevel, Level> = {
  none: 'single-factor',
  'any-second-factor': 'multi-factor',
  'phishing-resistant': 'phr',
}

/** The same as the gate reads it. `from`: until then people are asked to get ready, and let in as they are. */
export function requirementOf(level: RequiredLevel, from: Date | undefined): Requirement {
  return { level: levelOfEach[level], from: from && Math.floor(from.getTime() / 1000) }
}
