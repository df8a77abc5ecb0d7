import { createRemoteJWKSet, customFetch as josesFetch } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Clock } from '../kernel/clock.ts'
import { isLoopbackHost } from '../kernel/loopback.ts'
import type { Egress } from '../ports/egress.ts'
import { isOnThisMachine, type PublishedDocument, readDocument } from './configuration.ts'
import type { Connection } from './connection.ts'
import { reasonOfStatus, toUpstreamFailure, UpstreamFailure } from './failure.ts'

/*
 * What upstreams publish about themselves, their discovery document and their keys, kept so that a sign-in doesn't wait for it.
 * Used later than ten minutes after it was fetched, it is fetched anew beside the sign-in; later than a day, before it. Failures are
 * remembered for five seconds, so that a crowd before an upstream that is down doesn't all wait for it.
 */
const freshSeconds = 600
const usableSeconds = 86_400
const failureSeconds = 5
/** About 10 KB each. */
const maximumUpstreams = 1_000
/** A token may name a key that appeared since; no more often than this is that worth a look. */
const keyCooldownSeconds = 30

/** What signs an ID token. Never `none`, never a MAC: a public key would be its secret. */
export const signingAlgorithms = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const

export type UpstreamKeys = ReturnType<typeof createRemoteJWKSet>

export interface Published {
  document: PublishedDocument
  keys: UpstreamKeys
}

export interface Discovery {
  /** Rejects with UpstreamFailure. */
  find(connection: Connection): Promise<Published>
}

interface Entry {
  fetchedAt: number
  published: Published | UpstreamFailure
}

export function createDiscovery({ egress, clock }: { egress: Egress; clock: Clock }): Discovery {
  const entries = new LRUCache<string, Entry>({ max: maximumUpstreams })
  const underWay = new Map<string, Promise<Entry>>()

  /** Those who ask at the same time share one request. */
  function renew(name: string, connection: Connection, known: Published | undefined): Promise<Entry> {
    const shared = underWay.get(name)
    if (shared) return shared
    const startedAt = clock().getTime()
    const started = fetchPublished(egress, connection, known)
      .then(published => ({ fetchedAt: startedAt, published }))
      .catch((error: unknown): Entry => ({ fetchedAt: clock().getTime(), published: toUpstreamFailure(error) }))
      .then(entry => {
        const held = entries.get(name)
        // What is known outlives an upstream that is down for a while.
        if (!(entry.published instanceof Error) || held === undefined || !isUsable(held, clock)) entries.set(name, entry)
        return entry
      })
      .finally(() => underWay.delete(name))
    underWay.set(name, started)
    return started
  }

  return {
    async find(connection) {
      const name = `${connection.issuer} ${connection.authority}`
      const held = entries.get(name)
      const usable = held !== undefined && isUsable(held, clock)
      const known = held === undefined || held.published instanceof Error ? undefined : held.published
      // Where this fails, what is held serves on.
      if (usable && known && ageOf(held, clock) > freshSeconds) renew(name, connection, known).catch(() => {})
      const { published } = usable ? held : await renew(name, connection, known)
      if (published instanceof Error) throw published
      return published
    },
  }
}

function isUsable(entry: Entry, clock: Clock): boolean {
  const age = ageOf(entry, clock)
  return age >= 0 && age < (entry.published instanceof Error ? failureSeconds : usableSeconds)
}

function ageOf({ fetchedAt }: Entry, clock: Clock): number {
  return (clock().getTime() - fetchedAt) / 1000
}

async function fetchPublished(egress: Egress, connection: Connection, known: Published | undefined): Promise<Published> {
  const address = `${connection.authority}/.well-known/openid-configuration`
  const response = await egress.fetch(address, { headers: { accept: 'application/json' } })
  const metadata = await readDocument(connection, response).catch((error: unknown) => {
    const { reason, message } = toUpstreamFailure(error)
    // There is no token yet: what is not acceptable is the document.
    throw reason === 'token-unacceptable' ? misconfigured(message) : new UpstreamFailure(reason, message)
  })
  const document = checkDocument(connection, metadata)

  const keysAddress = new URL(document.jwks_uri)
  const keys = known?.document.jwks_uri === document.jwks_uri ? known.keys : openKeys(egress, keysAddress)
  // The keys are wanted in a moment. Where they cannot be had, whoever verifies a token is told.
  keys.reload().catch(() => {})
  return { document, keys }
}

function openKeys(egress: Egress, address: URL): UpstreamKeys {
  return createRemoteJWKSet(address, {
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: keyCooldownSeconds * 1000,
    [josesFetch]: async (url, init) => {
      const response = await egress.fetch(url, init)
      if (response.status !== 200) {
        throw new UpstreamFailure(reasonOfStatus(response.status), `The keys are answered with status ${response.status}.`)
      }
      return response
    },
  })
}

/** OpenID Connect Discovery 1.0 §4.3, and what a sign-in takes. Answers what the library may see of the document. */
function checkDocument(connection: Connection, metadata: Readonly<Record<string, unknown>>): PublishedDocument {
  const { issuer, authorization_endpoint, token_endpoint, jwks_uri, id_token_signing_alg_values_supported = ['RS256'] } = metadata
  // To the letter, because a token's `iss` will be compared that way.
  if (issuer !== connection.issuer) throw misconfigured('The discovery document is of another issuer.')
  const plain = isOnThisMachine(connection)
  if (![authorization_endpoint, token_endpoint, jwks_uri].every(address => isEndpoint(address, plain))) {
    throw misconfigured('The discovery document lacks an endpoint, or has one that cannot be used.')
  }
  const published: readonly unknown[] = Array.isArray(id_token_signing_alg_values_supported)
    ? id_token_signing_alg_values_supported
    : []
  const algorithms = signingAlgorithms.filter(algorithm => published.includes(algorithm))
  if (algorithms.length === 0) throw misconfigured('The upstream signs with no algorithm that is taken here.')
  // Each was seen to be an address.
  return { ...metadata, id_token_signing_alg_values_supported: algorithms } as unknown as PublishedDocument
}

function isEndpoint(address: unknown, plain: boolean): boolean {
  if (typeof address !== 'string' || !URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === 'https:' || (plain && protocol === 'http:' && isLoopbackHost(hostname))
}

function misconfigured(message: string): UpstreamFailure {
  return new UpstreamFailure('upstream-misconfigured', message)
}
