import { z } from 'zod'
import type { Answer } from '../http/answer.ts'
import type { Limit } from '../http/limits.ts'
import { type Route, route } from '../http/route.ts'
import type { Interactions } from './interactions.ts'
import type { SignInRequest } from './sign-in-request.ts'
import type { StepPages } from './step-pages.ts'

export const viewing: Limit[] = [{ name: 'sign-in-pages', by: 'address', points: 600, windowSeconds: 60 }]
export const posting: Limit[] = [{ name: 'sign-in-forms', by: 'address', points: 600, windowSeconds: 60 }]

export const uidParams = z.object({ uid: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) })
const fields = z.record(z.string(), z.string())

export type SignInRouteMaker = ReturnType<typeof createSignInRoute>

/** A page or a form of a sign-in in progress. Where nothing waits any more the page says so, whatever was asked for. */
export function createSignInRoute({ interactions, steps }: { interactions: Interactions; steps: StepPages }) {
  return function signInRoute(
    method: Route['method'],
    /** Below the sign-in's own address. */
    path: '' | `/${string}`,
    handle: (request: SignInRequest & { form: Readonly<Record<string, string>> }) => Promise<Answer> | Answer,
  ): Route {
    return route({
      method,
      path: `/sign-in/:uid${path}`,
      access: 'browser',
      mode: { system: 'sign-in' },
      limits: method === 'GET' ? viewing : posting,
      params: uidParams,
      form: fields,
      async handler({ params: { uid }, browser, ctx, form }) {
        const pending = await interactions.find(ctx)
        return pending?.uid === uid ? handle({ ctx, pending, browser, form }) : steps.showOver(ctx, uid, browser)
      },
    })
  }
}
