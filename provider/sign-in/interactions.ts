import type { Context } from '../http/context.ts'
import type { PolicyRequest } from '../policy/gate.ts'
import type { SignedOut } from '../kernel/session-end.ts'
import type { Proof } from '../policy/proof.ts'

/** The app that asked for a sign-in, as pages speak of it. */
export interface AskingApp {
  clientId: string
  name: string
  /** A path of ours. */
  logo: string | undefined
  /** Its own home page (`client_uri`). */
  home: string | undefined
}

/** A sign-in that a protocol waits for. */
export interface PendingSignIn {
  uid: string
  app: AskingApp
  /** The authorization request, with which it can be started again. */
  request: Record<string, string>
  /** What the app knows of the person (`login_hint`). */
  loginHint: string | undefined
  /** `ui_locales`. */
  requestedLocales: string
  policy: PolicyRequest
  /** Who is signed in in this browser, and what their session proved; not where the app wants a new sign-in. */
  signedIn: { userId: string; proofs: readonly Proof[] } | undefined
  /** Why and when whoever was signed in in this browser was signed out, where that was not done here. */
  signedOut: SignedOut | undefined
}

export type SignInResult =
  | {
      kind: 'signed-in'
      userId: string
      acr: string
      amr: string[]
      authTime: number
      proofs: readonly Proof[]
      /** Seconds since the epoch. */
      begunAt: number
    }
  | { kind: 'refused'; error: 'access_denied' | 'unmet_authentication_requirements'; description: string }

/** The protocol side of a sign-in: OpenID Connect implements it. */
export interface Interactions {
  /** The one that this browser's request belongs to; undefined where there is none, or it has expired or been finished. */
  find(ctx: Context): Promise<PendingSignIn | undefined>
  /** Tells the protocol how it ended, and answers the URL at which it goes on; undefined where another request was first. */
  finish(ctx: Context, result: SignInResult): Promise<string | undefined>
  /** Whether somebody is signed in in this browser. */
  isSignedIn(ctx: Context): Promise<boolean>
  /** The app by its id, for pages of a sign-in that is over. */
  findApp(clientId: string): Promise<AskingApp | undefined>
  /** Begins once more what a sign-in that took too long was for, and answers the URL at which it goes on. */
  restart(request: Readonly<Record<string, string>>): Promise<string>
}
