import { type Route, route } from '../http/route.ts'
import { AppError } from '../kernel/errors.ts'
import { constantTimeEqual, hashSecret } from '../kernel/secrets.ts'
import type { Telemetry } from '../ports/telemetry.ts'

/** Prometheus text exposition format 0.0.4. */
const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

/** What Prometheus scrapes, for whoever shows the token (RFC 6750 §2.1). Where there is no token there is no such page. */
export function metricsRoutes({ token, telemetry }: { token: string | undefined; telemetry: Telemetry }): Route[] {
  if (token === undefined) return []
  const expected = hashSecret(`Bearer ${token}`)
  return [
    route({
      method: 'GET',
      path: '/metrics',
      access: 'public',
      mode: 'no-data',
      limits: [{ name: 'metrics', by: 'address', points: 120, windowSeconds: 60 }],
      async handler({ ctx }) {
        if (!constantTimeEqual(hashSecret(ctx.get('authorization')), expected)) {
          ctx.set('WWW-Authenticate', 'Bearer')
          throw new AppError('not-signed-in', { detail: 'Show the METRICS_TOKEN of this installation as a bearer token.' })
        }
        return { kind: 'text', type: expositionType, body: await telemetry.render() }
      },
    }),
  ]
}
