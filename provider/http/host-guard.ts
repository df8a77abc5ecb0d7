import { AppError } from '../kernel/errors.ts'
import type { Middleware } from './context.ts'

/**
 * Answers only under the issuer's own host (RFC 9110 §7.4): links and metadata are built from it, and a forged Host is how they
 * were made to point elsewhere in other products. Host header and absolute-form request lines are both held to it.
 */
export function guardHost(issuer: string): Middleware {
  const expected = new URL(issuer)
  return function hostGuard(ctx, next) {
    // Load balancers and Prometheus ask each node by its address; the answers hold nothing that is built from a host.
    if (ctx.path === '/health' || ctx.path === '/metrics') return next()
    const hosts = ctx.req.headersDistinct['host'] ?? []
    const target = ctx.req.url ?? '/'
    const absolute = target.startsWith('/') ? undefined : URL.parse(target)
    if (hosts.length !== 1 || hosts[0]?.toLowerCase() !== expected.host || absolute === null) throw new AppError('wrong-host')
    if (absolute !== undefined && absolute.host !== expected.host) throw new AppError('wrong-host')
    return next()
  }
}
