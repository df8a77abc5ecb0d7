import { decodeJwt, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { randomUUID } from 'node:crypto'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, post, postAs } from '../support/code-flow.ts'
import { changeRows, readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { findFreePort } from '../support/servers.ts'

const secret = 'a-secret: of at least thirty-two characters, with % and +'
const base = { client_name: 'Nightly', grant_types: ['client_credentials'] }
const basicApp = { ...base, client_id: 'nightly', client_secret: secret, scope: 'books.read books.write' }
const postApp = { ...base, client_id: 'nightly-post', client_secret: secret, token_endpoint_auth_method: 'client_secret_post' }

describe('client credentials (RFC 6749 §4.4)', () => {
  let latchkey: RunningLatchkey
  let privateKey: CryptoKey
  let closeKeyServer: () => void

  beforeAll(async () => {
    const pair = await generateKeyPair('ES256')
    privateKey = pair.privateKey
    const jwk: JWK = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }
    const port = await findFreePort()
    const keyServer = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ keys: [jwk] }))
    }).listen(port, 'localhost')
    await once(keyServer, 'listening')
    closeKeyServer = () => keyServer.close()
    const keyApp = { ...base, token_endpoint_auth_method: 'private_key_jwt' }
    latchkey = await startLatchkey({
      apps: [
        basicApp,
        postApp,
        { ...keyApp, client_id: 'signing', jwks: { keys: [jwk] } },
        { ...keyApp, client_id: 'signing-elsewhere', jwks_uri: `http://localhost:${port}/jwks` },
      ],
    })
  })
  afterAll(async () => {
    closeKeyServer()
    await latchkey.stop()
  })

  const tokenUrl = () => `${latchkey.issuer}/token`
  const discover = (clientId: string, authentication: client.ClientAuth) =>
    client.discovery(new URL(latchkey.issuer), clientId, {}, authentication, { execute: [client.allowInsecureRequests] })
  const basic = (user: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  })

  it('give a token to each kind of app that can keep a secret', async () => {
    const configurations = [
      await discover('nightly', client.ClientSecretBasic(secret)),
      await discover('nightly-post', client.ClientSecretPost(secret)),
      await discover('signing', client.PrivateKeyJwt({ key: privateKey, kid: 'one' })),
      await discover('signing-elsewhere', client.PrivateKeyJwt({ key: privateKey, kid: 'one' })),
    ]
    for (const config of configurations) {
      const tokens = await client.clientCredentialsGrant(config)
      const { client_id: clientId } = config.clientMetadata()
      expect(decodeJwt(tokens.access_token)).toMatchObject({ sub: clientId, client_id: clientId, aud: clientId })
      expect(tokens).not.toHaveProperty('refresh_token')
      expect(tokens).not.toHaveProperty('id_token')
    }
  })

  it('give the scopes of the app, and none that speak of a person', async () => {
    const scope = 'openid profile email offline_access books.read books.burn'
    const answer = await postAs({ ...basicApp, redirect_uris: [] }, tokenUrl(), { grant_type: 'client_credentials', scope })
    expect(answer.body['scope']).toBe('books.read')
    const claims = decodeJwt(String(answer.body['access_token']))
    expect(claims['scope']).toBe('books.read')
    for (const claim of ['email', 'workspace', 'roles', 'permissions', 'sid', 'acr', 'amr', 'auth_time', 'grant_id']) {
      expect(claims).not.toHaveProperty(claim)
    }
  })

  it('are refused where they are wrong, and the answer says how to ask', async () => {
    const form = { grant_type: 'client_credentials' }
    const wrong = await post(tokenUrl(), form, basic('nightly', 'wrong'))
    expect([wrong.status, wrong.body['error']]).toEqual([401, 'invalid_client'])
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic /)
    const attempts: Array<[Record<string, string>, Record<string, string>?]> = [
      [{ ...form, client_id: 'nightly-post', client_secret: 'wrong' }],
      [{ ...form, client_id: 'nightly-post', client_secret: 'kept-as-a-hash' }],
      [form, basic('nightly', 'kept-as-a-hash')],
      [form, basic('nobody', secret)],
      [form, basic('nightly', '')],
      [form, basic('', secret)],
      [{ ...form, client_id: 'nightly' }],
      [form],
      // Another way than the one that the app is registered with.
      [{ ...form, client_id: 'signing', client_secret: secret }],
      [{ ...form, client_id: 'signing' }],
      // Two ways at once (RFC 6749 §2.3).
      [{ ...form, client_id: 'nightly', client_secret: secret }, basic('nightly', encodeURIComponent(secret))],
    ]
    for (const [fields, headers] of attempts) {
      const answer = await post(tokenUrl(), fields, headers)
      expect([400, 401]).toContain(answer.status)
      expect(answer.body).not.toHaveProperty('access_token')
    }
  })

  describe('by a signed assertion (RFC 7523)', () => {
    interface Changes {
      claims?: Record<string, unknown>
      header?: Record<string, unknown>
      key?: CryptoKey | Uint8Array
    }
    async function assert({ claims = {}, header = {}, key = privateKey }: Changes = {}): Promise<string> {
      const now = Math.floor(Date.now() / 1000)
      const payload = {
        iss: 'signing',
        sub: 'signing',
        aud: latchkey.issuer,
        jti: randomUUID(),
        iat: now,
        exp: now + 60,
        ...claims,
      }
      return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key)
    }
    const present = (assertion: string, clientId = 'signing') =>
      post(tokenUrl(), {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      })

    it('work once', async () => {
      const assertion = await assert()
      expect((await present(assertion)).status).toBe(200)
      expect((await present(assertion)).body['error']).toBe('invalid_client')
    })

    it('are for the issuer and for nobody else: another server’s endpoint could have been given to the app', async () => {
      expect((await present(await assert({ claims: { aud: [latchkey.issuer] } }))).status).toBe(200)
      for (const aud of [tokenUrl(), `${latchkey.issuer}/`, 'https://evil.example', undefined, `${latchkey.issuer}/par`]) {
        expect((await present(await assert({ claims: { aud } }))).body['error'], String(aud)).toBe('invalid_client')
      }
    })

    it('are refused when anything in them is wrong', async () => {
      const { privateKey: other, publicKey } = await generateKeyPair('ES256')
      const now = Math.floor(Date.now() / 1000)
      const wrong: Record<string, Changes> = {
        'another key': { key: other },
        'a key of its own': { key: other, header: { jwk: await exportJWK(publicKey), kid: undefined } },
        'a key elsewhere': { key: other, header: { jku: 'https://evil.example/jwks' } },
        'a secret as key': { key: Buffer.from('kept-as-a-hash'), header: { alg: 'HS256' } },
        'another app': { claims: { iss: 'nightly', sub: 'nightly' } },
        'another subject': { claims: { sub: 'nightly' } },
        'no expiry': { claims: { exp: undefined } },
        'an expiry that is over': { claims: { exp: now - 60 } },
        'no id': { claims: { jti: undefined } },
      }
      for (const [what, changes] of Object.entries(wrong)) {
        const answer = await present(await assert(changes))
        expect([400, 401], what).toContain(answer.status)
        expect(answer.body, what).not.toHaveProperty('access_token')
      }
      expect((await present(await assert(), 'signing-elsewhere')).status).toBeGreaterThanOrEqual(400)
      expect((await present('nonsense')).status).toBeGreaterThanOrEqual(400)
    })
  })

  it('need the app’s leave', async () => {
    const answer = await postAs({ ...basicApp, redirect_uris: [] }, tokenUrl(), {
      grant_type: 'refresh_token',
      refresh_token: 'x',
    })
    expect(answer.status).toBe(400)
    for (const grant_type of ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer', '__proto__', '']) {
      const refused = await postAs({ ...basicApp, redirect_uris: [] }, tokenUrl(), { grant_type, username: 'a', password: 'b' })
      expect([refused.status, refused.body['error']]).toEqual([
        400,
        expect.stringMatching(/^(unsupported_grant_type|invalid_request)$/),
      ])
    }
  })

  it('are answered when the event has been committed, and not at all where it can’t be', async () => {
    const answer = await postAs({ ...basicApp, redirect_uris: [] }, tokenUrl(), { grant_type: 'client_credentials' })
    const events = await readRows(latchkey, 'audit_events', `action = 'token.issued'`)
    expect(answer.status).toBe(200)
    expect(events.length).toBeGreaterThan(0)
    const count = events.length

    await changeRows(latchkey, 'audit_events', 'alter table latchkey.audit_events add constraint full_up check (false) not valid')
    try {
      const refused = await postAs({ ...basicApp, redirect_uris: [] }, tokenUrl(), { grant_type: 'client_credentials' })
      expect(refused.status).toBeGreaterThanOrEqual(500)
      expect(refused.body['error']).toMatch(/^(server_error|temporarily_unavailable)$/)
      expect(JSON.stringify(refused.body)).not.toMatch(/eyJ|full_up|audit/)
    } finally {
      await changeRows(latchkey, 'audit_events', 'alter table latchkey.audit_events drop constraint full_up')
    }
    expect((await readRows(latchkey, 'audit_events', `action = 'token.issued'`)).length).toBe(count)
    expect((await postAs({ ...basicApp, redirect_uris: [] }, tokenUrl(), { grant_type: 'client_credentials' })).status).toBe(200)
  })

  it('never come back: a secret is kept as a hash alone', async () => {
    const apps = await readRows(latchkey, 'apps')
    expect(apps.length).toBeGreaterThan(0)
    const text = apps.map(app => JSON.stringify(app) + Buffer.from((app['secret_hash'] as Buffer | null) ?? []).toString()).join()
    expect(text).not.toContain(secret)
    expect(text).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20))
    const events = JSON.stringify(await readRows(latchkey, 'audit_events'))
    expect(events).not.toContain(secret)
    expect((await call(`${latchkey.issuer}/token`)).status).toBe(404)
  })
})
