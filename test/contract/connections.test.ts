import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { refusalReasons } from '../../provider/connections/connection.ts'
import { createGoogleConnection } from '../../provider/connections/google.ts'
import { googleAt, here, microsoftAt, openUpstreamClient, tenant, visit } from '../support/upstream-sign-in.ts'
import { type FakeUpstream, startFakeGoogle, startFakeMicrosoft } from '../support/upstreams.ts'

let google: FakeUpstream
let microsoft: FakeUpstream

beforeAll(async () => {
  google = await startFakeGoogle(`${here}/callback/google`)
  microsoft = await startFakeMicrosoft(`${here}/callback/microsoft`)
})

beforeEach(async () => {
  await google.start()
  google.behaveWell()
  microsoft.behaveWell()
  google.person = { sub: 'ada', email: 'ada@gmail.com', email_verified: true, name: 'Ada Example' }
  microsoft.person = {
    sub: 'ada',
    tid: tenant,
    oid: '33333333-3333-4333-8333-333333333333',
    email: 'ada@corp.example',
    xms_edov: true,
  }
})

afterAll(async () => {
  await google.stop()
  await microsoft.stop()
})

describe('a sign-in elsewhere', () => {
  it('asks by code with PKCE, state and nonce, each new every time (RFC 9700 §2.1)', async () => {
    const { begin } = openUpstreamClient()
    const connection = googleAt(google)
    const first = await begin(connection, { loginHint: 'ada@gmail.com', uiLocale: 'fr', prompt: 'select_account' })
    const second = await begin(connection)
    expect(Object.fromEntries(new URL(first.url).searchParams)).toEqual({
      client_id: google.clientId,
      response_type: 'code',
      redirect_uri: `${here}/callback/google`,
      scope: 'openid email profile',
      state: first.kept.state,
      nonce: first.kept.nonce,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      login_hint: 'ada@gmail.com',
      ui_locales: 'fr',
      prompt: 'select_account',
    })
    for (const secret of ['state', 'nonce', 'codeVerifier'] as const) {
      expect(first.kept[secret]).toMatch(/^[\w-]{43}$/)
      expect(first.kept[secret]).not.toBe(second.kept[secret])
    }
    expect(first.url).not.toContain(first.kept.codeVerifier)
    expect(first.url).not.toContain(google.clientSecret)
  })

  it('ends with an account of Google', async () => {
    await expect(openUpstreamClient().signIn(googleAt(google))).resolves.toEqual({
      kind: 'account',
      account: {
        kind: 'upstream',
        connection: 'google',
        issuer: google.origin,
        subject: 'ada',
        address: { value: 'ada@gmail.com', vouched: true },
        name: 'Ada Example',
        pinned: {},
        multiFactor: false,
      },
    })
  })

  it.each([
    ['one organisation', [tenant]],
    ['several', [tenant, 'personal']],
    ['all', undefined],
  ])('ends with an account of Microsoft, where %s may', async (_name, tenants) => {
    // Asked at its own address, one organisation answers under its own name.
    if (tenants?.length === 1) microsoft.publish = document => (document['issuer'] = `${microsoft.origin}/${tenant}/v2.0`)
    await expect(openUpstreamClient().signIn(microsoftAt(microsoft, tenants))).resolves.toMatchObject({
      kind: 'account',
      account: {
        issuer: `${microsoft.origin}/${tenant}/v2.0`,
        pinned: { tid: tenant, oid: '33333333-3333-4333-8333-333333333333' },
        address: { value: 'ada@corp.example', vouched: true },
      },
    })
  })

  it('is about the same person when their address has changed', async () => {
    const { signIn } = openUpstreamClient()
    google.person = { ...google.person, email: 'ada@elsewhere.example' }
    await expect(signIn(googleAt(google))).resolves.toMatchObject({
      account: { subject: 'ada', address: { value: 'ada@elsewhere.example', vouched: false } },
    })
  })

  it('keeps plain data of few bytes', async () => {
    const upstream = openUpstreamClient()
    const begun = await upstream.begin(googleAt(google), { maxAgeSeconds: 300 })
    const text = JSON.stringify(begun.kept)
    expect(Buffer.byteLength(text)).toBeLessThan(500)
    google.person = { ...google.person, auth_time: Math.floor(Date.now() / 1000) }
    const restored = { ...begun, kept: JSON.parse(text) as typeof begun.kept } // what a store does to it
    await expect(upstream.finish(googleAt(google), restored, await visit(begun))).resolves.toMatchObject({ kind: 'account' })
  })

  it.each(['RS256', 'ES256', 'PS256', 'EdDSA'])('takes what is signed with %s', async algorithm => {
    await google.rotateKeys(algorithm)
    await expect(openUpstreamClient().signIn(googleAt(google))).resolves.toMatchObject({ kind: 'account' })
    await google.rotateKeys()
  })

  it('says no to an organisation that is not on the list', async () => {
    const other = 'bbbbbbbb-2222-4222-8222-222222222222'
    await expect(openUpstreamClient().signIn(microsoftAt(microsoft, [other, 'personal']))).resolves.toEqual({
      kind: 'refused',
      reason: 'account-not-allowed',
    })
  })
})

