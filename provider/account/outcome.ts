import { type AccountOutcome, accountOutcomes } from '../../views/account/account-page.tsx'
import type { Answer } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import { readHostCookie, writeHostCookie } from '../http/host-cookie.ts'

/*
 * What a form has done is said on the page that comes after it. In a cookie rather than in that page's address: an address can be
 * sent to somebody, and would have our own page tell them of what never happened.
 */
const cookieName = '__Host-done'
const lifetimeMilliseconds = 60_000

/** Goes on to a page, and has it say what was done. */
export function goOn(ctx: Context, to: string, outcome: AccountOutcome): Answer {
  writeHostCookie(ctx, cookieName, outcome, lifetimeMilliseconds)
  return { kind: 'redirect', to }
}

/** Once. */
export function takeOutcome(ctx: Context): AccountOutcome | undefined {
  const kept = readHostCookie(ctx, cookieName)
  if (kept === undefined) return undefined
  writeHostCookie(ctx, cookieName, '', 1)
  return accountOutcomes.find(outcome => outcome === kept)
}
