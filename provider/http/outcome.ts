import type { Answer } from './answer.ts'
import type { Context } from './context.ts'
import { readHostCookie, writeHostCookie } from './host-cookie.ts'

/*
 * What a form has done is said on the page that comes after it. In a cookie rather than in that page's address: an address can be
 * sent to somebody, and would have our own page tell them of what never happened.
 */
const cookieName = '__Host-done'
const lifetimeMilliseconds = 60_000

/** Pages that tell of these outcomes. */
export function describeOutcomes<Outcome extends string>(outcomes: readonly Outcome[]) {
  return {
    /** Goes on to a page, and has it say what was done. */
    goOn(ctx: Context, to: string, outcome: Outcome): Answer {
      writeHostCookie(ctx, cookieName, outcome, lifetimeMilliseconds)
      return { kind: 'redirect', to }
    },

    /** Once. */
    takeOutcome(ctx: Context): Outcome | undefined {
      const kept = readHostCookie(ctx, cookieName)
      if (kept === undefined) return undefined
      writeHostCookie(ctx, cookieName, '', 1)
      return outcomes.find(outcome => outcome === kept)
    },
  }
}
