import { describe, expect, it } from 'vitest'
import {
  googleAt,
  here,
  microsoftAt,
  objectId,
  openUpstreamClient,
  tenant,
  useFakeUpstreams,
  visit,
} from '../support/upstream-sign-in.ts'

const { google, microsoft } = useFakeUpstreams()

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
        pinned: { tid: tenant, oid: objectId },
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
