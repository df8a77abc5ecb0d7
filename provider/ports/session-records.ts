import type { UserRecord } from './records.ts'
import type { MembershipFacts } from './workspace-records.ts'

/** What is kept of sessions and of what apps hold under them, as the product sees it. */

/** Where somebody is signed in: one browser, until it signs out or the time is over. */
export interface SessionRecord {
  uid: string
  /** SHA-256 of the cookie's value. */
  idHash: Buffer
  userId: string
  /** oidc-provider's payload, without `jti`. */
  payload: Record<string, unknown>
  /** Personal data. */
  device: string
  ip: string
  /** Where a trusted source tells it ("Bern, Switzerland"); personal data. */
  place: string | undefined
  createdAt: Date
  /** To a quarter of an hour. */
  lastUsedAt: Date
  expiresAt: Date
}

/** What an app may do for somebody, in one session and at most one workspace: its tokens are issued under it, and end with it. */
export interface GrantRecord {
  id: string
  userId: string
  workspaceId: string | undefined
  clientId: string
  /** The session under which it was given. */
  sessionUid: string | undefined
  /** oidc-provider's payload. */
  payload: Record<string, unknown>
  createdAt: Date
  expiresAt: Date
}

/** What a person has allowed an app, in whichever session: they are not asked for it again. */
export interface ConsentRecord {
  userId: string
  clientId: string
  /** Scopes and claims of OpenID Connect, and scopes by resource (RFC 8707). */
  allowed: { scopes: string[]; claims: string[]; resources: Record<string, string[]> }
  /** When something was last added. */
  givenAt: Date
}

/** What must be true for a token to be issued or honoured under a grant, read together. */
export interface GrantFacts<User extends UserRecord = UserRecord> {
  grant: GrantRecord
  user: User
  /** The workspace that the grant names; undefined where the user is no member of it any more. */
  membership: MembershipFacts | undefined
}

/** The refresh tokens that one sign-in led to, each of which replaces the one before (RFC 9700 §4.14.2). */
export interface RefreshFamilyRecord {
  /** 128 random bits as 32 hex digits; part of every token of the family and of nothing else. */
  id: string
  grantId: string
  userId: string
  clientId: string
  currentHash: Buffer
  previousHash: Buffer | undefined
  /** The current token, sealed under a key derived from the previous one. */
  successor: Buffer | undefined
  rotatedAt: Date | undefined
  /** oidc-provider's payload, without the token. */
  payload: Record<string, unknown>
  createdAt: Date
  expiresAt: Date
}
