import { createEgress } from '../../../adapters/egress/egress.ts'
import { createTelemetry } from '../../../adapters/telemetry/telemetry.ts'
import type { Settings } from '../../../config/schema.ts'
import { createUpstreamClient } from '../../connections/client.ts'
import { redirectUriOf } from '../../connections/connection.ts'
import { listConnections } from '../../connections/list.ts'
import type { Clock } from '../../kernel/clock.ts'
import { type Finding, ok, problem } from './finding.ts'

/** Whether people could sign in with each upstream that is configured, as far as can be seen without a person. */
export async function checkUpstreams({ upstreams, egressAllow, loopback, issuer }: Settings, clock: Clock): Promise<Finding[]> {
  const client = createUpstreamClient({
    egress: createEgress({ allowedPrivateRanges: egressAllow, allowLoopbackHttp: loopback }),
    telemetry: createTelemetry({ level: 'silent' }),
    clock,
  })
  return Promise.all(
    listConnections(upstreams).map(async connection => {
      const outcome = await client.examine(connection)
      if (outcome.kind === 'ready') {
        const message = `${connection.label} publishes what a sign-in takes. It has to know the redirect URI ${redirectUriOf(issuer, connection)}.`
        return ok('upstreams', message)
      }
      const remedy = `Check that this machine reaches ${connection.authority}/.well-known/openid-configuration (a proxy or firewall may be in between), and what LATCHKEY_CONFIG says under upstreams.`
      const what = outcome.reason === 'upstream-unavailable' ? 'cannot be reached' : 'does not publish what a sign-in takes'
      return problem('upstreams', `${connection.label} ${what}.`, remedy)
    }),
  )
}
