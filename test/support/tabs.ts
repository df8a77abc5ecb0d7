import type { Requirement } from '../../provider/policy/gate.ts'
import type { Enrolment, Proof } from '../../provider/policy/proof.ts'
import { withoutVoid } from '../../provider/policy/void-proofs.ts'
import type { AttemptRecord, UserRecord, UserWithFactors } from '../../provider/ports/records.ts'
import type { Repositories } from '../../provider/ports/repositories.ts'
import { isPartlyVoid, keepProof, restoreProof } from '../../provider/sign-in/kept-proof.ts'
import type { SignInMethod } from '../../provider/sign-in/method.ts'
import { createStanding } from '../../provider/sign-in/standing.ts'
import { ada, type MethodName, now as beginning, shows } from './proofs.ts'

/*
 * One person, or several who can do what that person can, with tabs in several browsers. What they do is kept here, simply; what they
 * may do is asked of the product's own gate, as the pages ask it.
 */

export const factorNames = ['passkey', 'security-key', 'totp'] as const
export type FactorName = (typeof factorNames)[number]
export type Request = Record<string, string>

/** What an app was given: in which browser, for what, and by which proofs. */
export interface Issue {
  browser: number
  request: Request
  proofs: readonly Proof[]
  /** Whether a tab came back from a sign-in, or a session was enough. */
  by: 'tab' | 'session'
  /** When the sign-in that it came back from began, in seconds since the epoch: what it proved itself is fresh for it. */
  begunAt?: number
}

interface Tab {
  browser: number
  attempt: AttemptRecord
}

export type Tabs = ReturnType<typeof openTabs>

const attemptSeconds = 600

