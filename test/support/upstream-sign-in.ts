import { afterAll, beforeEach, expect } from 'vitest'
import { createEgress, type EgressOptions } from '../../adapters/egress/egress.ts'
import { createTelemetry } from '../../adapters/telemetry/telemetry.ts'
import {
  type BeginOptions,
  type Begun,
  createUpstreamClient,
  type Finished,
  type FinishOptions,
} from '../../provider/connections/client.ts'
import { type Connection, redirectUriOf, type Refused } from '../../provider/connections/connection.ts'
import { createGoogleConnection } from '../../provider/connections/google.ts'
import { createMicrosoftConnection } from '../../provider/connections/microsoft.ts'
import { Agent } from './agent.ts'
import type { TestClock } from './latchkey.ts'
import { FakeUpstream, microsoftIssuer } from './upstreams.ts'

export const here = 'http://localhost:3000'
export const tenant = 'aaaaaaaa-1111-4111-8111-111111111111'
export const objectId = '33333333-3333-4333-8333-333333333333'

export function googleAt({ issuer, clientId, clientSecret }: FakeUpstream): Connection {
  return createGoogleConnection({ clientId, secret: clientSecret, issuer })
}

export function microsoftAt({ issuer, clientId, clientSecret }: FakeUpstream, tenants?: string[]): Connection {
  return createMicrosoftConnection({ clientId, secret: clientSecret, issuer, tenants })
}

/** What Latchkey has towards upstreams, with an egress that loses patience sooner. */
export function openUpstreamClient(options: Partial<EgressOptions> = {}) {
  let offsetMilliseconds = 0
  const clock: TestClock = {
    now: () => new Date(Date.now() + offsetMilliseconds),
    advance: seconds => {
      offsetMilliseconds += seconds * 1000
    },
  }
  const log: string[] = []
  const client = createUpstreamClient({
    egress: createEgress({ allowedPrivateRanges: [], allowLoopbackHttp: true, timeLimitMilliseconds: 2_000, ...options }),
    telemetry: createTelemetry({ level: 'debug', destination: { write: line => void log.push(line) } }),
    clock: clock.now,
  })

  async function begin(connection: Connection, more: Partial<BeginOptions> = {}): Promise<Begun> {
    const begun = await client.begin(connection, { redirectUri: redirectUriOf(here, connection), now: clock.now(), ...more })
    if (begun.kind === 'refused') throw new Error(`The sign-in did not begin: ${begun.reason}`)
    return begun
  }

  function finish(
    connection: Connection,
    { kept }: Begun,
    callbackParameters: URLSearchParams,
    more: Partial<FinishOptions> = {},
  ): Promise<Finished | Refused> {
    const redirectUri = redirectUriOf(here, connection)
    return client.finish(connection, { callbackParameters, kept, redirectUri, now: clock.now(), ...more })
  }

  /** There and back again. */
  async function signIn(connection: Connection, more: Partial<BeginOptions> = {}): Promise<Finished | Refused> {
    const begun = await begin(connection, more)
    return finish(connection, begun, await visit(begun))
  }

  return { client, clock, log, begin, finish, signIn }
}

/** A browser at the upstream; answers what it comes back with. */
export async function visit({ url }: Pick<Begun, 'url'>): Promise<URLSearchParams> {
  const browser = new Agent()
  try {
    const { status, location } = await browser.follow(await browser.get(url))
    if (location === undefined) throw new Error(`The upstream sends nobody back: ${status}`)
    return new URL(location).searchParams
  } finally {
    browser.close()
  }
}

/** A Google and a Microsoft for a file of tests, each of them well and with Ada before every test. */
export function useFakeUpstreams(): { google: FakeUpstream; microsoft: FakeUpstream } {
  const google = new FakeUpstream({ redirectUri: `${here}/callback/google` })
  const microsoft = new FakeUpstream({ redirectUri: `${here}/callback/microsoft`, issuer: microsoftIssuer })

  beforeEach(async () => {
    for (const upstream of [google, microsoft]) {
      await upstream.start()
      upstream.behaveWell()
    }
    google.person = { sub: 'ada', email: 'ada@gmail.com', email_verified: true, name: 'Ada Example' }
    microsoft.person = { sub: 'ada', tid: tenant, oid: objectId, email: 'ada@corp.example', xms_edov: true }
  })

  afterAll(async () => {
    await google.stop()
    await microsoft.stop()
  })

  return { google, microsoft }
}

export async function outcomeOf(signIn: Promise<Finished | Refused>): Promise<string> {
  const outcome = await signIn
  return outcome.kind === 'refused' ? outcome.reason : outcome.kind
}

/** Whatever went wrong, the log says so without a word of what was sent. */
export function expectNothingTold(log: readonly string[], { clientSecret }: FakeUpstream): void {
  expect(log.length).toBeGreaterThan(0)
  for (const secret of ['ada@', 'eyJ', clientSecret]) expect(log.join()).not.toContain(secret)
}
