import { isLevel, isPrimary, type Level, levelOf, levels, methodReferences, reaches, strictest } from './levels.ts'
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
  /** Seconds since the epoch: until then people are asked to get ready, and let in as they are. */
  from?: number | undefined
  /** The models of authenticators (AAGUID) whose passkeys count; undefined: all of them. */
  authenticators?: ReadonlySet<string> | undefined
}

export type Decision =
  | {
      kind: 'satisfied'
      acr: Level
      amr: string[]
      /** Seconds since the epoch. */
      authTime: number
      /** What will be required soon, and was not reached now. */
      due: { level: Level; from: number } | undefined
    }
  /** Nothing that counts has been proved: the sign-in begins. */
  | { kind: 'proof-needed' }
  /** One of these enrolled methods. `mayEnrol`: or a new one, because a recovery code stands for those that were lost. */
  | { kind: 'factor-needed'; level: Level; methods: string[]; mayEnrol: boolean }
  /** All that is enrolled was shown, or nothing is, and policy wants more: something has to be enrolled that reaches the level. */
  | { kind: 'enrolment-needed'; level: Level }

export interface Question {
  proofs: readonly Proof[]
  enrolments: readonly Enrolment[]
  request: PolicyRequest
  requirements: readonly Requirement[]
  /** Seconds since the epoch. */
  now: number
}

/**
 * The gate: is what was proved enough? Pure; asked wherever something is issued: authorization code, refresh, silent sign-in,
 * recovery, workspace switch, account and admin pages.
 */
export function decide({ proofs, enrolments, request, requirements, now }: Question): Decision {
  const fresh = proofs.filter(proof => isWithin(proof, request.maxAgeSeconds, now))
  if (!fresh.some(isPrimary)) return { kind: 'proof-needed' }

  const inForce = requirements.filter(({ from }) => from === undefined || from <= now)
  const asked: Requirement = { level: requestedLevel(request) }
  const unmet = [...inForce, asked].filter(requirement => !meets(fresh, requirement))

  const used = new Set(fresh.map(proof => proof.method))
  const left = enrolments.filter(enrolment => !used.has(enrolment.method))
  // An enrolled second factor is asked for even where nothing requires one: whoever enrolled it expects the door to ask.
  const hasFactorLeft = !reaches(levelOf(fresh), 'multi-factor') && left.length > 0
  if (hasFactorLeft || unmet.length > 0) {
    const level = strictest([hasFactorLeft ? 'multi-factor' : 'single-factor', ...unmet.map(each => each.level)])
    // Of the same method too: another passkey may be of the kind that is asked for. What is met stays met, whatever is added.
    const enough = enrolments.filter(enrolment => {
      const shown = [...fresh, enrolment]
      return reaches(levelOf(shown), level) && unmet.every(requirement => meets(shown, requirement))
    })
    const helpful = enough.length > 0 ? enough : hasFactorLeft ? left : []
    if (helpful.length === 0) return { kind: 'enrolment-needed', level }
    // A recovery code leads on wherever it is not enough: with it, what was lost can be enrolled anew.
    const recovery = left.filter(({ factors }) => factors.includes('recovery'))
    return { kind: 'factor-needed', level, methods: namesOf([...helpful, ...recovery]), mayEnrol: hasRecovered(fresh) }
  }

  // Where only what is fresh counts, only what is fresh is asserted: an app reads level and time together (RFC 9470 §4).
  const asserted = request.maxAgeSeconds === undefined ? proofs : fresh
  const acr = levelOf(asserted) ?? 'single-factor'
  const due = requirements
    .flatMap(({ level, from, authenticators }) =>
      from !== undefined && from > now && !meets(fresh, { level, authenticators }) ? [{ level, from }] : [],
    )
    .toSorted((one, other) => one.from - other.from)[0]
  return { kind: 'satisfied', acr, amr: methodReferences(asserted), authTime: Math.max(...fresh.map(proof => proof.at)), due }
}

/** How long a sign-in is fresh enough to bind or remove a factor. */
export const changeWithinSeconds = 600

/**
 * Whether somebody may bind or remove a factor: only who has shown, within ten minutes, what reaches the highest level that their
 * account can, or a recovery code, which stands for what was lost.
 */
export function decideChange({ proofs, enrolments, now }: Pick<Question, 'proofs' | 'enrolments' | 'now'>): Decision {
  const fresh = proofs.filter(proof => isWithin(proof, changeWithinSeconds, now))
  const level = hasRecovered(fresh) ? 'multi-factor' : highestLevel(enrolments)
  const request = { acrValues: [], maxAgeSeconds: changeWithinSeconds }
  return decide({ proofs, enrolments, request, requirements: [{ level }], now })
}

/** The level that an account can reach with what is enrolled. Recovery codes reach no more than any second factor. */
export function highestLevel(enrolments: readonly Enrolment[]): Level {
  return levelOf([{ factors: ['email'] }, ...enrolments]) ?? 'single-factor'
}

/** An old session at an upstream is no fresh proof here, however lately the person came from there. */
function isWithin({ at, seenAt = at }: Proof, seconds: number | undefined, now: number): boolean {
  return seconds === undefined || now - seenAt <= seconds
}

type Shown = Pick<Proof, 'factors' | 'authenticator'>

function meets(shown: readonly Shown[], { level, authenticators }: Pick<Requirement, 'level' | 'authenticators'>): boolean {
  if (authenticators === undefined) return reaches(levelOf(shown), level)
  const isAccepted = ({ factors, authenticator }: Shown) =>
    !factors.includes('pop') || (authenticator !== undefined && authenticators.has(authenticator))
  return reaches(levelOf(shown.filter(isAccepted)), level)
}

function hasRecovered(proofs: readonly Shown[]): boolean {
  return proofs.some(proof => proof.factors.includes('recovery'))
}

function namesOf(enrolments: readonly Enrolment[]): string[] {
  return [...new Set(enrolments.map(enrolment => enrolment.method))]
}

/** Any of the named levels will do, so the weakest of them is what is required. */
function requestedLevel(request: PolicyRequest): Level {
  const named = request.acrValues.filter(isLevel)
  return levels.find(level => named.includes(level)) ?? 'single-factor'
}
