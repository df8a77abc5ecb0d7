import type { Middleware } from '../http/context.ts'
import { type Limit, spendLimits } from '../http/limits.ts'
import { AppError } from '../kernel/errors.ts'
import type { RateLimiter } from '../ports/rate-limiter.ts'
import { answerProtocolError } from './protocol-error.ts'

const perMinute = (name: string, points: number): Limit[] => [{ name, by: 'address', points, windowSeconds: 60 }]

/**
 * The limits of the protocol's endpoints, by their first path segment. A server-side app sends all its people's requests from one
 * address, so what needs a client's secret is generous; what a stranger may call is not. Metadata costs nothing to answer.
 */
const limits = new Map<string, readonly Limit[]>(
  Object.entries({
    authorize: perMinute('authorize', 600),
    device: perMinute('device', 60),
    device_authorization: perMinute('device-authorization', 120),
    introspect: perMinute('introspect', 6000),
    logout: perMinute('logout', 120),
    par: perMinute('par', 1200),
    revoke: perMinute('revoke', 1200),
    token: perMinute('token', 2400),
    userinfo: perMinute('userinfo', 6000),
  }),
)

export function limitProtocol(rateLimiter: RateLimiter): Middleware {
  return async function protocolLimits(ctx, next) {
    const declared = limits.get(ctx.path.split('/', 2)[1] ?? '')
    if (declared === undefined || ctx.method === 'OPTIONS') return next()
    try {
      await spendLimits(rateLimiter, declared, ctx.state.facts)
    } catch (error) {
      if (!(error instanceof AppError) || ctx.accepts('json', 'html') === 'html') throw error
      answerProtocolError(ctx, error)
      return
    }
    return next()
  }
}
