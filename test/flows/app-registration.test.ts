import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseApp } from '../../provider/apps/registration.ts'
import { AppError, StartError } from '../../provider/kernel/errors.ts'
import { Agent } from '../support/agent.ts'
import { call, post } from '../support/code-flow.ts'
import { readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, serverApp, startRequest } from '../support/relying-party.ts'

const issuer = 'https://id.example.com'

function register(app: Record<string, unknown>): string | undefined {
  try {
    parseApp(app, { issuer, source: 'config', now: new Date() })
    return undefined
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.detail
  }
}

const machine = {
  client_id: 'nightly',
  client_name: 'Nightly',
  client_secret: 'x'.repeat(32),
  grant_types: ['client_credentials'],
}
const native = { client_id: 'desktop', client_name: 'Desktop', application_type: 'native', token_endpoint_auth_method: 'none' }
const device = {
  client_id: 'tv',
  client_name: 'TV',
  token_endpoint_auth_method: 'none',
  grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
}

describe('registering an app', () => {
  const web = { ...serverApp, redirect_uris: ['https://app.example.com/callback'] }
  const cookie = { ...browserApp, redirect_uris: ['https://app.example.com/cb'], origins: ['https://app.example.com'] }

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no client id', { ...web, client_id: undefined }, /client_id/],
    ['a client id that no cookie name may hold', { ...web, client_id: 'a;b' }, /client_id.*letters/],
    ['no name', { ...web, client_name: undefined }, /client_name/],
    ['a member that there is none of', { ...web, redirect_uri: 'https://app.example.com/' }, /redirect_uri/],
    ['no redirect URI', { ...web, redirect_uris: [] }, /redirect_uris.*authorization code/],
    ['a redirect URI in clear text', { ...web, redirect_uris: ['http://app.example.com/'] }, /redirect_uris.*https/],
    ['a redirect URI with a fragment', { ...web, redirect_uris: ['https://app.example.com/#x'] }, /redirect_uris.*fragment/],
    ['a redirect URI that is script', { ...web, redirect_uris: ['javascript:alert(1)'] }, /redirect_uris/],
    ['a redirect URI that is relative', { ...web, redirect_uris: ['/callback'] }, /redirect_uris/],
    ['a wildcard', { ...web, redirect_uris: ['https://*'] }, /redirect_uris/],
    ['a scheme of its own for the web', { ...web, redirect_uris: ['com.example:/callback'] }, /redirect_uris.*"native"/],
    ['https on loopback for a native app', { ...native, redirect_uris: ['https://localhost/cb'] }, /redirect_uris.*loopback/],
    ['no secret', { ...web, client_secret: undefined }, /client_secret.*32/],
    ['a short secret', { ...web, client_secret: 'short' }, /client_secret.*32/],
    ['a secret without a use', { ...native, redirect_uris: ['http://127.0.0.1/'], client_secret: 'x'.repeat(40) }, /no use/],
    ['client credentials without a secret', { ...machine, token_endpoint_auth_method: 'none' }, /client_credentials/],
    ['an unknown grant type', { ...web, grant_types: ['password'] }, /grant_types/],
    ['a response type of another flow', { ...web, response_types: ['token'] }, /response_types/],
    ['a response type without its grant', { ...machine, response_types: ['code'] }, /response_types/],
    ['an algorithm of its own', { ...web, id_token_signed_response_alg: 'HS256' }, /id_token_signed_response_alg/],
    ['a signature without a key', { ...machine, token_endpoint_auth_method: 'private_key_jwt' }, /jwks/],
    ['a secret as key', { ...web, jwks: { keys: [{ kty: 'oct', k: 'x' }] } }, /jwks.*public/],
    [
      'two sets of keys',
      { ...web, jwks: { keys: [] }, jwks_uri: 'https://app.example.com/jwks' },
      /jwks_uri: expected jwks or jwks_uri, was given both/,
    ],
    ['keys in clear text', { ...web, jwks_uri: 'http://app.example.com/jwks' }, /jwks_uri.*https/],
    ['a receiver in clear text', { ...web, backchannel_logout_uri: 'http://app.example.com/' }, /backchannel_logout_uri.*https/],
    ['an origin with a path', { ...web, origins: ['https://app.example.com/'] }, /origins.*without a path/],
    ['the origin null', { ...web, origins: ['null'] }, /origins/],
    ['a client id of our own apps', { ...web, client_id: 'latchkey-account' }, /client_id.*latchkey-/],
    ['a scope that none can ask for', { ...web, scope: 'read "write"' }, /scope.*space/],
    [
      'a resource with a fragment',
      { ...web, resources: [{ identifier: 'https://a.example/#b', scope: '' }] },
      /identifier.*fragment/,
    ],
    [
      'a cookie for an app with a secret',
      { ...web, refresh_token_delivery: 'cookie' },
      /expected "body" for an app with a server/,
    ],
    ['a cookie without an origin', { ...cookie, origins: [] }, /origins/],
  ])('with %s is refused, with a word about it', (_what, app, words) => {
    expect(register(app)).toMatch(words)
  })

  it('with a private key is refused: it belongs to the app alone', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    expect(register({ ...web, jwks: { keys: [await exportJWK(privateKey)] } })).toMatch(/jwks.*public/)
  })

  it.each([
    'https://app.example.org',
    'https://app.other.com',
    'http://app.example.com',
    'https://example.com.evil.org',
    'http://localhost:4000',
  ])('with the refresh cookie for %s, another site, is refused, and told what to do instead', foreign => {
    const problem = register({ ...cookie, origins: ['https://app.example.com', foreign] })
    expect(problem).toContain(foreign)
    expect(problem).toContain(issuer)
    expect(problem).toMatch(/same registrable domain, or give it a backend/)
  })

  it.each(['https://app.example.com', 'https://example.com', 'https://a.b.example.com:8443'])(
    'with the refresh cookie for %s, on the issuer’s own site, is fine',
    origin => {
      expect(register({ ...cookie, origins: [origin] })).toBeUndefined()
    },
  )

  it('never repeats the secret', () => {
    const problem = register({ ...web, client_secret: 'only-ten-c', client_id: '!' })
    expect(problem).not.toContain('only-ten-c')
  })
})

