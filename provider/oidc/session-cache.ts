import type { AdapterPayload } from 'oidc-provider'
import type { Clock } from '../kernel/clock.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { SessionEndReason } from '../kernel/session-end.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { Store } from '../ports/store.ts'
import { createPayloadSealer, epochSeconds, secondsLeft } from './sealed-store.ts'

/** How long a session may be answered for from the cache before the database is asked again. */
export const cacheSeconds = 300
/** How long a browser that was signed out elsewhere may stay away and still be told so. */
const markSeconds = 30 * 86_400

/** That a session is over, as it is kept. */
export interface KeptEnd {
  reason: SessionEndReason
  /** Seconds since the epoch. */
  at: number
}

/** What the cache has of a session: its content, or that it is over. */
export type CachedSession =
  | { kind: 'live'; payload: AdapterPayload; sealed: string }
  | { kind: 'ended'; signedOut: KeptEnd | undefined }

export type SessionCache = ReturnType<typeof createSessionCache>

/**
 * What every request needs of a session, in the store under the hash of its cookie. A session that is ended leaves a mark in its
 * place: a request that was under way when it ended cannot write it back, and the browser that still has the cookie is told why it
 * is signed out.
 */
export function createSessionCache({ store, cipher, clock }: { store: Store; cipher: FieldCipher; clock: Clock }) {
  const keyOf = (idHash: Buffer) => `session:${idHash.toString('base64url')}`
  const { seal, open } = createPayloadSealer(cipher, 'session')

  function read(key: string, sealed: string): CachedSession {
    const payload = open(key, sealed)
    // Written below, by `mark`.
    const ended = payload['ended'] as { signedOut?: KeptEnd } | undefined
    return ended === undefined ? { kind: 'live', payload, sealed } : { kind: 'ended', signedOut: ended.signedOut }
  }

  function mark(key: string, signedOut?: KeptEnd): string {
    return seal(key, { ended: signedOut === undefined ? {} : { signedOut } })
  }

  return {
    keyFor: (id: string) => keyOf(hashSecret(id)),

    async find(key: string): Promise<CachedSession | undefined> {
      const sealed = await store.get(key)
      return sealed === undefined ? undefined : read(key, sealed)
    },

    /** Puts a session that nobody can end from elsewhere, since it is in no row. */
    async put(key: string, payload: AdapterPayload, ttlSeconds: number): Promise<void> {
      await store.put(key, seal(key, payload), ttlSeconds)
    },

    /**
     * Puts a session in place of what was found, and never in place of a mark. `checkedUntil` says how long it may be answered for
     * before the database is asked again, however often it is written. Answers what now lies there.
     */
    async replace(
      key: string,
      found: string | undefined,
      payload: AdapterPayload,
      checkedUntil: number,
    ): Promise<string | undefined> {
      const ttlSeconds = Math.min(checkedUntil - epochSeconds(clock), secondsLeft(payload, clock))
      if (ttlSeconds <= 0) return undefined
      const next = seal(key, { ...payload, checkedUntil })
      if (await store.compareAndSet(key, found, next, ttlSeconds)) return next
      // Another tab was faster, or the entry has lapsed, or somebody has ended the session.
      const present = await store.get(key)
      if (present !== undefined && read(key, present).kind === 'ended') return undefined
      return (await store.compareAndSet(key, present, next, ttlSeconds)) ? next : undefined
    },

    /** Ends it for every request from now on; the browser that has it will be told. */
    async end(idHash: Buffer, signedOut: KeptEnd): Promise<void> {
      const key = keyOf(idHash)
      await store.put(key, mark(key, signedOut), markSeconds)
    },

    /** The same where there is nothing to tell, or it was told. */
    async endSilently(key: string): Promise<void> {
      await store.put(key, mark(key), cacheSeconds)
    },

    /** The same, but for what somebody else wrote there meanwhile. */
    async endFound(key: string, found: string | undefined): Promise<void> {
      await store.compareAndSet(key, found, mark(key), cacheSeconds)
    },
  }
}
