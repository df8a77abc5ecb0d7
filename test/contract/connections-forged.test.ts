import type { RequestListener } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RefusalReason } from '../../provider/connections/connection.ts'
import { leaveUnsigned, makeKey, signToken, signWithPublicKey, type SignedParts } from '../support/forged-tokens.ts'
import { googleAt, here, openUpstreamClient, visit } from '../support/upstream-sign-in.ts'
import { type FakeUpstream, startFakeGoogle } from '../support/upstreams.ts'

let google: FakeUpstream
let upstream: ReturnType<typeof openUpstreamClient>

beforeAll(async () => {
  google = await startFakeGoogle(`${here}/callback/google`)
})

beforeEach(() => {
  google.behaveWell()
  google.person = { sub: 'ada', email: 'ada@gmail.com', email_verified: true }
  upstream = openUpstreamClient({ timeLimitMilliseconds: 1_000 })
})

afterAll(() => google.stop())

async function outcomeOf(signIn: ReturnType<typeof upstream.signIn>): Promise<string> {
  const outcome = await signIn
  return outcome.kind === 'refused' ? outcome.reason : outcome.kind
}

/** Whatever went wrong, the log says so without a word of what was sent. */
function expectNothingTold(): void {
  expect(upstream.log.length).toBeGreaterThan(0)
  for (const secret of ['ada@', 'eyJ', google.clientSecret]) expect(upstream.log.join()).not.toContain(secret)
}

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
    expectNothingTold()
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
    if (expected !== 'account') expectNothingTold()
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
    expectNothingTold()
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

const html: RequestListener = (_request, response) =>
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>ada@gmail.com</title>')
const answer =
  (status: number, body: unknown = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const drip: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => response.write(' '), 20)
  response.on('close', () => clearInterval(timer))
}
const endless: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  const write = (): void => {
    if (!response.destroyed && response.write(Buffer.alloc(16_384, ' '))) setImmediate(write)
  }
  response.on('drain', write)
  write()
}
const elsewhere: RequestListener = (_request, response) =>
  response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
const hangUp: RequestListener = (_request, response) => response.socket?.destroy()

const everywhere: Array<[string, RequestListener, RefusalReason]> = [
  ['HTML', html, 'upstream-misconfigured'],
  ['404', answer(404), 'upstream-misconfigured'],
  ['429', answer(429), 'upstream-unavailable'],
  ['503', answer(503), 'upstream-unavailable'],
  ['a redirect', elsewhere, 'upstream-misconfigured'],
  ['a byte at a time', drip, 'upstream-unavailable'],
  ['without end', endless, 'upstream-unavailable'],
  ['nothing', hangUp, 'upstream-unavailable'],
]

