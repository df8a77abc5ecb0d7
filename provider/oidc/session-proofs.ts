import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { findBrowser } from '../http/browser-cookie.ts'
import { levelOf, methodReferences } from '../policy/levels.ts'
import { factors, neverSeen, type Proof } from '../policy/proof.ts'
import { listFresh, type Question, resumeWithinSeconds, type SignInTimes } from '../policy/gate.ts'
import type { Clock } from '../kernel/clock.ts'
import { withoutVoid } from '../policy/void-proofs.ts'
import { policyRequestOf } from '../sign-in/policy-request.ts'
import type { OwnAccount } from './accounts.ts'
import { readParameters } from './request-parameters.ts'
import { currentContext } from './request-state.ts'

/*
 * A session keeps the proofs themselves, the newest of each method: what they reach together is its `acr` and `amr`, so that a later
 * weaker proof lowers nothing, and what has become too old is known one by one.
 */

/** A proof as a session keeps it: it is the session's own user's. */
interface KeptProof {
  method: string
  factors: readonly string[]
  at: number
  seenAt?: number | undefined
  authenticator?: string | undefined
}

/** What a session, or a chain of refresh tokens, keeps of what was proved, as policy sees it. */
export function proofsOf({ accountId, proofs: kept }: { accountId?: string | undefined; proofs?: unknown }): Proof[] {
  if (accountId === undefined || !Array.isArray(kept)) return []
  // Written by `keepProofs` below and by nobody else.
  return (kept as KeptProof[]).map(proof => restore(proof, accountId))
}

/** The same, without what a later act of the person made void. */
export function proofsThatCount(ctx: KoaContextWithOIDC): Proof[] {
  const { session } = ctx.oidc
  // What findAccount made.
  const account = ctx.oidc.account as OwnAccount | undefined
  if (session === undefined || account === undefined || session.accountId !== account.accountId) return []
  return withoutVoid(proofsOf(session), account.user, findBrowser(ctx))
}

/** Adds what was proved now to what a session keeps. */
export function addProofs(session: object, kept: readonly Proof[], added: readonly Proof[]): readonly Proof[] {
  const proofs = [...new Map([...kept, ...added].map(proof => [`${proof.method} ${proof.authenticator ?? ''}`, proof])).values()]
  Object.assign(session, { proofs: proofs.map(keep), acr: levelOf(proofs), amr: methodReferences(proofs) })
  return proofs
}

function keep({ method, factors: shown, at, seenAt, authenticator }: Proof): KeptProof {
  return {
    method,
    factors: shown,
    at,
    ...(seenAt === undefined ? {} : { seenAt }),
    ...(authenticator === undefined ? {} : { authenticator }),
  }
}

/**
 * Has sessions keep the proofs of the sign-in that they are resumed from, beside those that they had of the same person, and has what
 * tokens say of them be the same as what the gate was asked about. Codes keep what their tokens say, so that whatever is issued later
 * can be held to what was really shown.
 */
export function keepProofs(provider: Provider, clock: Clock): void {
  // Its type has the members of a session that is read; these are called on one that changes.
  const sessions: {
    loginAccount(this: { accountId?: string }, details: { accountId: string }): void
    authTime(): number | undefined
  } = provider.Session.prototype
  const { loginAccount, authTime } = sessions
  sessions.loginAccount = function loginWithProofs(details) {
    const before = this.accountId === details.accountId ? proofsOf(this) : []
    loginAccount.call(this, details)
    const login = currentContext()?.oidc.entities.Interaction?.result?.login
    addProofs(this, before, readProofs(login, details.accountId))
  }
  for (const { prototype } of [provider.AuthorizationCode, provider.DeviceCode]) {
    const { save } = prototype
    prototype.save = function saveWithProofs() {
      // A device's code is nobody's at first.
      if (this.accountId !== undefined) Object.assign(this, { proofs: assertedNow().map(keep), browser: nameBrowserNow() })
      return save.call(this)
    }
  }
  // Read where a code is made, of which every token tells then.
  Object.defineProperties(provider.OIDCContext.prototype, {
    acr: { get: () => levelOf(assertedNow()) },
    amr: { get: () => methodReferences(assertedNow()) },
  })
  sessions.authTime = function tellAuthTime() {
    // Where nobody says when the person was seen, there is no other time than that of their coming.
    return Math.max(...assertedNow().map(({ at, seenAt = at }) => (seenAt === neverSeen ? at : seenAt)), 0) || authTime.call(this)
  }

  function nameBrowserNow(): string | undefined {
    const ctx = currentContext()
    return ctx && findBrowser(ctx)?.toString('base64url')
  }

  /**
   * What the tokens of this request say was proved. Where the app wants it fresh (`max_age`), only what is that fresh is asserted
   * beside its time: whoever reads `acr` and `auth_time` together (RFC 9470 §4) is told no more than what happened then.
   */
  function assertedNow(): Proof[] {
    const ctx = currentContext()
    return ctx === undefined ? [] : listFresh(questionOf(ctx, clock))
  }
}

/**
 * What the gate is asked about a request. Where the app wants the sign-in fresh, whoever comes back from one is measured by that one,
 * as it was when it was enough: the way back, and the consent page on it, are no part of it.
 */
export function questionOf(
  ctx: KoaContextWithOIDC,
  clock: Clock,
): Pick<Question, 'proofs' | 'request' | 'now'> & { signIn: SignInTimes | undefined } {
  const now = Math.floor(clock().getTime() / 1000)
  const request = policyRequestOf(readParameters(ctx.oidc.params))
  const session = { request, now, proofs: proofsThatCount(ctx), signIn: undefined }
  if (request.maxAgeSeconds === undefined) return session
  const login = ctx.oidc.result?.login ?? ctx.oidc.entities.Interaction?.lastSubmission?.login
  // What findAccount made.
  const account = ctx.oidc.account as OwnAccount | undefined
  if (login === undefined || login.accountId !== ctx.oidc.session?.accountId || account === undefined) return session
  const proofs = readProofs(login, login.accountId)
  const signIn = { begunAt: Number(login['begunAt']), satisfiedAt: Math.max(...proofs.map(({ at }) => at)) }
  if (now - signIn.satisfiedAt > resumeWithinSeconds) return session
  return { request, now, proofs: withoutVoid(proofs, account.user, findBrowser(ctx)), signIn }
}

function readProofs(login: object | undefined, userId: string): Proof[] {
  const proofs: unknown = login === undefined ? undefined : Reflect.get(login, 'proofs')
  // Put there by the sign-in flow, in an interaction that is kept sealed.
  return Array.isArray(proofs) ? (proofs as KeptProof[]).map(proof => restore(proof, userId)) : []
}

function restore({ factors: shown, ...proof }: KeptProof, userId: string): Proof {
  return { ...proof, subject: { kind: 'user', userId }, factors: factors.filter(factor => shown.includes(factor)) }
}

/** What a token says was proved: the references of its sign-in, at its time. All that is known of one from before proofs were kept. */
export function proofOfSignIn(signIn: { userId: string; amr: unknown; authTimeSeconds: number }): Proof {
  const shown: unknown[] = Array.isArray(signIn.amr) ? signIn.amr : []
  return {
    method: 'session',
    subject: { kind: 'user', userId: signIn.userId },
    factors: factors.filter(factor => shown.includes(factor)),
    at: signIn.authTimeSeconds,
  }
}
