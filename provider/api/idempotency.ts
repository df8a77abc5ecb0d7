import { hash } from 'node:crypto'
import type { Context } from '../http/context.ts'
import { type Clock, secondsAfter } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import { constantTimeEqual } from '../kernel/secrets.ts'
import type { Repositories } from '../ports/repositories.ts'

/*
 * The Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header-07): whoever did not get an answer asks again with the same key,
 * and gets the one that was made, instead of a second of what was asked for.
 */

const keptSeconds = 24 * 3600

/** What is kept of an answer. */
export interface KeptResponse {
  status: number
  headers: Record<string, string>
  body: unknown
}

/**
 * The key of a request; undefined where it has none. The draft has it be a string of structured fields, in double quotes; without them
 * it is taken as well. Rejects with AppError `bad-request`.
 */
export function readIdempotencyKey(ctx: Context): string | undefined {
  const header = ctx.get('idempotency-key')
  if (header === '') return undefined
  const [, quoted, bare] = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/.exec(header) ?? []
  const key = quoted ?? bare
  if (key === undefined) throw new AppError('bad-request', { detail: 'Idempotency-Key is one key of at most 255 characters.' })
  return key
}

/**
 * Makes an answer, once: within the transaction of what the request changes, so that both are kept or neither is. What was refused changed
 * nothing and may be tried again. Rejects with AppError `request-in-progress` while the same request is being answered elsewhere, and
 * `idempotency-key-reused` where the key was used for another one.
 */
export async function answerOnce(
  { apiAnswers }: Repositories,
  { caller, operation, key, request, clock }: { caller: string; operation: string; key: string; request: unknown; clock: Clock },
  make: () => Promise<KeptResponse>,
): Promise<KeptResponse> {
  const keyHash = hash('sha256', JSON.stringify([caller, operation, key]), 'base64url')
  const fingerprint = hash('sha256', JSON.stringify(request), 'buffer')
  if (!(await apiAnswers.lock(keyHash))) throw new AppError('request-in-progress')
  const kept = await apiAnswers.find(keyHash, clock())
  if (kept !== undefined) {
    if (!constantTimeEqual(kept.fingerprint, fingerprint)) throw new AppError('idempotency-key-reused')
    // As `keep` below wrote it; the seal shows that nobody else did.
    const response = JSON.parse(kept.answer) as KeptResponse
    return { ...response, headers: { ...response.headers, 'Idempotent-Replayed': 'true' } }
  }
  const response = await make()
  const expiresAt = secondsAfter(clock(), keptSeconds)
  await apiAnswers.keep({ keyHash, fingerprint, answer: JSON.stringify(response), expiresAt })
  return response
}
