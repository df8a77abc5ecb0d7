import { createRemoteJWKSet } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RefusalReason } from '../../provider/connections/connection.ts'
import { verifyIdToken } from '../../provider/connections/id-token.ts'
import { leaveUnsigned, makeKey, signToken, signWithPublicKey, type SignedParts } from '../support/forged-tokens.ts'
import { expectNothingTold, googleAt, openUpstreamClient, outcomeOf, useFakeUpstreams } from '../support/upstream-sign-in.ts'

const { google } = useFakeUpstreams()
let upstream: ReturnType<typeof openUpstreamClient>

beforeEach(() => {
  upstream = openUpstreamClient({ timeLimitMilliseconds: 1_000 })
})

const now = () => Math.floor(Date.now() / 1000)

/** Signs other claims with the right key. */
function claiming(change: (claims: Record<string, unknown>) => Record<string, unknown>) {
  return (parts: SignedParts) => signToken({ ...parts, claims: { ...parts.claims, ...change(parts.claims) } })
}

/** Signs the same claims under another header. */
function heading(header: Record<string, unknown>) {
  return (parts: SignedParts) => signToken({ ...parts, header: { ...parts.header, ...header } })
}

it('in its right mind it is believed', async () => {
  expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe('account')
})

describe('the claims of an ID token (OpenID Connect Core §3.1.3.7)', () => {
  it.each(['iss', 'sub', 'aud', 'exp', 'iat', 'nonce'])('without %s', async name => {
    google.forge = claiming(() => ({ [name]: undefined }))
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe('token-unacceptable')
    expectNothingTold(upstream.log, google)
  })

  const ours = 'latchkey-over-there'
  it.each<[string, (claims: Record<string, unknown>) => Record<string, unknown>, RefusalReason | 'account']>([
    ['another issuer', () => ({ iss: 'https://evil.example' }), 'token-unacceptable'],
    ['an issuer that is almost right', ({ iss }) => ({ iss: `${String(iss)}/` }), 'token-unacceptable'],
    ['a list of issuers', ({ iss }) => ({ iss: [iss] }), 'token-unacceptable'],
    ['another audience', () => ({ aud: 'somebody-else' }), 'token-unacceptable'],
    ['no audience in the list', () => ({ aud: [] }), 'token-unacceptable'],
    ['two audiences, and none authorized', () => ({ aud: [ours, 'somebody-else'] }), 'token-unacceptable'],
    ['two audiences, the other authorized', () => ({ aud: [ours, 'x'], azp: 'x' }), 'token-unacceptable'],
    ['our audience, another authorized', () => ({ azp: 'somebody-else' }), 'token-unacceptable'],
    ['our audience, ours authorized', () => ({ azp: ours }), 'account'],
    ['another nonce', () => ({ nonce: 'x'.repeat(43) }), 'token-unacceptable'],
    ['an empty nonce', () => ({ nonce: '' }), 'token-unacceptable'],
    ['an expiry as text', ({ exp }) => ({ exp: String(exp) }), 'token-unacceptable'],
    ['an issue time as text', ({ iat }) => ({ iat: String(iat) }), 'token-unacceptable'],
    ['a subject that is a number', () => ({ sub: 7 }), 'token-unacceptable'],
    ['an empty subject', () => ({ sub: '' }), 'token-unacceptable'],
    ['an expiry 59 seconds ago', () => ({ exp: now() - 55 }), 'account'],
    ['an expiry 61 seconds ago', () => ({ exp: now() - 61 }), 'clock-off'],
    ['an issue time in 90 seconds', () => ({ iat: now() + 90 }), 'clock-off'],
    ['a beginning in 90 seconds', () => ({ nbf: now() + 90 }), 'clock-off'],
  ])('%s', async (_name, change, expected) => {
    google.forge = claiming(change)
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe(expected)
    if (expected !== 'account') expectNothingTold(upstream.log, google)
  })

  it('those of another attempt', async () => {
    const tokens: string[] = []
    google.forge = async parts => {
      tokens.push(await signToken(parts))
      return tokens[0] ?? ''
    }
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe('account')
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe('token-unacceptable')
  })
})

