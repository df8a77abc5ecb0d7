import { describe, expect, it, vi } from 'vitest'
import { createGoogleConnection } from '../../provider/connections/google.ts'
import { googleAt, here, openUpstreamClient, useFakeUpstreams, visit } from '../support/upstream-sign-in.ts'

const { google } = useFakeUpstreams()

describe('what an upstream publishes', () => {
  it('is fetched once for all, and by many at the same time', async () => {
    const { signIn } = openUpstreamClient()
    const { discovery, keys } = { ...google.requests }
    await Promise.all(Array.from({ length: 5 }, () => signIn(googleAt(google))))
    await signIn(googleAt(google))
    expect(google.requests.discovery - discovery).toBe(1)
    expect(google.requests.keys - keys).toBe(1)
  })

  it('is fetched anew beside a sign-in after ten minutes, and before one after a day', async () => {
    const { signIn, begin, clock, client } = openUpstreamClient()
    const connection = googleAt(google)
    await signIn(connection)
    const before = google.requests.discovery
    clock.advance(601)
    await begin(connection)
    await expect.poll(() => google.requests.discovery).toBe(before + 1)
    await google.stop()
    clock.advance(86_000)
    await begin(connection)
    clock.advance(1_000)
    const late = { redirectUri: `${here}/callback/google`, now: clock.now() }
    expect(await client.begin(connection, late)).toEqual({ kind: 'refused', reason: 'upstream-unavailable' })
    await google.start()
    clock.advance(6)
    expect(await client.begin(connection, late)).toMatchObject({ kind: 'begun' })
  })

  it('is fetched once for all connections that lead to it', async () => {
    const { begin } = openUpstreamClient()
    const before = google.requests.discovery
    for (let number = 0; number < 20; number += 1) {
      await begin(createGoogleConnection({ clientId: `app-${number}`, secret: 'x', issuer: google.issuer }))
    }
    expect(google.requests.discovery - before).toBe(1)
  })

  it('may change its keys: one look decides, and no more than one in thirty seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    try {
      const { signIn } = openUpstreamClient()
      const connection = googleAt(google)
      await expect(signIn(connection)).resolves.toMatchObject({ kind: 'account' })
      const before = google.requests.keys
      await google.rotateKeys()
      // somebody who makes up keys makes us look no more often
      await expect(signIn(connection)).resolves.toEqual({ kind: 'refused', reason: 'keys-unknown' })
      expect(google.requests.keys).toBe(before)
      vi.setSystemTime(Date.now() + 31_000)
      await expect(signIn(connection)).resolves.toMatchObject({ kind: 'account' })
      expect(google.requests.keys).toBe(before + 1)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is looked at by the doctor', async () => {
    const { client } = openUpstreamClient()
    await expect(client.examine(googleAt(google))).resolves.toEqual({ kind: 'ready' })
    google.behave.keys = (_request, response) => response.end('{"keys":[]}')
    await expect(openUpstreamClient().client.examine(googleAt(google))).resolves.toEqual({
      kind: 'refused',
      reason: 'keys-unknown',
    })
    google.behave.keys = (_request, response) => response.writeHead(404).end()
    await expect(openUpstreamClient().client.examine(googleAt(google))).resolves.toMatchObject({
      reason: 'upstream-misconfigured',
    })
  })
})

describe('an upstream that is down', () => {
  it('is told as that, soon, and is asked no more than once in five seconds', async () => {
    const { client, clock } = openUpstreamClient()
    const options = { redirectUri: `${here}/callback/google`, now: clock.now() }
    const refused = { kind: 'refused', reason: 'upstream-unavailable' }
    google.behave.discovery = (_request, response) => response.writeHead(503).end()
    const before = google.requests.discovery
    for (let count = 0; count < 10; count += 1) expect(await client.begin(googleAt(google), options)).toEqual(refused)
    expect(google.requests.discovery).toBe(before + 1)
    google.behaveWell()
    clock.advance(6)
    expect(await client.begin(googleAt(google), options)).toMatchObject({ kind: 'begun' })
  })

  it('at the second half too', async () => {
    const upstream = openUpstreamClient()
    const begun = await upstream.begin(googleAt(google))
    const answer = await visit(begun)
    await google.stop()
    await expect(upstream.finish(googleAt(google), begun, answer)).resolves.toEqual({
      kind: 'refused',
      reason: 'upstream-unavailable',
    })
    expect(upstream.log.join()).toContain('ECONNREFUSED')
    await google.start()
  })

  it('is not asked where it may not be called', async () => {
    const { client, clock } = openUpstreamClient({ allowLoopbackHttp: false })
    const options = { redirectUri: `${here}/callback/google`, now: clock.now() }
    expect(await client.begin(googleAt(google), options)).toEqual({ kind: 'refused', reason: 'upstream-misconfigured' })
  })
})
