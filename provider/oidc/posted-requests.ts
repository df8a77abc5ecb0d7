import type { Context, Middleware } from '../http/context.ts'
import { readFormText } from '../http/form.ts'
import { AppError } from '../kernel/errors.ts'
import { answerProtocolError } from './protocol-error.ts'

const paths = new Set(['/authorize', '/logout'])

/** What still fits into a request line with the rest of the headers beside it. */
const longestQuery = 8192

/**
 * Apps may post the browser to these two (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). A browser sends no Lax cookie
 * with another site's form, so the request would find nobody signed in: it is asked to come again by GET, with which it does.
 */
export const turnPostedRequests: Middleware = async function postedRequests(ctx, next) {
  if (ctx.method !== 'POST' || !paths.has(ctx.path)) return next()
  let query: string
  try {
    query = await readQuery(ctx)
  } catch (error) {
    if (!(error instanceof AppError) || ctx.accepts('json', 'html') === 'html') throw error
    answerProtocolError(ctx, error)
    return
  }
  ctx.status = 303
  ctx.set('Location', `${ctx.path}?${new URLSearchParams(query)}`)
  ctx.body = ''
}

async function readQuery(ctx: Context): Promise<string> {
  const query = await readFormText(ctx)
  if (query.length > longestQuery) throw new AppError('too-large')
  return query
}
