import { describe, expect, it } from 'vitest'
import { googleAt, here, microsoftAt, openUpstreamClient, useFakeUpstreams, visit } from '../support/upstream-sign-in.ts'

const { google, microsoft } = useFakeUpstreams()

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
    const withoutIssuer = new URLSearchParams([...answer].filter(([name]) => name !== 'iss'))
    expect(await upstream.finish({ ...atMicrosoft, id: 'google' }, begunAtGoogle, withoutIssuer)).toEqual(refused)
    // another name for the same upstream
    const sameAddress = { redirectUri: begunAtGoogle.kept.redirectUri }
    expect(await upstream.finish({ ...atGoogle, id: 'another' }, begunAtGoogle, answer, sameAddress)).toEqual(refused)
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
    expect(upstream.log.join()).not.toContain('hunter2')
  })
})
