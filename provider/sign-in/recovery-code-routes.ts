import { renderRecoveryCodes, writeRecoveryCodes } from '../../views/sign-in/recovery-codes.tsx'
import { type Answer, html } from '../http/answer.ts'
import type { Pages } from '../http/pages.ts'
import type { Route } from '../http/route.ts'
import type { Enrolling } from './enrolling.ts'
import { codesOf, homeOf } from './paths.ts'
import { factsFor, pageFor, type SignInRequest } from './sign-in-request.ts'
import type { SignInRouteMaker } from './sign-in-route.ts'

export interface RecoveryCodeRouteOptions {
  signInRoute: SignInRouteMaker
  enrolling: Enrolling
  pages: Pages
}

/**
 * The codes that were made with a person's first factor: a page that may be loaded again, a file, and the button that says that they are
 * kept. The file is a GET of its own, since browsers neither save what a `data:` address holds on every device nor tell whose it is.
 */
export function recoveryCodeRoutes({ signInRoute, enrolling, pages }: RecoveryCodeRouteOptions): Route[] {
  /** `answer` for whoever has codes to see; others go on. */
  async function withCodes(
    request: SignInRequest,
    answer: (found: { codes: readonly string[]; account: string }) => Answer,
  ): Promise<Answer> {
    const found = await enrolling.findCodes({ ...request, facts: factsFor(request) })
    return found === undefined ? { kind: 'redirect', to: homeOf(request.pending.uid) } : answer(found)
  }

  const codesPage = (request: SignInRequest) => pageFor(pages, request, codesOf(request.pending.uid))

  return [
    signInRoute('GET', '/recovery-codes', request =>
      withCodes(request, found => {
        const path = codesOf(request.pending.uid)
        const continueTo = { action: `${path}/kept` }
        return html(renderRecoveryCodes(codesPage(request), { ...found, fileHref: `${path}/file`, continueTo }))
      }),
    ),
    signInRoute('GET', '/recovery-codes/file', request =>
      withCodes(request, found => ({
        kind: 'text',
        body: writeRecoveryCodes(codesPage(request), found),
        type: 'text/plain; charset=utf-8',
        fileName: 'recovery-codes.txt',
      })),
    ),
    signInRoute('POST', '/recovery-codes/kept', async request => {
      await enrolling.forgetCodes({ ...request, facts: factsFor(request) })
      return { kind: 'redirect', to: homeOf(request.pending.uid) }
    }),
  ]
}
