import type { Proof } from '../policy/proof.ts'
import type { AttemptRecord } from '../ports/records.ts'
import { restoreProof } from './kept-proof.ts'
import type { UpstreamSubject } from './upstream-people.ts'

/** As long as an attempt: whoever takes longer goes there once more. */
const pendingSeconds = 3600

/** A proof about an account elsewhere that leads into nobody's account yet. For policy it is as if it weren't there. */
export type PendingUpstream = Proof & { subject: UpstreamSubject }

/** What leads into somebody's account already is kept as a proof of theirs. */
export function isPending(proof: Proof): proof is PendingUpstream {
  return proof.subject.kind === 'upstream'
}

/** The one that an attempt carries, until the person has said whether it is to lead into theirs. */
export function findPending({ proofs }: Pick<AttemptRecord, 'proofs'>, now: Date): PendingUpstream | undefined {
  return proofs
    .map(restoreProof)
    .filter(isPending)
    .findLast(({ at }) => now.getTime() / 1000 - at <= pendingSeconds)
}

/** What counts. */
export function withoutPending(proofs: readonly Proof[]): Proof[] {
  return proofs.filter(proof => !isPending(proof))
}
