import type { RequestFacts } from '../http/context.ts'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import type { AttemptRecord } from '../ports/records.ts'
import type { PendingSignIn } from './interactions.ts'
import { keepProof } from './kept-proof.ts'

/** An attempt lives longer than the mail that was sent for it, so that its page can still say what happened and send another. */
const attemptLifetimeSeconds = 3600

/** Attempts before they are kept, and what one that is kept stands for. */
export function createAttemptDrafts(clock: Clock) {
  const isLive = (attempt: AttemptRecord) => attempt.state === 'open' && attempt.expiresAt > clock()

  /** An attempt as it begins: nothing of it is kept yet. */
  function draft(
    pending: PendingSignIn,
    browser: Buffer,
    facts: RequestFacts,
    beginning: Pick<AttemptRecord, 'method'> & Partial<Pick<AttemptRecord, 'address' | 'userId' | 'proofs'>>,
  ): AttemptRecord {
    const createdAt = clock()
    return {
      id: newId(),
      interactionUid: pending.uid,
      browserHash: browser,
      clientId: pending.app.clientId,
      state: 'open',
      address: undefined,
      userId: undefined,
      proofs: [],
      ...beginning,
      request: pending.request,
      device: facts.device,
      ip: facts.ip,
      locale: facts.locale,
      createdAt,
      expiresAt: secondsAfter(createdAt, attemptLifetimeSeconds),
    }
  }

  /** An attempt of whoever is signed in, that begins with what their session proved: it is to prove more. */
  function draftStepUp(pending: PendingSignIn, browser: Buffer, facts: RequestFacts): AttemptRecord | undefined {
    const { signedIn } = pending
    if (signedIn === undefined) return undefined
    const { userId, proofs } = signedIn
    return draft(pending, browser, facts, { method: undefined, userId, proofs: proofs.map(keepProof) })
  }

  /** What a sign-in stands at: the attempt that was kept last, or, once that was given up, what the session proved. */
  function findStanding(
    kept: AttemptRecord | undefined,
    pending: PendingSignIn,
    browser: Buffer,
    facts: RequestFacts,
  ): AttemptRecord | undefined {
    return kept === undefined || kept.state === 'ended' ? draftStepUp(pending, browser, facts) : kept
  }

  return { isLive, draft, draftStepUp, findStanding }
}
