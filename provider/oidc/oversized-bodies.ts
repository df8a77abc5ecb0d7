import type { EventEmitter } from 'node:events'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { AppError } from '../kernel/errors.ts'
import { answerProtocolError } from './protocol-error.ts'

/** What oidc-provider says of a request that failed, for each endpoint that takes a form. */
const failures = [
  'grant',
  'pushed_authorization_request',
  'device_authorization',
  'introspection',
  'revocation',
  'userinfo',
  'code_verification',
  'end_session_confirm',
].map(endpoint => `${endpoint}.error`)

/** To oidc-provider, which stops reading at 56 KiB, a body that is too large is one of many that it could not parse. */
export function isTooLarge(error: Error): boolean {
  return error.cause instanceof Error && error.cause.message === 'request entity too large'
}

/** Has it say so, with 413, in the form that the endpoint's errors have. */
export function nameOversizedBodies(provider: EventEmitter): void {
  for (const failure of failures) {
    provider.on(failure, (ctx: KoaContextWithOIDC, error: Error) => {
      if (!isTooLarge(error)) return
      if (typeof ctx.body === 'object' && ctx.body !== null) answerProtocolError(ctx, new AppError('too-large'))
      else ctx.status = 413
    })
  }
}
