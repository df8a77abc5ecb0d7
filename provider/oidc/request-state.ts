import { AsyncLocalStorage } from 'node:async_hooks'
import { type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { type Circumstances, ofRequest, withoutRequest } from '../audit/record.ts'
import type { Context, RequestFacts } from '../http/context.ts'
import type { Actor } from '../kernel/access-mode.ts'
import type { Clock } from '../kernel/clock.ts'
import type { GrantFacts } from '../ports/session-records.ts'
import type { KeptEnd } from './session-cache.ts'
import type { WorkspaceStanding } from './workspace-standing.ts'

/** A session as the database and the store hold it. */
export interface KeptSession {
  /** What the row says; undefined where there is none. */
  durable: string | undefined
  /** What is in the store alone. */
  passing: string
  /** Seconds since the epoch. */
  checkedUntil: number
  /** What the store holds of it, as it lies there. */
  sealed: string | undefined
}

export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/** What one request has learnt on its way through oidc-provider, whose callbacks share nothing but the context. */
export interface RequestState {
  facts: RequestFacts
  /** Read once, used by grant, account and claims. */
  grantFacts?: GrantFacts
  /** Where the person who is signed in is going to work, decided when the account was read. */
  workspace?: WorkspaceStanding
  /** What is kept of the session, so that it is written only when that changes. */
  keptSession?: KeptSession
  /** Why whoever was signed in in this browser is not any more, and where the mark of that session lies. */
  signedOut?: KeptEnd & { markedAt?: string | undefined }
  /** True where a page will say so. */
  signedOutIsTold?: boolean
  /** What the store held of a code when it was found, so that consuming it need not ask again. */
  foundSealed?: { key: string; sealed: string }
  /** The interaction that this request belongs to, read once; undefined where it belongs to none. */
  interaction?: Promise<Interaction | undefined>
  /** True where a transaction of this request holds the event of the token that it issues. */
  issueRecorded?: boolean
  /** The id that the next access token gets, where something had to name it before it was made. */
  accessTokenId?: string
  /** A rotation that another request won: the successor that it handed out. */
  graceSuccessor?: string
}

export function stateOf(ctx: KoaContextWithOIDC): RequestState {
  // Koa types `state` as open; our first middleware has put the facts there before oidc-provider sees the request.
  const { state }: { state: RequestState } = ctx
  return state
}

/** The request as oidc-provider served it, for what comes after it; undefined where it was none of its own. */
export function servedContext(ctx: Context): KoaContextWithOIDC | undefined {
  // It sets `oidc` on every request that it takes on, which is all that its type has more than Koa's.
  return 'oidc' in ctx ? (ctx as unknown as KoaContextWithOIDC) : undefined
}

/** The request that oidc-provider is serving right now; undefined in background work. */
export function currentContext(): KoaContextWithOIDC | undefined {
  return Provider.ctx
}

export function currentState(): RequestState | undefined {
  const ctx = currentContext()
  return ctx === undefined ? ownRequests.getStore() : stateOf(ctx)
}

/** Requests that oidc-provider does not serve: it knows of none but its own. */
const ownRequests = new AsyncLocalStorage<RequestState>()

/** Does something with oidc-provider's models for a page of ours, so that what is learnt of the request on the way is kept, too. */
export function withinRequest<Result>({ state }: Context, work: () => Promise<Result>): Promise<Result> {
  return ownRequests.run(state, work)
}

/** Under which an event of the present request happened. */
export function circumstancesOf(actor: Actor, clock: Clock, state: RequestState | undefined = currentState()): Circumstances {
  return state === undefined ? withoutRequest(actor, clock) : ofRequest(state.facts, actor, clock)
}
