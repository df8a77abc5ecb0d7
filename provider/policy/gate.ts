import { isLevel, type Level, levelOf, levels, methodReferences, reaches, strictest } from './levels.ts'
import type { Enrolment, Proof } from './proof.ts'

/** What the app asked for, with this request. */
export interface PolicyRequest {
  /** `acr_values`, most wanted first; values that are not ours are passed over (OpenID Connect Core §3.1.2.1). */
  acrValues: readonly string[]
  /** Proofs older than this do not count. Undefined: any age. */
  maxAgeSeconds: number | undefined
}

/** What the installation, and each workspace concerned, requires of everybody. */
export interface Requirement {
  level: Level
}

export type Decision =
  | { kind: 'satisfied'; acr: Level; amr: string[]; authTime: number }
  | { kind: 'proof-needed' }
  | { kind: 'level-needed'; level: Level }
  | { kind: 'enrolment-needed'; level: Level }
  | { kind: 'factor-needed'; methods: string[] }

/**
 * The gate: is what was proved enough? Pure; asked wherever something is issued: authorization code, refresh, silent sign-in.
 */
export function decide(input: {
  proofs: readonly Proof[]
  enrolments: readonly Enrolment[]
  request: PolicyRequest
  requirements: readonly Requirement[]
  /** Seconds since the epoch. */
  now: number
}): Decision {
  const { proofs, enrolments, request, requirements, now } = input
  const fresh = proofs.filter(proof => request.maxAgeSeconds === undefined || now - proof.at <= request.maxAgeSeconds)
  const level = levelOf(fresh)
  if (level === undefined) return { kind: 'proof-needed' }

  const used = new Set(fresh.map(proof => proof.method))
  const left = enrolments.filter(enrolment => !used.has(enrolment.method))
  // An enrolled second factor is asked for even where nothing requires one: whoever enrolled it expects the door to ask.
  if (!reaches(level, 'multi-factor') && left.length > 0) {
    return { kind: 'factor-needed', methods: left.map(enrolment => enrolment.method) }
  }

  const required = strictest([...requirements.map(requirement => requirement.level), requestedLevel(request)])
  if (!reaches(level, required)) {
    return left.length > 0 ? { kind: 'level-needed', level: required } : { kind: 'enrolment-needed', level: required }
  }
  return {
    kind: 'satisfied',
    acr: level,
    amr: methodReferences(fresh),
    authTime: Math.max(...fresh.map(proof => proof.at)),
  }
}

/** Any of the named levels will do, so the weakest of them is what is required. */
function requestedLevel(request: PolicyRequest): Level {
  const named = request.acrValues.filter(isLevel)
  return levels.find(level => named.includes(level)) ?? 'single-factor'
}
