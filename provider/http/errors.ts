import { renderError } from '../../views/error.tsx'
import { AppError } from '../kernel/errors.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import type { Context, Middleware } from './context.ts'
import type { Pages } from './pages.ts'

/** Answers every error: as a page to a browser, as a problem document (RFC 9457) to a program. The log gets the number and the cause. */
export function answerErrors({ pages, telemetry }: { pages: Pages; telemetry: Telemetry }): Middleware {
  return async function errors(ctx, next) {
    try {
      await next()
      if (ctx.status === 404 && ctx.body === undefined) throw new AppError('not-found')
    } catch (cause) {
      const error = cause instanceof AppError ? cause : new AppError('unexpected', { cause })
      const requestId = ctx.state.facts?.id
      if (error.status >= 500) {
        telemetry.log.error(
          { requestId, errorCode: error.code, error: error.cause instanceof Error ? error.cause : error },
          'a request failed',
        )
      } else {
        // No news to an operator until somebody reads them its number.
        telemetry.log.debug({ requestId, errorCode: error.code }, 'a request was refused')
      }
      telemetry.count('errors', { code: error.code })
      answerError(ctx, pages, error)
    }
  }
}

export function answerError(ctx: Context, pages: Pages, error: AppError): void {
  const facts = ctx.state.facts
  ctx.status = error.status
  // Where the error came after an answer had been made, nothing of that one is left: it may have held a code.
  ctx.remove('Location')
  if (error.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(error.retryAfterSeconds))
  ctx.set('Cache-Control', 'no-store')
  // What programs call answers programs, whatever a browser that was sent there would rather have.
  const isForPrograms = ctx.path.startsWith('/api/')
  if (!isForPrograms && ctx.accepts('json', 'html') === 'html' && facts !== undefined) {
    ctx.type = 'text/html; charset=utf-8'
    ctx.body = renderError(pages.context({ locale: facts.locale }), {
      code: error.code,
      requestId: facts.id,
      ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
    })
    return
  }
  ctx.type = 'application/problem+json'
  ctx.body = JSON.stringify({
    type: 'about:blank',
    title: error.message,
    status: error.status,
    code: error.code,
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(facts === undefined ? {} : { request_id: facts.id }),
  })
}
