import type { PageContext } from '../../views/page-context.ts'
import type { Context, RequestFacts } from '../http/context.ts'
import { negotiateLocale } from '../http/locale.ts'
import type { Pages } from '../http/pages.ts'
import type { PendingSignIn } from './interactions.ts'
import { homeOf } from './paths.ts'

/** A browser's request within the sign-in that it waits for. */
export interface SignInRequest {
  ctx: Context
  pending: PendingSignIn
  browser: Buffer
}

type Asked = Pick<SignInRequest, 'ctx' | 'pending'>

/** What a page of it needs to know; `path`: where it is, when that is not the sign-in's own address. */
export function pageFor(pages: Pages, { ctx, pending }: Asked, path = homeOf(pending.uid)): PageContext {
  return pages.context({ locale: localeFor(ctx, pending), app: pending.app, path })
}

/** What is sent speaks as the page does. */
export function factsFor({ ctx, pending }: Asked): RequestFacts {
  return { ...ctx.state.facts, locale: localeFor(ctx, pending) }
}

function localeFor(ctx: Context, pending: PendingSignIn) {
  return negotiateLocale(ctx, pending.requestedLocales)
}