export function openTabs(requirement: Requirement, browsers: number) {
  const hashOf = (browser: number) => Buffer.alloc(32, browser + 1)
  const tabs: Tab[] = []
  const sessions: Proof[][] = Array.from({ length: browsers }, () => [])
  const lost = new Set<string>()
  let seconds = beginning
  let enrolments: Enrolment[] = []
  let codesLeft = 0
  let proofsFrom: UserRecord['proofsFrom']

  const clock = () => new Date(seconds * 1000)
  // What the gate reads of a person, and of the methods; it asks for nothing else.
  const user = () => ({ status: 'active', hasFactors: listEnrolments().length > 0, proofsFrom }) as UserWithFactors
  const repositories = {
    users: { findWithFactors: async () => user() },
    accounts: { findFactors: async () => ({}) },
    workspaces: { listMembershipFacts: async () => [] },
  } as unknown as Repositories
  const methods = [{ listEnrolments }] as unknown as SignInMethod[]
  const standing = createStanding({ clock, methods, requirement, isForAllWorkspaces: () => false })

  function listEnrolments(): Enrolment[] {
    return codesLeft > 0 ? [...enrolments, { method: 'recovery', factors: shows.recovery }] : enrolments
  }

  const facts = () => ({ enrolments: listEnrolments(), requirements: [requirement] })
  const proofOf = (method: MethodName): Proof => ({ method, subject: ada, factors: shows[method], at: seconds })
  const isLive = ({ attempt }: Tab) => attempt.state === 'open' && attempt.expiresAt > clock()
  const countingIn = (browser: number) => withoutVoid(sessions[browser] ?? [], user(), hashOf(browser))

  function accept(tab: Tab, proof: Proof): void {
    const { attempt } = tab
    const proofs = [...attempt.proofs, keepProof(proof)]
    const isEnough = standing.decideFor(attempt, proofs.map(restoreProof), facts())
    tab.attempt = { ...attempt, proofs, state: isEnough.kind === 'satisfied' ? 'satisfied' : 'open' }
  }

  /** A sign-in in place of the one that a tab had: with what the session proved, or with nothing. */
  function beginAnew(tab: Tab, proofs: readonly Proof[] = []): void {
    const expiresAt = new Date((seconds + attemptSeconds) * 1000)
    tab.attempt = { ...tab.attempt, state: 'open', proofs: proofs.map(keepProof), createdAt: clock(), expiresAt }
  }

  function mayChange(browser: number): boolean {
    const proofs = countingIn(browser)
    return (
      standing.decideFor({ request: {} }, proofs, facts()).kind === 'satisfied' &&
      standing.mayChangeFactors(proofs, listEnrolments())
    )
  }

  function voidProofs(exceptBrowser: number | undefined): void {
    const browserHash = exceptBrowser === undefined ? undefined : hashOf(exceptBrowser)
    const isExceptedAgain = browserHash !== undefined && proofsFrom?.exceptBrowser?.equals(browserHash) === true
    const momentThere = isExceptedAgain ? proofsFrom?.momentThere : proofsFrom?.moment
    proofsFrom = { moment: clock(), exceptBrowser: browserHash, momentThere }
  }

  return {
    tabs,
    isLost: (method: string) => lost.has(method),
    listEnrolments,
    now: () => seconds,
    isLive,
    findDecision: ({ attempt }: Tab) => standing.findDecision(repositories, attempt),

    pass(more: number): void {
      seconds += more
    },

    open(browser: number, request: Request): Tab {
      // The rest of the record is for pages and mails.
      const attempt = { userId: ada.userId, browserHash: hashOf(browser), request } as unknown as AttemptRecord
      const tab = { browser, attempt }
      beginAnew(tab, sessions[browser])
      tabs.push(tab)
      return tab
    },

    /** An app asks without a question. */
    askSilently(browser: number, request: Request): Issue | undefined {
      const proofs = countingIn(browser)
      const decision = standing.decideFor({ request }, proofs, facts())
      return decision.kind === 'satisfied' ? { browser, request, proofs, by: 'session' } : undefined
    },

    /** False where they are not asked for that, or don't have it. */
    async prove(tab: Tab, method: MethodName): Promise<boolean> {
      if (method === 'email') {
        if (!isLive(tab)) beginAnew(tab)
        accept(tab, proofOf(method))
        return true
      }
      if (!isLive(tab) || lost.has(method) || !listEnrolments().some(each => each.method === method)) return false
      const decision = await standing.findDecision(repositories, tab.attempt)
      if (decision.kind !== 'factor-needed' || !decision.methods.includes(method)) return false
      // Nothing is spent on what leads nowhere: it begins anew instead.
      if (isPartlyVoid(tab.attempt, user())) {
        beginAnew(tab)
        return true
      }
      if (method === 'recovery') codesLeft -= 1
      accept(tab, proofOf(method))
      return true
    },

    async enrol(tab: Tab, method: FactorName): Promise<boolean> {
      if (!isLive(tab)) return false
      const decision = await standing.findDecision(repositories, tab.attempt)
      const isOffered = decision.kind === 'enrolment-needed' || (decision.kind === 'factor-needed' && decision.mayEnrol)
      const proofs = standing.proofsThatCount(tab.attempt, user())
      if (!isOffered || !standing.mayChangeFactors(proofs, listEnrolments())) return false
      enrolments = [...enrolments.filter(each => each.method !== method), { method, factors: shows[method] }]
      lost.delete(method)
      if (codesLeft === 0) codesLeft = 3
      accept(tab, proofOf(method))
      return true
    },

    /** Goes on in a tab: to the app, where policy still has enough, or to a sign-in that begins anew. */
    async goOn(tab: Tab): Promise<Issue | undefined> {
      const { attempt, browser } = tab
      if (attempt.state !== 'satisfied') return undefined
      const result = await standing.findResult(repositories, attempt)
      if (result === undefined) {
        beginAnew(tab)
        return undefined
      }
      const held = sessions[browser] ?? []
      sessions[browser] = [...new Map([...held, ...result.proofs].map(proof => [proof.method, proof])).values()]
      tab.attempt = { ...attempt, state: 'completed' }
      return { browser, request: attempt.request, proofs: result.proofs, by: 'tab', begunAt: result.begunAt }
    },

    beginAnew,

    /** At the account's pages: each only for who has just shown the most that the account can. */
    remove(browser: number, method: FactorName): boolean {
      if (!enrolments.some(each => each.method === method) || !mayChange(browser)) return false
      enrolments = enrolments.filter(each => each.method !== method)
      if (enrolments.length === 0) codesLeft = 0
      voidProofs(browser)
      return true
    },
    endOthers(browser: number): boolean {
      if (!mayChange(browser)) return false
      for (const other of sessions.keys()) if (other !== browser) sessions[other] = []
      voidProofs(browser)
      return true
    },
    endAll(browser: number): boolean {
      if (!mayChange(browser)) return false
      for (const each of sessions.keys()) sessions[each] = []
      voidProofs(undefined)
      return true
    },

    lose(method: FactorName): void {
      lost.add(method)
    },
  }
}
