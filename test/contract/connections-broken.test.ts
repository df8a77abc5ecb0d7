import type { RequestListener } from 'node:http'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RefusalReason } from '../../provider/connections/connection.ts'
import { leaveUnsigned, signWithPublicKey } from '../support/forged-tokens.ts'
import {
  expectNothingTold,
  googleAt,
  here,
  openUpstreamClient,
  outcomeOf,
  useFakeUpstreams,
  visit,
} from '../support/upstream-sign-in.ts'

const { google } = useFakeUpstreams()
let upstream: ReturnType<typeof openUpstreamClient>

beforeEach(() => {
  upstream = openUpstreamClient({ timeLimitMilliseconds: 1_000 })
})

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
      expectNothingTold(upstream.log, google)
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
    expectNothingTold(upstream.log, google)
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
    expectNothingTold(upstream.log, google)
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
