import type { Settings } from '../../../config/schema.ts'
import { type ProbeAnswer, probeAnswer, probeCookie, probePath, sealProbe } from '../../doctor/probe.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { KeyWrapper } from '../../ports/key-wrapper.ts'

/** For documentation (RFC 5737 §3): nobody's address. */
export const forgedAddress = '192.0.2.66'

export interface ProbeResult {
  answer: ProbeAnswer
  setCookie: string | undefined
}

/**
 * Asks the running server, through ISSUER, what it sees of a request that claims to come from a forged address. Undefined where
 * it does not know us: it has another master key, or its clock is more than a minute away.
 */
export async function probeServer(settings: Settings, keyWrapper: KeyWrapper, clock: Clock): Promise<ProbeResult | undefined> {
  const response = await fetch(settings.issuer + probePath, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(5000),
    headers: { cookie: `${probeCookie}=sent`, 'x-forwarded-for': forgedAddress },
    body: new URLSearchParams({ probe: await sealProbe(keyWrapper, clock) }),
  }).catch(() => undefined)
  if (response?.status !== 200) return undefined
  const answer = probeAnswer.safeParse(await response.json().catch(() => undefined))
  const setCookie = response.headers.getSetCookie().find(line => line.startsWith(`${probeCookie}=`))
  return answer.success ? { answer: answer.data, setCookie } : undefined
}
