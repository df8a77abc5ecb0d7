import { z } from 'zod'
import { renderRecoveryCodes, writeRecoveryCodes } from '../../views/sign-in/recovery-codes.tsx'
import type { Answer } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import type { Limit } from '../http/limits.ts'
import { type Route, route } from '../http/route.ts'
import type { Enrolling } from './enrolling.ts'
import type { Interactions, PendingSignIn } from './interactions.ts'
import { homeOf, html, type StepPages } from './step-pages.ts'

const mode = { system: 'sign-in' } as const
const viewing: Limit[] = [{ name: 'sign-in-pages', by: 'address', points: 600, windowSeconds: 60 }]
const posting: Limit[] = [{ name: 'sign-in-forms', by: 'address', points: 600, windowSeconds: 60 }]
const params = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })

/** Where the codes are shown that were made in a sign-in. */
export const codesOf = (uid: string) => `${homeOf(uid)}/recovery-codes`

export interface RecoveryCodeRouteOptions {
  enrolling: Enrolling
  interactions: Interactions
  steps: StepPages
}

/**
 * The codes that were made with a person's first factor: a page that may be loaded again, a file, and the button that says that they are
 * kept. The file is a GET of its own, since browsers neither save what a `data:` address holds on every device nor tell whose it is.
 */
export function recoveryCodeRoutes({ enrolling, interactions, steps }: RecoveryCodeRouteOptions): Route[] {
  /** `answer` for whoever has codes to see; others go on. */
  async function withCodes(
    { uid, browser, ctx }: { uid: string; browser: Buffer; ctx: Context },
    answer: (pending: PendingSignIn, found: { codes: readonly string[]; account: string }) => Answer,
  ): Promise<Answer> {
    const pending = await interactions.find(ctx)
    if (pending?.uid !== uid) return steps.showOver(ctx, uid, browser)
    const found = await enrolling.findCodes({ pending, browser, facts: steps.factsFor(ctx, pending) })
    return found === undefined ? { kind: 'redirect', to: homeOf(uid) } : answer(pending, found)
  }

  const pageFor = (ctx: Context, pending: PendingSignIn) =>
    steps.pageFor(steps.localeFor(ctx, pending), pending.uid, pending.app, codesOf(pending.uid))

  return [
    route({
      method: 'GET',
      path: '/sign-in/:uid/recovery-codes',
      access: 'browser',
      mode,
      limits: viewing,
      params,
      handler: ({ params: { uid }, browser, ctx }) =>
        withCodes({ uid, browser, ctx }, (pending, found) =>
          html(
            renderRecoveryCodes(pageFor(ctx, pending), {
              ...found,
              fileHref: `${codesOf(uid)}/file`,
              continueTo: { action: `${codesOf(uid)}/kept` },
            }),
          ),
        ),
    }),
    route({
      method: 'GET',
      path: '/sign-in/:uid/recovery-codes/file',
      access: 'browser',
      mode,
      limits: viewing,
      params,
      handler: ({ params: { uid }, browser, ctx }) =>
        withCodes({ uid, browser, ctx }, (pending, found) => ({
          kind: 'text',
          body: writeRecoveryCodes(pageFor(ctx, pending), found),
          type: 'text/plain; charset=utf-8',
          fileName: 'recovery-codes.txt',
        })),
    }),
    route({
      method: 'POST',
      path: '/sign-in/:uid/recovery-codes/kept',
      access: 'browser',
      mode,
      limits: posting,
      params,
      async handler({ params: { uid }, browser, ctx }) {
        const pending = await interactions.find(ctx)
        if (pending?.uid !== uid) return steps.showOver(ctx, uid, browser)
        await enrolling.forgetCodes({ pending, browser, facts: steps.factsFor(ctx, pending) })
        return { kind: 'redirect', to: homeOf(uid) }
      },
    }),
  ]
}
