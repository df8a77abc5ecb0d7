import type { Proof } from './proof.ts'
import type { UserRecord } from '../ports/records.ts'

/**
 * What of these proofs still counts. Whoever ends everything, deletes their account, or takes an address or a factor away, also ends
 * what was proved before and has led nowhere yet: a sign-in that waits to be resumed, a session in another browser. In the browser
 * in which they did it, it goes on counting; what they had made void in there before does not come back.
 */
export function withoutVoid(
  proofs: readonly Proof[],
  { proofsFrom }: Pick<UserRecord, 'proofsFrom'>,
  browserHash: Buffer | undefined,
): Proof[] {
  if (proofsFrom === undefined) return [...proofs]
  const { exceptBrowser } = proofsFrom
  const isExcepted = exceptBrowser !== undefined && browserHash?.equals(exceptBrowser) === true
  const moment = isExcepted ? proofsFrom.momentThere : proofsFrom.moment
  if (moment === undefined) return [...proofs]
  const from = Math.floor(moment.getTime() / 1000)
  return proofs.filter(proof => proof.at >= from)
}