describe('one organisation cannot speak for another', () => {
  const other = 'bbbbbbbb-2222-4222-8222-222222222222'

  it.each<[string, Record<string, unknown>]>([
    ['a tid of another', { tid: other, iss: 'own' }],
    ['an issuer of another', { iss: 'other' }],
    ['no tid', { tid: undefined }],
  ])('%s', async (_name, claims) => {
    const issuers: Record<string, string> = { own: tenant, other }
    microsoft.person = {
      ...microsoft.person,
      iss: `${microsoft.origin}/${issuers[String(claims['iss'])] ?? tenant}/v2.0`,
      ...('tid' in claims ? { tid: claims['tid'] } : {}),
    }
    await expect(openUpstreamClient().signIn(microsoftAt(microsoft))).resolves.toEqual({
      kind: 'refused',
      reason: 'token-unacceptable',
    })
  })

  it('nor can its key, where the upstream says whose it is', async () => {
    const owners = [`${microsoft.origin}/${other}/v2.0`, `${microsoft.origin}/${tenant}/v2.0`, microsoft.issuer]
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...published } = microsoft.key
    const answers: unknown[] = []
    for (const issuer of owners) {
      microsoft.behave.keys = (_request, response) => response.end(JSON.stringify({ keys: [{ ...published, issuer }] }))
      const outcome = await openUpstreamClient().signIn(microsoftAt(microsoft))
      answers.push(outcome.kind === 'refused' ? outcome.reason : outcome.kind)
    }
    expect(answers).toEqual(['token-unacceptable', 'account', 'account'])
  })
})

describe('an answer to something else', () => {
  it.each<[string, (answer: URLSearchParams) => void]>([
    ['another state', answer => answer.set('state', 'x'.repeat(43))],
    ['no state', answer => answer.delete('state')],
    ['two states', answer => answer.append('state', answer.get('state') ?? '')],
    ['two codes', answer => answer.append('code', 'x')],
    ['no code', answer => answer.delete('code')],
    ['another issuer (RFC 9207)', answer => answer.set('iss', 'https://evil.example')],
    ['an issuer that is almost ours', answer => answer.set('iss', `${answer.get('iss')}/`)],
    ['no issuer, although the upstream promised one', answer => answer.delete('iss')],
    ['an error with another state', answer => ['error', 'state'].forEach(name => answer.set(name, 'access_denied'))],
  ])('%s', async (_name, alter) => {
    const upstream = openUpstreamClient()
    const begun = await upstream.begin(googleAt(google))
    const answer = await visit(begun)
    const before = google.requests.token
    alter(answer)
    await expect(upstream.finish(googleAt(google), begun, answer)).resolves.toEqual({ kind: 'refused', reason: 'mix-up' })
    expect(google.requests.token).toBe(before)
  })

  it('begun with one upstream, finished with another', async () => {
    const upstream = openUpstreamClient()
    const [atGoogle, atMicrosoft] = [googleAt(google), microsoftAt(microsoft)]
    const begunAtGoogle = await upstream.begin(atGoogle)
    const begunAtMicrosoft = await upstream.begin(atMicrosoft)
    const refused = { kind: 'refused', reason: 'mix-up' }
    const answer = await visit(begunAtGoogle)
    expect(await upstream.finish(atMicrosoft, begunAtGoogle, answer)).toEqual(refused)
    expect(await upstream.finish(atMicrosoft, begunAtMicrosoft, answer)).toEqual(refused)
    // the same name, by now for another upstream
    expect(await upstream.finish({ ...atMicrosoft, id: 'google' }, begunAtGoogle, answer)).toEqual(refused)
    expect(await upstream.finish(atGoogle, begunAtGoogle, answer, { redirectUri: `${here}/callback/microsoft` })).toEqual(refused)
    expect(await upstream.finish(atGoogle, begunAtGoogle, answer)).toMatchObject({ kind: 'account' })
  })

  it('a code that somebody else was given (RFC 7636 §1)', async () => {
    const upstream = openUpstreamClient()
    const [mine, theirs] = [await upstream.begin(googleAt(google)), await upstream.begin(googleAt(google))]
    const answer = await visit(mine)
    answer.set('code', (await visit(theirs)).get('code') ?? '')
    await expect(upstream.finish(googleAt(google), mine, answer)).resolves.toEqual({ kind: 'refused', reason: 'expired' })
  })

  it('one that was used before', async () => {
    const upstream = openUpstreamClient()
    const begun = await upstream.begin(googleAt(google))
    const answer = await visit(begun)
    await expect(upstream.finish(googleAt(google), begun, answer)).resolves.toMatchObject({ kind: 'account' })
    await expect(upstream.finish(googleAt(google), begun, answer)).resolves.toEqual({ kind: 'refused', reason: 'expired' })
  })

  it('one that took longer than ten minutes', async () => {
    const upstream = openUpstreamClient()
    const begun = await upstream.begin(googleAt(google))
    const answer = await visit(begun)
    const late = (seconds: number) => ({ now: new Date((begun.kept.begunAt + seconds) * 1000) })
    await expect(upstream.finish(googleAt(google), begun, answer, late(601))).resolves.toEqual({
      kind: 'refused',
      reason: 'expired',
    })
    // A token of ten minutes ago, as far as this clock goes: still good.
    await expect(upstream.finish(googleAt(google), begun, answer, late(599))).resolves.toMatchObject({ kind: 'account' })
  })
})

