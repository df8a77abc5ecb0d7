import { factors, type Proof } from '../policy/proof.ts'
import { withoutVoid } from '../policy/void-proofs.ts'
import type { AttemptRecord, ProofRecord, UserRecord } from '../ports/records.ts'

/** A proof in the form in which an attempt keeps it. */
export function keepProof(proof: Proof): ProofRecord {
  const { subject } = proof
  return {
    ...proof,
    subject: subject.kind === 'upstream' ? { ...subject, pinned: { ...subject.pinned } } : subject,
    factors: [...proof.factors],
  }
}

/** The same as policy reads it; a factor that is known no more proves nothing. */
export function restoreProof(record: ProofRecord): Proof {
  return { ...record, factors: factors.filter(factor => record.factors.includes(factor)) }
}

/** Whether something that an attempt proved was made void since: it leads nowhere then, and what is good once is not spent on it. */
export function isPartlyVoid({ proofs, browserHash }: Pick<AttemptRecord, 'proofs' | 'browserHash'>, user: UserRecord): boolean {
  return withoutVoid(proofs.map(restoreProof), user, browserHash).length < proofs.length
}
