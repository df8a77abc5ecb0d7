import type { AppError } from '../kernel/errors.ts'

/** An error of ours in the form that OAuth clients read (RFC 6749 §5.2). */
export function answerProtocolError(
  ctx: { status: number; body: unknown; set(name: string, value: string): void },
  error: AppError,
): void {
  ctx.status = error.status
  if (error.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(error.retryAfterSeconds))
  ctx.body = {
    error:
      error.status === 429 || error.status === 503
        ? 'temporarily_unavailable'
        : error.status >= 500
          ? 'server_error'
          : 'invalid_request',
    error_description: error.message,
  }
}
