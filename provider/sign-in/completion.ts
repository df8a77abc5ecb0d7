import type { AuditEvent } from '../audit/catalogue.ts'
import { ofRequest, recordEvent } from '../audit/record.ts'
import type { RequestFacts } from '../http/context.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { Proof } from '../policy/proof.ts'
import type { Data } from '../ports/data.ts'
import type { AttemptRecord } from '../ports/records.ts'
import type { Notices } from '../users/notices.ts'
import type { SignInMethod } from './method.ts'

export interface CompletionOptions {
  data: Data
  clock: Clock
  methods: readonly SignInMethod[]
  notices: Notices
}

/** The end of a sign-in that policy has enough of. */
export function createCompletion({ data, clock, methods, notices }: CompletionOptions) {
  const isBeginning = (id: string) => methods.some(method => method.id === id && method.beginning !== undefined)

  /**
   * Marks a satisfied attempt as resumed, and tells the person of a browser that is new beside others. Asked again it changes
   * nothing: a tab may reload on its way.
   */
  return async function complete(
    attempt: AttemptRecord,
    result: { userId: string; acr: string; amr: string[]; proofs: readonly Proof[] },
    facts: RequestFacts,
    appName: string,
  ): Promise<void> {
    if (attempt.state === 'completed') return
    for (const { method } of result.proofs) await methods.find(each => each.id === method)?.rememberBrowser?.(attempt)
    // What began it last: that is what will be offered first in this browser.
    const method = result.proofs.findLast(proof => isBeginning(proof.method))?.method ?? ''
    const event: AuditEvent = {
      action: 'sign-in.completed',
      userId: result.userId,
      attempt_id: attempt.id,
      client_id: attempt.clientId,
      acr: result.acr,
      amr: result.amr.join(' '),
    }
    const circumstances = ofRequest(facts, { kind: 'user', userId: result.userId }, clock)
    try {
      await data.scoped({ kind: 'system', reason: 'sign-in' }, async repositories => {
        const [, , browser] = await Promise.all([
          repositories.attempts.move(attempt.id, 'satisfied', 'completed', {}),
          recordEvent(repositories, event, circumstances),
          repositories.knownBrowsers.remember({ userId: result.userId, browserHash: attempt.browserHash, method }, clock()),
        ])
        const user = browser === 'new' ? await repositories.users.findById(result.userId) : undefined
        if (user !== undefined) await notices.notify(repositories, user, { kind: 'new-device', app: appName }, facts)
      })
    } catch (error) {
      // Another tab completed it at the same moment, and recorded it.
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    }
  }
}
