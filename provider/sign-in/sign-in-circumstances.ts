import type { Circumstances } from '../audit/record.ts'
import type { RequestFacts } from '../http/context.ts'
import type { Clock } from '../kernel/clock.ts'

/** Under which the events of a sign-in are recorded, whoever turns out to sign in. */
export function signInCircumstances({ ip, userAgent, id }: RequestFacts, clock: Clock): Circumstances {
  return { actor: { kind: 'system', reason: 'sign-in' }, ip, userAgent, requestId: id, clock }
}
