import type { Requirement } from './gate.ts'
import type { Level } from './levels.ts'

/** What an installation may require of everybody, as its settings say it. */
export type RequiredLevel = 'none' | 'any-second-factor' | 'phishing-resistant'

const levelOfEach: Record<RequiredLevel, Level> = {
  none: 'single-factor',
  'any-second-factor': 'multi-factor',
  'phishing-resistant': 'phr',
}

export interface RequirementSettings {
  requiredLevel: RequiredLevel
  /** Until then people are asked to get ready, and let in as they are. */
  requiredFrom?: Date | undefined
  /** The models (AAGUID) of which a passkey has to be; undefined: any. */
  acceptedAuthenticators?: readonly string[] | undefined
}

/** The same as the gate reads it. */
export function requirementOf({ requiredLevel, requiredFrom, acceptedAuthenticators }: RequirementSettings): Requirement {
  return {
    level: levelOfEach[requiredLevel],
    from: requiredFrom && Math.floor(requiredFrom.getTime() / 1000),
    authenticators: acceptedAuthenticators && new Set(acceptedAuthenticators),
  }
}