describe('a refusal over there', () => {
  it('is told from failures', async () => {
    google.consent = 'refuse'
    await expect(openUpstreamClient().signIn(googleAt(google))).resolves.toEqual({ kind: 'refused', reason: 'consent-refused' })
  })

  it.each([
    ['access_denied', 'consent-refused'],
    ['consent_required', 'consent-refused'],
    ['interaction_required', 'consent-refused'],
    ['temporarily_unavailable', 'upstream-unavailable'],
    ['server_error', 'upstream-unavailable'],
    ['unauthorized_client', 'upstream-misconfigured'],
    ['invalid_scope', 'upstream-misconfigured'],
    ['<script>', 'upstream-misconfigured'],
  ])('%s: %s', async (error, reason) => {
    const upstream = openUpstreamClient()
    const begun = await upstream.begin(googleAt(google))
    const answer = new URLSearchParams({ error, state: begun.kept.state, iss: google.issuer, error_description: 'hunter2' })
    await expect(upstream.finish(googleAt(google), begun, answer)).resolves.toEqual({ kind: 'refused', reason })
    expect(refusalReasons).toContain(reason)
    expect(upstream.log.join()).not.toContain('hunter2')
  })
})

describe('a fresh sign-in over there', () => {
  const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds

  it.each<[string, unknown, string]>([
    ['is shown', () => secondsAgo(200), 'account'],
    ['is too old', () => secondsAgo(400), 'sign-in-too-old'],
    ['is not shown', () => undefined, 'sign-in-too-old'],
    ['is shown in words', () => 'just now', 'token-unacceptable'],
  ])('%s', async (_name, time, expected) => {
    google.person = { ...google.person, auth_time: (time as () => unknown)() }
    const outcome = await openUpstreamClient().signIn(googleAt(google), { maxAgeSeconds: 300 })
    expect(outcome.kind === 'refused' ? outcome.reason : outcome.kind).toBe(expected)
    expect(google.asked.at(-1)?.get('max_age')).toBe('300')
  })
})

describe('clocks', () => {
  it.each<[string, number, string]>([
    ['ahead by less than a minute', 55, 'account'],
    ['ahead by 90 seconds', 90, 'clock-off'],
    ['behind by 90 seconds', -90, 'account'],
    ['behind by more than its tokens live', -700, 'clock-off'],
  ])('theirs is %s', async (_name, offset, expected) => {
    google.clockOffsetSeconds = offset
    const outcome = await openUpstreamClient().signIn(googleAt(google))
    expect(outcome.kind === 'refused' ? outcome.reason : outcome.kind).toBe(expected)
  })
})

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
    await google.start()
  })

  it('is not asked where it may not be called', async () => {
    const { client, clock } = openUpstreamClient({ allowLoopbackHttp: false })
    const options = { redirectUri: `${here}/callback/google`, now: clock.now() }
    expect(await client.begin(googleAt(google), options)).toEqual({ kind: 'refused', reason: 'upstream-misconfigured' })
  })
})
