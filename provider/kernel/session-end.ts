/** Why a session was ended: recorded, and told to the person where they did not do it in that very browser. */
export const sessionEndReasons = [
  /** By the person, in the browser that had it. */
  'ended-here',
  /** By the person, from another browser. */
  'ended-elsewhere',
  /** By the person, who was told by e-mail of something that they had not done. */
  'ended-by-notice',
  'account-suspended',
  /** By the person, who wants the account deleted. */
  'account-deleted',
  /** The ways in were reset: whoever had the old ones is out. */
  'factor-reset',
] as const

export type SessionEndReason = (typeof sessionEndReasons)[number]

/** That somebody was signed out, as the browser that had the session is told. */
export interface SignedOut {
  reason: SessionEndReason
  at: Date
}