describe('apps of the config file', () => {
  it('that are wrong stop the start with one line that names the app and the mistake', async () => {
    const start = startLatchkey({ apps: [serverApp, { ...serverApp, client_id: 'second', redirect_uris: ['ftp'] }] })
    await expect(start).rejects.toThrow(StartError)
    await expect(start).rejects.toThrow(
      /^LATCHKEY_CONFIG: the app "second": redirect_uris, entry 1: expected an absolute URI .*, was given "ftp"\.$/,
    )
  })

  it('are complained about in one go, each member in a sentence: what was expected, what was given, what was meant', async () => {
    const secret = 'hunter2 and what belongs to it'
    const start = startLatchkey({
      apps: [
        { client_name: 'Nameless', client_secret: secret, redirect_uris: 'https://a.example/cb' },
        {
          client_id: 'notes',
          client_name: '',
          token_endpoint_auth_methd: 'none',
          redirect_uri: ['https://a.example/cb'],
          response_types: ['token'],
          application_type: 'spa',
          first_party: 'yes',
          colour: 'red',
          origins: ['https://a.example', 'https://a.example/notes'],
          resources: [{ identifier: 5, scop: 'read' }],
          jwks: { keys: [{ kty: 'oct', k: secret }] },
          jwks_uri: 'http://a.example/jwks',
        },
        { ...serverApp, secret },
        serverApp,
      ],
    })
    const error = await start.then(
      () => expect.fail('it started'),
      (refused: unknown) => refused,
    )
    expect(error).toBeInstanceOf(StartError)
    const lines = String(error).replace('StartError: ', '').split('\n')
    expect(String(error)).not.toContain('hunter2')
    expect(lines.map(line => line.replace(/^LATCHKEY_CONFIG: the app /, ''))).toEqual([
      'in entry 1: client_id: expected text; nothing was given.',
      'in entry 1: redirect_uris: expected a list, was given "https://a.example/cb".',
      'in entry 1: client_secret: expected 32 random characters or more for token_endpoint_auth_method "client_secret_basic", was given 30.',
      '"notes": client_name: expected text that is not empty, was given "".',
      '"notes": application_type: expected "web" or "native", was given "spa".',
      '"notes": response_types, entry 1: expected "code", was given "token".',
      '"notes": jwks, keys, entry 1: expected public keys alone (the private part stays with the app), was given something else, which is not shown because it may be a secret.',
      '"notes": jwks_uri: expected an https URL, or http on loopback, was given "http://a.example/jwks".',
      '"notes": first_party: expected true or false, was given "yes".',
      expect.stringMatching(/^"notes": origins, entry 2: expected an origin: .*, was given "https:\/\/a\.example\/notes"\.$/),
      '"notes": resources, entry 1, identifier: expected text, was given 5.',
      expect.stringMatching(/^"notes": resources, entry 1, scope: expected text; nothing was given\.$/),
      '"notes": resources, entry 1, scop: there is no such member. README.md says which there are.',
      '"notes": token_endpoint_auth_methd: there is no such member. Did you mean token_endpoint_auth_method?',
      '"notes": redirect_uri: there is no such member. Did you mean redirect_uris?',
      '"notes": colour: there is no such member. README.md says which there are.',
      '"ledger": secret: there is no such member. Did you mean client_secret?',
      '"ledger" is there twice. Give one of them another client_id.',
    ])
  })

  it('that have one id twice stop the start: nobody knows which is meant', async () => {
    const start = startLatchkey({ apps: [serverApp, { ...serverApp, client_name: 'Another' }] })
    await expect(start).rejects.toThrow(/^LATCHKEY_CONFIG: .*"ledger".*twice/)
  })
})

