import type { Client, KoaContextWithOIDC, Provider } from 'oidc-provider'
import { AppError } from '../kernel/errors.ts'
import type { Telemetry } from '../ports/telemetry.ts'
import { answerProtocolError } from './protocol-error.ts'
import { stateOf } from './request-state.ts'

/**
 * Tells the log why a request failed, and gives errors of ours their own status: to oidc-provider everything that it does not
 * know is a 500.
 */
export function reportServerErrors(provider: Provider, telemetry: Telemetry): void {
  provider.on('server_error', (ctx: KoaContextWithOIDC, error: Error) => {
    const requestId = stateOf(ctx).facts.id
    telemetry.count('errors', { code: error instanceof AppError ? error.code : 'unexpected' })
    if (error instanceof AppError) {
      telemetry.log.warn(
        {
          requestId,
          errorCode: error.code,
          route: ctx.oidc.route,
          ...(error.cause instanceof Error ? { error: error.cause } : {}),
        },
        'a request was refused',
      )
      if (typeof ctx.body === 'object' && ctx.body !== null) answerProtocolError(ctx, error)
      else ctx.status = error.status
      return
    }
    telemetry.log.error({ requestId, route: ctx.oidc.route, error }, 'a request failed')
  })
  // Its message is the error code of the standard; what was wrong about which value may quote the request.
  const noteRefusal = (ctx: KoaContextWithOIDC, error: Error) =>
    telemetry.log.debug({ requestId: stateOf(ctx).facts.id, errorCode: error.message }, 'a request was refused')
  // Those that people see as a page, with the number of their request.
  provider.on('authorization.error', noteRefusal)
  provider.on('end_session.error', noteRefusal)
  provider.on('end_session_confirm.error', noteRefusal)
  provider.on('device_resume.error', noteRefusal)
  // The sign-out goes on, so this is all that anybody hears of it.
  provider.on('backchannel.error', (ctx: KoaContextWithOIDC, error: Error, client: Client) => {
    telemetry.log.error(
      { requestId: stateOf(ctx).facts.id, clientId: client.clientId, error },
      'an app will not be told of a sign-out: its notice could not be kept',
    )
  })
}