describe('the signature of an ID token (RFC 8725)', () => {
  it.each<[string, (parts: SignedParts) => string | Promise<string>, RefusalReason]>([
    ['none', parts => leaveUnsigned(parts), 'token-unacceptable'],
    ['None', parts => leaveUnsigned(parts, 'None'), 'token-unacceptable'],
    ['none, under the name of one', parts => leaveUnsigned(parts, 'RS256'), 'token-unacceptable'],
    ['a MAC with the public key as its secret', signWithPublicKey, 'token-unacceptable'],
    ['an algorithm that is not on the list', heading({ alg: 'RS512' }), 'token-unacceptable'],
    ['an algorithm that the upstream does not publish', heading({ alg: 'PS256' }), 'token-unacceptable'],
    ['a key that is published under another name', heading({ kid: 'another' }), 'keys-unknown'],
    ['a name of no kind', heading({ kid: 7 }), 'keys-unknown'],
    ['a type of token that is for something else', heading({ typ: 'at+jwt' }), 'token-unacceptable'],
    ['a header that must be understood', heading({ crit: ['x'], x: true }), 'token-unacceptable'],
    [
      'a foreign key under the right name',
      async parts => signToken({ ...parts, key: await makeKey('RS256') }),
      'token-unacceptable',
    ],
    [
      'a foreign key that comes along',
      async ({ header, ...parts }) => {
        const key = await makeKey('RS256')
        const { n, e, kty } = key
        return signToken({ ...parts, key, header: { ...header, jwk: { n: String(n), e: String(e), kty: String(kty) } } })
      },
      'token-unacceptable',
    ],
    [
      'a foreign key that is to be fetched',
      async ({ header, ...parts }) => {
        const key = await makeKey('RS256')
        return signToken({ ...parts, key, header: { ...header, jku: `${google.origin}/evil`, x5u: `${google.origin}/evil` } })
      },
      'token-unacceptable',
    ],
    ['another payload', async parts => changePart(await signToken(parts), 1), 'token-unacceptable'],
    ['another signature', async parts => changePart(await signToken(parts), 2), 'token-unacceptable'],
    ['five parts', async parts => `${await signToken(parts)}.a.b`, 'token-unacceptable'],
    ['two parts', async parts => (await signToken(parts)).replace(/\.[^.]*$/, ''), 'token-unacceptable'],
    ['no token', () => '', 'token-unacceptable'],
    ['no words', () => '{}', 'token-unacceptable'],
    [
      'a payload that is a list',
      parts => signToken({ ...parts, claims: [] as unknown as SignedParts['claims'] }),
      'token-unacceptable',
    ],
  ])('%s', async (_name, forge, expected) => {
    google.forge = forge
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe(expected)
    expectNothingTold(upstream.log, google)
  })

  it('an algorithm that is not on the list, whatever openid-client let through', async () => {
    const parts = { header: { alg: 'RS512' }, claims: { iat: now() }, key: google.key }
    const checks = { now: new Date(), issuer: undefined, maxAgeSeconds: undefined }
    const keys = createRemoteJWKSet(new URL(`${google.origin}/jwks`))
    await expect(verifyIdToken(await signToken(parts), googleAt(google), { keys, ...checks })).rejects.toMatchObject({
      code: 'ERR_JOSE_ALG_NOT_ALLOWED',
    })
  })

  it('no name of a key, where there is only one to choose', async () => {
    google.forge = ({ header: { kid: _kid, ...header }, ...parts }) => signToken({ ...parts, header })
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe('account')
  })
})

/** The same payload with another person in it, or a signature with another byte in the middle. */
function changePart(token: string, index: number): string {
  const parts = token.split('.')
  const bytes = Buffer.from(parts[index] ?? '', 'base64url')
  const changed = index === 1 ? Buffer.from(bytes.toString().replace('"ada"', '"eve"')) : bytes
  if (index === 2) changed.writeUInt8((changed.readUInt8(100) + 1) % 256, 100)
  parts[index] = changed.toString('base64url')
  return parts.join('.')
}