describe('an upstream that answers', () => {
  const endpoints = ['discovery', 'keys', 'token'] as const
  it.each(endpoints.flatMap(endpoint => everywhere.map(([name, ...rest]) => [endpoint, name, ...rest] as const)))(
    'at %s, %s',
    async (endpoint, _name, behaviour, expected) => {
      google.behave = { [endpoint]: behaviour }
      const begun = await upstream.client.begin(googleAt(google), {
        redirectUri: `${here}/callback/google`,
        now: upstream.clock.now(),
      })
      if (endpoint === 'discovery') expect(begun).toEqual({ kind: 'refused', reason: expected })
      else if (begun.kind === 'refused') throw new Error(begun.reason)
      else expect(await outcomeOf(upstream.finish(googleAt(google), begun, await visit(begun)))).toBe(expected)
      expectNothingTold()
    },
  )

  it.each<[string, RequestListener, RefusalReason]>([
    ['that the code is no good', answer(400, { error: 'invalid_grant', error_description: 'ada@gmail.com' }), 'expired'],
    ['that our secret is wrong', answer(401, { error: 'invalid_client' }), 'upstream-misconfigured'],
    [
      'that our secret is wrong, with a challenge',
      (_request, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="ada@gmail.com"' }).end(),
      'upstream-misconfigured',
    ],
    ['that it is overloaded', answer(400, { error: 'temporarily_unavailable' }), 'upstream-unavailable'],
    ['with a list', answer(200, []), 'token-unacceptable'],
    ['without an ID token', answer(200, { access_token: 'x', token_type: 'bearer' }), 'token-unacceptable'],
    [
      'with an ID token that is a number',
      answer(200, { access_token: 'x', token_type: 'bearer', id_token: 7 }),
      'token-unacceptable',
    ],
  ])('at token, %s', async (_name, behaviour, expected) => {
    google.behave = { token: behaviour }
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe(expected)
    expectNothingTold()
  })

  it('with our own secret refused', async () => {
    const connection = { ...googleAt(google), secret: 'another-secret-that-was-never-registered' }
    expect(await outcomeOf(upstream.signIn(connection))).toBe('upstream-misconfigured')
  })
})

describe('a discovery document', () => {
  it.each<[string, (document: Record<string, unknown>) => void]>([
    ['of another issuer', document => (document['issuer'] = 'https://evil.example')],
    ['of an issuer that is almost right', document => (document['issuer'] = `${google.origin}/`)],
    ['without an issuer', document => delete document['issuer']],
    ['that is templated for everybody', document => (document['issuer'] = `${google.origin}/{tenantid}`)],
    ['without an authorization endpoint', document => delete document['authorization_endpoint']],
    ['without a token endpoint', document => delete document['token_endpoint']],
    ['without keys', document => delete document['jwks_uri']],
    ['that sends people to a script', document => (document['authorization_endpoint'] = 'javascript:alert(1)')],
    ['that sends people elsewhere in the clear', document => (document['authorization_endpoint'] = 'http://evil.example/')],
    ['with keys in the clear', document => (document['jwks_uri'] = 'http://evil.example/jwks')],
    ['with keys in a file', document => (document['jwks_uri'] = 'file:///etc/passwd')],
    ['with a token endpoint that is no address', document => (document['token_endpoint'] = ['x'])],
    ['with no algorithm of ours', document => (document['id_token_signing_alg_values_supported'] = ['none', 'HS256', 'RS512'])],
    ['with algorithms of no kind', document => (document['id_token_signing_alg_values_supported'] = 'RS256')],
  ])('%s', async (_name, publish) => {
    google.publish = publish
    const options = { redirectUri: `${here}/callback/google`, now: upstream.clock.now() }
    await expect(upstream.client.begin(googleAt(google), options)).resolves.toEqual({
      kind: 'refused',
      reason: 'upstream-misconfigured',
    })
    expectNothingTold()
  })

  it('that offers `none` beside others makes it no more acceptable', async () => {
    google.publish = document => (document['id_token_signing_alg_values_supported'] = ['none', 'HS256', 'RS256'])
    google.forge = parts => leaveUnsigned(parts)
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe('token-unacceptable')
    google.forge = signWithPublicKey
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe('token-unacceptable')
  })

  it.each([
    'https://169.254.169.254/token',
    'https://10.0.0.1/token',
    'https://[::ffff:127.0.0.1]/token',
    'https://localhost/token',
  ])('that leads inside: %s', async address => {
    google.publish = document => (document['token_endpoint'] = address)
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe('upstream-misconfigured')
  })
})

describe('a set of keys', () => {
  it.each<[string, unknown, RefusalReason]>([
    ['that is empty', { keys: [] }, 'keys-unknown'],
    ['that is none', { keys: 'x' }, 'upstream-misconfigured'],
    ['of the wrong kind', [], 'upstream-misconfigured'],
    ['with keys for something else', { keys: [{ kty: 'RSA', use: 'enc', n: 'x', e: 'AQAB' }] }, 'keys-unknown'],
    ['with secrets', { keys: [{ kty: 'oct', k: 'AAAA' }] }, 'keys-unknown'],
  ])('%s', async (_name, body, expected) => {
    google.behave = { keys: answer(200, body) }
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe(expected)
  })

  it('with a key that is too short', async () => {
    const short = { kty: 'RSA', kid: google.key.kid, n: Buffer.alloc(64, 0xff).toString('base64url'), e: 'AQAB' }
    google.behave = { keys: answer(200, { keys: [short] }) }
    expect(await outcomeOf(upstream.signIn(googleAt(google)))).toBe('upstream-misconfigured')
  })
})