describe('an app that was registered', () => {
  let latchkey: RunningLatchkey

  const all: Array<Record<string, unknown> & { client_id: string }> = [
    serverApp,
    browserApp,
    machine,
    device,
    { ...native, redirect_uris: ['http://127.0.0.1/cb', 'http://[::1]/cb', 'com.example:/cb', 'https://app.example.com/cb'] },
    {
      ...serverApp,
      client_id: 'with-everything',
      client_uri: 'https://app.example.com/',
      logo_uri: 'https://app.example.com/logo.svg',
      policy_uri: 'https://app.example.com/privacy',
      tos_uri: 'https://app.example.com/terms',
      response_types: ['code'],
      scope: 'read write',
      backchannel_logout_uri: 'https://app.example.com/logout',
      backchannel_logout_session_required: false,
      require_pushed_authorization_requests: true,
      dpop_bound_access_tokens: true,
      origins: ['https://app.example.com'],
      audience: 'https://api.example.com',
      resources: [{ identifier: 'https://books.example.com', scope: 'books' }],
      jwks_uri: 'https://app.example.com/jwks',
    },
  ]

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: all })
  })
  afterAll(() => latchkey.stop())

  it.each(all.map(app => app.client_id))('can be used at once: %s', async clientId => {
    const answer = await post(`${latchkey.issuer}/token`, {
      client_id: clientId,
      grant_type: 'refresh_token',
      refresh_token: 'x',
    })
    expect(answer.body['error']).not.toMatch(/metadata|redirect_uri|server_error/)
  })

  it('is kept with a hash of its secret alone', async () => {
    const rows = await readRows(latchkey, 'apps')
    expect(rows).toHaveLength(all.length)
    const events = await readRows(latchkey, 'audit_events')
    const everything = JSON.stringify([rows, events])
    expect(everything).not.toContain(serverApp.client_secret)
    expect(rows.find(row => row['client_id'] === serverApp.client_id)?.['secret_hash']).toHaveLength(32)
  })

  it('is registered by an operator: strangers can register none', async () => {
    for (const path of ['/reg', '/register', '/connect/register']) {
      const answer = await call(`${latchkey.issuer}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: ['https://evil.example/'] }),
      })
      expect(answer.status).toBe(404)
    }
    const { body } = await call(`${latchkey.issuer}/.well-known/openid-configuration`)
    expect(body).not.toHaveProperty('registration_endpoint')
  })

  it('is not one whose id is a URL, with metadata to be fetched there', async () => {
    const agent = new Agent()
    const { url } = await startRequest(latchkey.issuer, { ...serverApp, client_id: 'https://evil.example/client.json' })
    expect((await agent.get(url)).status).toBe(400)
    agent.close()
  })
})
