import type { Settings } from '../../../config/schema.ts'
import { type Finding, ok, problem } from './finding.ts'
import { forgedAddress, type ProbeResult } from './probe.ts'

/**
 * Compares TRUSTED_PROXIES with how many proxies really wrote into X-Forwarded-For. The probe brought a forged entry along, as
 * an attacker would: proxies that append leave it in front of theirs, one that overwrites takes it away.
 */
export function checkProxies({ trustedProxies }: Settings, { answer }: Pick<ProbeResult, 'answer'>): Finding {
  if (answer.trustedProxies !== trustedProxies) {
    const message = `The server runs with TRUSTED_PROXIES=${answer.trustedProxies}, and here it is ${trustedProxies}.`
    return problem(
      'proxies',
      message,
      'Give the doctor the settings of the server, and start the server anew if they were changed.',
    )
  }
  const written = answer.forwardedFor.filter(entry => entry !== forgedAddress).length
  const stand = `${written === 1 ? '1 proxy stands' : `${written} proxies stand`} before the server, as X-Forwarded-For tells`
  const remedy = `Set TRUSTED_PROXIES=${written}, if requests from outside come by the same way as from this machine.`
  if (trustedProxies > written) {
    const message = `${stand}, and it trusts ${trustedProxies}: whoever sends that header chooses the address that limits and the audit log see.`
    return problem('proxies', message, remedy)
  }
  if (trustedProxies < written) {
    const message = `${stand}, and it trusts ${trustedProxies}: everybody seems to come from ${answer.clientAddress}, and shares one limit.`
    return problem('proxies', message, remedy)
  }
  return ok(
    'proxies',
    `The Host header arrives unchanged; ${stand}, and it trusts ${trustedProxies}. A forged address is not believed.`,
  )
}
