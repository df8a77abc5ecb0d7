/// <reference lib="dom" />
import { readTokenFacts } from './access-token.ts'

const key = 'known-session'

/**
 * Which workspace and session this tab is in: names, no secrets. They survive a reload, and keep the tab from coming back as
 * somebody who signed in elsewhere in the meantime.
 */
export function rememberSession(accessToken: string): void {
  const { workspace, sid } = readTokenFacts(accessToken)
  sessionStorage.setItem(key, JSON.stringify({ ...(workspace && { workspace: workspace.id }), ...(sid && { sid }) }))
}

/** Undefined in a tab that was not signed in. */
export function recallSession(): Record<string, string> | undefined {
  const known = sessionStorage.getItem(key)
  return known ? (JSON.parse(known) as Record<string, string>) : undefined // written by rememberSession alone
}

export function forgetSession(): void {
  sessionStorage.removeItem(key)
}
