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

/** What is needed beside what was shown. `otherModel`: the level was reached, by a passkey of a model that does not count. */
export interface Shortfall {
  level: Level
  otherModel: boolean
}

export type Decision =
  | {
      kind: 'satisfied'
      acr: Level
      amr: string[]
      /** Seconds since the epoch. */
      authTime: number
      /** What will be required soon, and was not reached now. */
      due: (Shortfall & { from: number }) | undefined
    }
  /** Nothing that counts has been proved: the sign-in begins. */
  | { kind: 'proof-needed' }
  /** One of these enrolled methods. `mayEnrol`: or a new one, because a recovery code or a pass stands for those that were lost. */
  | { kind: 'factor-needed'; level: Level; methods: string[]; mayEnrol: boolean }
  /** All that is enrolled was shown, or nothing is, and policy wants more: something has to be enrolled that reaches the level. */
  | ({ kind: 'enrolment-needed' } & Shortfall)

/** The sign-in that proofs are asked about in, where there is one. All in seconds since the epoch. */
export interface SignInTimes {
  begunAt: number
  /** When what was proved was enough, where it was: the way back to the app may take a while. */
  satisfiedAt?: number | undefined
}

export interface Question {
  proofs: readonly Proof[]
  enrolments: readonly Enrolment[]
  request: PolicyRequest
  requirements: readonly Requirement[]
  /** Seconds since the epoch. */
  now: number
  signIn?: SignInTimes | undefined
}

/**
 * The gate: is what was proved enough? Pure; asked wherever something is issued: authorization code, refresh, silent sign-in,
 * recovery, workspace switch, account and admin pages.
 */
export function decide({ proofs, enrolments, request, requirements, now, signIn }: Question): Decision {
  const fresh = listFresh({ proofs, request, now, signIn })
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
    if (helpful.length === 0)
      return { kind: 'enrolment-needed', level, otherModel: unmet.some(each => isOfOtherModel(fresh, each)) }
    // A recovery code or a pass leads on wherever it is not enough: with it, what was lost can be enrolled anew.
    const recovery = left.filter(standsForLost)
    return { kind: 'factor-needed', level, methods: namesOf([...helpful, ...recovery]), mayEnrol: hasRecovered(fresh) }
  }

  // Where only what is fresh counts, only what is fresh is asserted: an app reads level and time together (RFC 9470 §4).
  const asserted = request.maxAgeSeconds === undefined ? proofs : fresh
  const acr = levelOf(asserted) ?? 'single-factor'
  const due = requirements
    .flatMap(requirement => {
      const { level, from } = requirement
      if (from === undefined || from <= now || meets(fresh, requirement)) return []
      return [{ level, from, otherModel: isOfOtherModel(fresh, requirement) }]
    })
    .toSorted((one, other) => one.from - other.from)[0]
  return { kind: 'satisfied', acr, amr: methodReferences(asserted), authTime: Math.max(...fresh.map(proof => proof.at)), due }
}

/** So long may somebody take who has proved enough: to keep their recovery codes, say, or to come back to the tab. */
export const resumeWithinSeconds = 900

/** How long a sign-in is fresh enough to bind or remove a factor. */
export const changeWithinSeconds = 600

/**
 * Whether somebody may bind or remove a factor: only who has shown, within ten minutes, what reaches the highest level that their
 * account can, or a recovery code or a pass, which stand for what was lost.
 */
export function decideChange({ proofs, enrolments, now }: Pick<Question, 'proofs' | 'enrolments' | 'now'>): Decision {
  const request = { acrValues: [], maxAgeSeconds: changeWithinSeconds }
  const level = hasRecovered(listFresh({ proofs, request, now })) ? 'multi-factor' : highestLevel(enrolments)
  return decide({ proofs, enrolments, request, requirements: [{ level }], now })
}

/** `renewal-needed`: something has to be enrolled, for which what began the sign-in is too long ago. */
export type Next = Decision | { kind: 'renewal-needed' }

/** What comes next in a sign-in. Whoever is to enrol something shows first what changing a factor takes. */
export function decideNext(question: Question): Next {
  const decision = decide(question)
  if (decision.kind !== 'enrolment-needed' && !(decision.kind === 'factor-needed' && decision.mayEnrol)) return decision
  const change = decideChange(question)
  if (change.kind === 'satisfied') return decision
  return change.kind === 'factor-needed' ? change : { kind: 'renewal-needed' }
}

/** The level that an account can reach with what is enrolled. Recovery codes reach no more than any second factor. */
export function highestLevel(enrolments: readonly Enrolment[]): Level {
  return levelOf([{ factors: ['email'] }, ...enrolments]) ?? 'single-factor'
}

/**
 * The proofs that are as fresh as the app wants them (`max_age`, OpenID Connect Core §3.1.2.1). What a sign-in proves itself has the age
 * that it had when the sign-in began: the app asked for somebody who shows now who they are, and so they do, however long they take from
 * one step to the next. What a session had proved before ages by the clock, until it was enough together with the rest.
 *
 * `auth_time` tells the truth beside it: the moment of the newest of these proofs, which is never before the sign-in began, where
 * it proved anything. An app compares it with its own clock and `max_age` (§3.1.3.7), so one that allows less than a way back takes,
 * past the recovery codes perhaps, asks once more; nothing here makes the time look later than it was.
 *
 * An old session at an upstream is no fresh proof here, however lately the person came from there.
 */
export function listFresh(question: Pick<Question, 'proofs' | 'request' | 'now' | 'signIn'>): Proof[] {
  const { proofs, request, now, signIn: { begunAt, satisfiedAt } = { begunAt: now } } = question
  const { maxAgeSeconds } = request
  if (maxAgeSeconds === undefined) return [...proofs]
  return proofs.filter(({ at, seenAt = at }) => (at >= begunAt ? begunAt : (satisfiedAt ?? now)) - seenAt <= maxAgeSeconds)
}

type Shown = Pick<Proof, 'factors' | 'authenticator'>

function meets(shown: readonly Shown[], { level, authenticators }: Requirement): boolean {
  if (authenticators === undefined) return reaches(levelOf(shown), level)
  const isAccepted = ({ factors, authenticator }: Shown) =>
    !factors.includes('pop') || (authenticator !== undefined && authenticators.has(authenticator))
  return reaches(levelOf(shown.filter(isAccepted)), level)
}

/** Whether what does not meet a requirement would, were it not for the models. */
function isOfOtherModel(shown: readonly Shown[], { level, authenticators }: Requirement): boolean {
  return authenticators !== undefined && meets(shown, { level })
}

/** Whether something was shown that stands for what was lost. */
export function hasRecovered(proofs: readonly Shown[]): boolean {
  return proofs.some(standsForLost)
}

function standsForLost({ factors }: Shown): boolean {
  return factors.includes('recovery') || factors.includes('access-pass')
}

function namesOf(enrolments: readonly Enrolment[]): string[] {
  return [...new Set(enrolments.map(enrolment => enrolment.method))]
}

/** Any of the named levels will do, so the weakest of them is what is required. */
function requestedLevel(request: PolicyRequest): Level {
  const named = request.acrValues.filter(isLevel)
  return levels.find(level => named.includes(level)) ?? 'single-factor'
}
