import { appMetadata } from '../apps/metadata.ts'
import { type Circumstances, recordEvent } from '../audit/record.ts'
import type { Clock } from '../kernel/clock.ts'
import type { SessionEndReason } from '../kernel/session-end.ts'
import type { Data } from '../ports/data.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { GrantRecord } from '../ports/session-records.ts'
import type { Repositories } from '../ports/repositories.ts'
import type { Store } from '../ports/store.ts'
import { protocol } from './grant-adapter.ts'
import { epochSeconds } from './sealed-store.ts'
import { createSessionCache } from './session-cache.ts'
import { isForAbsence, scopeOf } from './sign-out.ts'

/** When these are the reason, also what apps of others got for the time when the person is away is over. */
const endsEverything: readonly SessionEndReason[] = ['ended-by-notice', 'account-suspended', 'account-deleted', 'factor-reset']

export interface SessionEnding {
  reason: SessionEndReason
  circumstances: Circumstances
  /** The browser in which it is done, where that one is to stay signed in: what was proved there goes on counting. */
  browser?: Buffer
  /** What else is to happen in the same transaction, such as telling the person, where anything was ended. */
  alongside?: (repositories: Repositories) => Promise<unknown>
}

/** Ends sessions of a person from wherever it is asked for. */
export interface SessionEnder {
  /**
   * Ends one: its row, what apps got by it, and what the browser that has it could still do. Apps are told (OpenID Connect
   * Back-Channel Logout 1.0). False where the person has no such session.
   */
  endSession(userId: string, sessionUid: string, ending: SessionEnding): Promise<boolean>
  /** Ends all but one, or all, and with them what is left of sessions that ended by themselves. Answers how many there were. */
  endOtherSessions(userId: string, exceptUid: string | undefined, ending: SessionEnding): Promise<number>
  /** Ends all, in the caller's transaction. */
  endAllWithin(repositories: Repositories, userId: string, ending: Omit<SessionEnding, 'alongside'>): Promise<number>
}

interface Which {
  uid?: string
  exceptUid?: string
}

/** All of it is one transaction. The browsers are shut out before that is committed: where the store is away nothing is ended by halves. */
export function createSessionEnder({
  data,
  store,
  cipher,
  clock,
}: {
  data: Data
  store: Store
  cipher: FieldCipher
  clock: Clock
}): SessionEnder {
  const cache = createSessionCache({ store, cipher, clock })

  const end = (userId: string, which: Which, ending: SessionEnding) =>
    data.scoped(protocol, repositories => endWithin(repositories, userId, which, ending))

  async function endWithin(
    repositories: Repositories,
    userId: string,
    which: Which,
    { reason, circumstances, browser, alongside }: SessionEnding,
  ): Promise<number> {
    // What was proved and led nowhere yet is over, too.
    if (which.uid === undefined) await repositories.accounts.voidProofs(userId, clock(), browser)
    // First the sessions, then what was given by them: nothing more is given by a session that is gone.
    const ended = await repositories.sessions.deleteForUser(userId, which)
    const grants = await repositories.grants.listForUser(userId)
    const concerned = grants.filter(({ sessionUid }) =>
      which.uid === undefined ? sessionUid === undefined || sessionUid !== which.exceptUid : sessionUid === which.uid,
    )
    await Promise.all(concerned.map(grant => endGrant(repositories, grant, { reason, circumstances })))
    await Promise.all(
      ended.map(({ uid }) =>
        recordEvent(repositories, { action: 'session.ended', userId, session_uid: uid, reason }, circumstances),
      ),
    )
    if (ended.length > 0 || concerned.length > 0) await alongside?.(repositories)
    const signedOut = { reason, at: epochSeconds(clock) }
    await Promise.all(ended.map(({ idHash }) => cache.end(idHash, signedOut)))
    return ended.length
  }

  async function endGrant(
    repositories: Repositories,
    { id, userId, clientId, workspaceId, payload }: GrantRecord,
    { reason, circumstances }: Pick<SessionEnding, 'reason' | 'circumstances'>,
  ): Promise<void> {
    // An app of our own, which is in no list, is told nothing and keeps nothing; nor does one that is gone.
    const app = appMetadata.safeParse((await repositories.apps.find(clientId))?.metadata).data
    if (app?.backchannel_logout_uri !== undefined)
      await repositories.jobs.enqueue('back-channel-logout', { clientId, userId, sid: id })
    const outlives =
      app !== undefined && isForAbsence(app.first_party, scopeOf(payload['openid'])) && !endsEverything.includes(reason)
    if (outlives) return
    await Promise.all([
      repositories.grants.delete(id),
      recordEvent(
        repositories,
        { action: 'grant.revoked', userId, workspaceId, client_id: clientId, grant_id: id },
        circumstances,
      ),
    ])
  }

  return {
    endSession: async (userId, sessionUid, ending) => (await end(userId, { uid: sessionUid }, ending)) > 0,
    endOtherSessions: (userId, exceptUid, ending) => end(userId, exceptUid === undefined ? {} : { exceptUid }, ending),
    endAllWithin: (repositories, userId, ending) => endWithin(repositories, userId, {}, ending),
  }
}
