import type { Subject } from '../policy/proof.ts'

/** The claims of an ID token whose signature, issuer, audience, times and nonce have been checked. */
export type Claims = Readonly<Record<string, unknown>>

/** An account elsewhere, as the one upstream that may speak for it described it. */
export type UpstreamAccount = Extract<Subject, { kind: 'upstream' }> & {
  /** The upstream says that it saw more than one factor, and the connection's settings let that count. */
  multiFactor: boolean
  /** When the person signed in over there, in seconds since the epoch, where the upstream says. */
  signedInAt?: number | undefined
}

/** Why somebody who went to an upstream came back without an account. Each has its own words for the person. */
export const refusalReasons = [
  'consent-refused', // the person, or who administers their account, said no over there
  'upstream-unavailable', // no answer in time, or one that says so
  'upstream-misconfigured', // what it publishes, or what is set here about it, does not fit: for an operator to mend
  'mix-up', // an answer to something that this browser did not ask here
  'expired', // it took too long, or the answer was used before
  'clock-off', // our clock and theirs differ by more than a minute
  'keys-unknown', // signed with a key that the upstream does not publish
  'token-unacceptable', // what it says of the person cannot be relied on
  'sign-in-too-old', // a fresh sign-in was asked for, and it shows none
  'account-not-allowed', // an account of an organisation that is not on the list
] as const

export type RefusalReason = (typeof refusalReasons)[number]

export interface Refused {
  kind: 'refused'
  reason: RefusalReason
}

export function refuse(reason: RefusalReason): Refused {
  return { kind: 'refused', reason }
}

/**
 * An upstream that people may sign in with, and all that is special about it. `interpret` is a pure function; whoever calls it has
 * verified the ID token against `issuer` and `clientId` before.
 */
export interface Connection {
  /** Unique over the installation, and part of its redirect URI: one connection never receives another's answers. */
  id: string
  /** What it is called on a button. */
  label: string
  /**
   * The issuer that its discovery document and its ID tokens name. May hold `{tenantid}` once, which stands for the token's own `tid`
   * (Microsoft, for several organisations).
   */
  issuer: string
  /** Where the discovery document is, without `/.well-known/openid-configuration`. Differs from `issuer` only where that is a template. */
  authority: string
  clientId: string
  secret: string
  scopes: readonly string[]
  /** Further parameters of the authorization request. They are wishes: nothing may rest on them. */
  parameters: Readonly<Record<string, string>>
  mfa: 'counts' | 'ignored'
  interpret(claims: Claims): UpstreamAccount | Refused
}

/** What a template's placeholder stands for. */
export const tenantPlaceholder = '{tenantid}'

/** Where the upstream sends the person back to: an address of its own for each connection (RFC 9700 §4.4.2.2). */
export function redirectUriOf(issuer: string, { id }: Pick<Connection, 'id'>): string {
  return `${issuer}/callback/${id}`
}
