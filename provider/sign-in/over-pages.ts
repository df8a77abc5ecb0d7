import { setTimeout as sleep } from 'node:timers/promises'
import { renderAlreadySignedIn } from '../../views/sign-in/already-signed-in.tsx'
import { renderExpired } from '../../views/sign-in/expired.tsx'
import { renderFinished } from '../../views/sign-in/finished.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import { negotiateLocale } from '../http/locale.ts'
import type { Pages } from '../http/pages.ts'
import type { SignInFlow } from './flow.ts'
import type { Interactions, SignInResult } from './interactions.ts'
import { homeOf } from './paths.ts'

export interface OverPageOptions {
  flow: SignInFlow
  interactions: Interactions
  pages: Pages
}

/** The end of a sign-in, and what a browser sees that comes to it later. */
export function createOverPages({ flow, interactions, pages }: OverPageOptions) {
  /** Nothing waits for this sign-in any more: it was finished in another tab, or it took too long. */
  async function showOver(ctx: Context, uid: string, browser: Buffer): Promise<Answer> {
    const attempt = await flow.findAttempt(uid, browser)
    const app = attempt === undefined ? undefined : await interactions.findApp(attempt.clientId)
    const page = pages.context({ locale: negotiateLocale(ctx, attempt?.locale), app, path: homeOf(uid) })
    const restart = { action: `${homeOf(uid)}/restart` }
    if (await interactions.isSignedIn(ctx)) {
      if (attempt?.state === 'completed') return html(renderFinished(page))
      return html(renderAlreadySignedIn(page, attempt === undefined ? {} : { continueTo: restart }), 410)
    }
    return html(renderExpired(page, attempt === undefined ? { reason: 'unknown' } : { startAgain: restart }), 410)
  }

  /**
   * Another tab has gone on with this sign-in a moment ago. The session that it gets is still on its way to this browser, so the
   * browser is asked to come again until it has it, three times at most.
   */
  async function showOvertaken(ctx: Context, uid: string, browser: Buffer): Promise<Answer> {
    // Whoever writes the address bar themselves gets no more than three either.
    const times = Math.max(0, Number(ctx.query['over'] ?? 0))
    if (!(times < 3) || (await interactions.isSignedIn(ctx))) return showOver(ctx, uid, browser)
    await sleep(200)
    return { kind: 'redirect', to: `${homeOf(uid)}?over=${times + 1}` }
  }

  /** Hands the sign-in back to the protocol. */
  async function finish(ctx: Context, uid: string, browser: Buffer, result: SignInResult): Promise<Answer> {
    const to = await interactions.finish(ctx, result)
    return to === undefined ? showOvertaken(ctx, uid, browser) : { kind: 'redirect', to }
  }

  return { showOver, showOvertaken, finish }
}
