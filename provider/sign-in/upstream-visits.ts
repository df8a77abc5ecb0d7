import { z } from 'zod'
import { type Begun, type BeginOptions, type Finished, keptSeconds, type UpstreamClient } from '../connections/client.ts'
import { type Connection, redirectUriOf, type Refused, type RefusalReason, refusalReasons } from '../connections/connection.ts'
import type { Answer } from '../http/answer.ts'
import type { Context } from '../http/context.ts'
import type { Clock } from '../kernel/clock.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { FieldCipher } from '../ports/field-cipher.ts'
import type { Store } from '../ports/store.ts'

/** What somebody went to an upstream for. */
const errand = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sign-in'), uid: z.string(), attemptId: z.string() }),
  z.object({ kind: z.literal('link'), userId: z.string(), sessionUid: z.string() }),
])

export type Errand = z.infer<typeof errand>

/** Takes the answer for which a signed-in person went to an upstream. */
export type ReceiveLink = (
  ctx: Context,
  connection: Connection,
  errand: Extract<Errand, { kind: 'link' }>,
  answer: Finished | Refused,
) => Promise<Answer>

const visit = z.object({
  errand,
  /** The hash of the browser that left. */
  browser: z.string(),
  kept: z.object({
    connection: z.string(),
    issuer: z.string(),
    redirectUri: z.string(),
    state: z.string(),
    nonce: z.string(),
    codeVerifier: z.string(),
    begunAt: z.number(),
    maxAgeSeconds: z.number().exactOptional(),
  }),
})

export type Visit = z.infer<typeof visit>

const refusal = z.enum(refusalReasons)
/** Longer than an answer is taken, so that whoever comes back too late is told so, and by the sign-in that they began. */
const lifetimeSeconds = 2 * keptSeconds

export type Departure =
  | Refused
  /** `keep` has to be done before the browser is sent to `url`. */
  | { kind: 'begun'; url: string; keep(errand: Errand, browser: Buffer): Promise<void> }

export type UpstreamVisits = ReturnType<typeof createUpstreamVisits>

/**
 * Who is at an upstream just now, and for what. What has to be known at their return is kept sealed, found by a hash of `state`, and
 * bound to connection, browser and errand; it is taken away at its first use.
 */
export function createUpstreamVisits({
  client,
  store,
  cipher,
  clock,
  issuer,
}: {
  client: UpstreamClient
  store: Store
  cipher: FieldCipher
  clock: Clock
  issuer: string
}) {
  const rowOf = (state: string) => hashSecret(state).toString('base64url')
  const keyFor = (row: string) => `upstream-visit:${row}`
  const refusalKeyFor = (attemptId: string) => `upstream-refusal:${attemptId}`
  const contextOf = (row: string) => ({ table: 'upstream-visits', column: 'visit', row })
  const read = (row: string, sealed: string | undefined): Visit | undefined =>
    sealed === undefined
      ? undefined
      : visit.parse(JSON.parse(cipher.installation.open(contextOf(row), Buffer.from(sealed, 'base64url'))))

  async function keep({ kept }: Begun, what: Errand, browser: Buffer): Promise<void> {
    const row = rowOf(kept.state)
    const value: Visit = { errand: what, browser: browser.toString('base64url'), kept }
    const sealed = cipher.installation.seal(contextOf(row), JSON.stringify(value)).toString('base64url')
    await store.put(keyFor(row), sealed, lifetimeSeconds)
  }

  return {
    /** Gets ready to send somebody there. May ask the upstream for what it publishes: not within a transaction. */
    async depart(connection: Connection, wishes: Omit<BeginOptions, 'redirectUri' | 'now'>): Promise<Departure> {
      const options = { ...wishes, redirectUri: redirectUriOf(issuer, connection), now: clock() }
      const begun = await client.begin(connection, options)
      if (begun.kind === 'refused') return begun
      return { kind: 'begun', url: begun.url, keep: (what, browser) => keep(begun, what, browser) }
    },

    /**
     * The visit that an answer belongs to, taken away so that no other answer belongs to it. An answer in another browser, or at another
     * connection's address, takes nothing: the right one may still come.
     */
    async take(connection: Connection, parameters: URLSearchParams, browser: Buffer): Promise<Visit | Refused> {
      const [state, ...others] = parameters.getAll('state')
      if (state === undefined || others.length > 0) return { kind: 'refused', reason: 'mix-up' }
      const row = rowOf(state)
      const found = read(row, await store.get(keyFor(row)))
      if (found === undefined) return { kind: 'refused', reason: 'expired' }
      const isHere = found.browser === browser.toString('base64url')
      if (!isHere || found.kept.connection !== connection.id) return { kind: 'refused', reason: 'mix-up' }
      // Of two answers at once, one.
      return read(row, await store.take(keyFor(row))) ?? { kind: 'refused', reason: 'expired' }
    },

    /** Whom the upstream says that it is. Asks the upstream: not within a transaction. */
    finish(connection: Connection, { kept }: Visit, callbackParameters: URLSearchParams): Promise<Finished | Refused> {
      const redirectUri = redirectUriOf(issuer, connection)
      return client.finish(connection, { callbackParameters, kept, redirectUri, now: clock() })
    },

    /** Has the sign-in's page say why it went no further; undefined: nothing of the kind any more. */
    async rememberRefusal(attemptId: string, reason: RefusalReason | undefined): Promise<void> {
      if (reason === undefined) await store.delete(refusalKeyFor(attemptId))
      else await store.put(refusalKeyFor(attemptId), reason, lifetimeSeconds)
    },

    async findRefusal(attemptId: string): Promise<RefusalReason | undefined> {
      return refusal.safeParse(await store.get(refusalKeyFor(attemptId))).data
    },
  }
}
