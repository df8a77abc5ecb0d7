/// <reference lib="dom" />

/** Done by itself on the way back, for the same person alone. */
export interface Intent {
  action: 'delete-notes'
  sub: string
}

/** What the way back from the issuer needs; useless without the code that comes with it. */
export interface PendingSignIn {
  nonce: string
  verifier: string
  /** What the person was about to do, which took more proof than there was. */
  intent?: Intent
}

const longestSignIn = 60 * 60 * 1000

/**
 * Kept in localStorage under the request's state, not in sessionStorage: a link in an e-mail opens a tab of its own, and the
 * sign-in may well end there.
 */
export function keepSignIn(state: string, pending: PendingSignIn): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith('sign-in.') && !isRecent(localStorage.getItem(key))) localStorage.removeItem(key)
  }
  localStorage.setItem(`sign-in.${state}`, JSON.stringify({ ...pending, begunAt: Date.now() }))
}

/** Each can be taken once. */
export function takeSignIn(state: string): PendingSignIn | undefined {
  const kept = localStorage.getItem(`sign-in.${state}`)
  localStorage.removeItem(`sign-in.${state}`)
  return kept ? (JSON.parse(kept) as PendingSignIn) : undefined // written by keepSignIn alone
}

function isRecent(kept: string | null): boolean {
  const { begunAt } = JSON.parse(kept ?? '{}') as { begunAt?: number }
  return Date.now() - (begunAt ?? 0) < longestSignIn
}
