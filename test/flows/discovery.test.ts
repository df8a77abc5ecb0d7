import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http'
import * as oauth from 'oauth4webapi'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'

const documents = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'] as const

describe('discovery', () => {
  let latchkey: RunningLatchkey

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [serverApp] })
  })
  afterAll(() => latchkey.stop())

  it('says the same under both well-known names, every time', async () => {
    const answers = await Promise.all([...documents, ...documents].map(path => fetch(latchkey.issuer + path)))
    const bodies = await Promise.all(answers.map(answer => answer.text()))
    expect(new Set(bodies).size).toBe(1)
    for (const { headers, status } of answers) {
      expect(status).toBe(200)
      expect(headers.get('content-type')).toMatch(/^application\/json/)
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('cache-control')).toBe('public, max-age=600')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('set-cookie')).toBeNull()
    }
  })

  it('is what standard clients look for, by either name', async () => {
    const issuer = new URL(latchkey.issuer)
    for (const algorithm of ['oidc', 'oauth2'] as const) {
      const response = await oauth.discoveryRequest(issuer, { algorithm, [oauth.allowInsecureRequests]: true })
      expect(await oauth.processDiscoveryResponse(issuer, response)).toMatchObject({ issuer: latchkey.issuer })
    }
  })

  it('names the endpoints under their standard names, and each one is there', async () => {
    const { body } = await call(latchkey.issuer + documents[0])
    const endpoints = Object.entries(body).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))
    expect(Object.fromEntries(endpoints)).toEqual({
      authorization_endpoint: `${latchkey.issuer}/authorize`,
      token_endpoint: `${latchkey.issuer}/token`,
      userinfo_endpoint: `${latchkey.issuer}/userinfo`,
      jwks_uri: `${latchkey.issuer}/jwks`,
      pushed_authorization_request_endpoint: `${latchkey.issuer}/par`,
      introspection_endpoint: `${latchkey.issuer}/introspect`,
      revocation_endpoint: `${latchkey.issuer}/revoke`,
      device_authorization_endpoint: `${latchkey.issuer}/device_authorization`,
      end_session_endpoint: `${latchkey.issuer}/logout`,
    })
    for (const [name, url] of endpoints) {
      const form = { method: 'POST', body: new URLSearchParams() }
      const byGet = await call(String(url))
      const byPost = await call(String(url), form)
      expect(
        [byGet.status, byPost.status].some(status => status !== 404 && status !== 405 && status < 500),
        name,
      ).toBe(true)
    }
    expect((await call(`${latchkey.issuer}/device`)).status).toBe(200)
  })

  it('promises what we keep, and no more', async () => {
    const { body } = await call(latchkey.issuer + documents[0])
    const methods = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']
    expect(body).toMatchObject({
      issuer: latchkey.issuer,
      response_types_supported: ['code'],
      grant_types_supported: [
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'urn:ietf:params:oauth:grant-type:device_code',
      ],
      code_challenge_methods_supported: ['S256'],
      acr_values_supported: ['single-factor', 'multi-factor', 'phr'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: methods,
      introspection_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_methods_supported: methods,
      prompt_values_supported: ['none', 'login', 'consent', 'workspace'],
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      claims_parameter_supported: true,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      require_request_uri_registration: false,
      ui_locales_supported: ['en', 'de', 'fr', 'it'],
    })
    const algorithms = JSON.stringify(Object.entries(body).filter(([name]) => name.includes('alg')))
    expect(algorithms).not.toMatch(/none|HS\d/)
    for (const absent of ['registration_endpoint', 'frontchannel_logout_supported', 'check_session_iframe']) {
      expect(body).not.toHaveProperty(absent)
    }
  })

  it('publishes public keys, each named by its thumbprint', async () => {
    const { body, headers } = await call(`${latchkey.issuer}/jwks`)
    const [key, ...others] = body['keys'] as JWK[]
    expect(others).toEqual([])
    expect(Object.keys(key ?? {}).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
    expect(key).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })
    expect(key?.kid).toBe(await calculateJwkThumbprint(key ?? {}))
    expect(headers.get('cache-control')).toBe('public, max-age=600')
  })

  it('answers HEAD, and a query that means nothing', async () => {
    for (const path of [...documents, '/jwks']) {
      const head = await fetch(latchkey.issuer + path, { method: 'HEAD' })
      expect([head.status, await head.text()]).toEqual([200, ''])
      expect((await call(`${latchkey.issuer}${path}?x=1`)).status).toBe(200)
    }
  })

  describe('does not follow the Host that somebody writes', () => {
    const host = 'evil.example'
    const forged: Array<[string, OutgoingHttpHeaders, number]> = [
      ['Host', { host }, 421],
      ['Host with our name in front', { host: 'localhost.evil.example' }, 421],
      ['X-Forwarded-Host', { 'x-forwarded-host': host }, 200],
      ['X-Forwarded-Proto', { 'x-forwarded-proto': 'https' }, 200],
      ['Forwarded', { forwarded: `host=${host}` }, 200],
    ]

    it.each(forged)('%s', async (_what, headers, status) => {
      // On a node that has not been asked yet, and on one that has.
      const fresh = await startLatchkey({ apps: [serverApp] })
      try {
        for (const path of [...documents, '/jwks', ...documents]) {
          const answer = await ask(fresh.issuer + path, headers)
          expect(answer.status).toBe(status)
          expect(answer.body).not.toContain(host)
          expect(answer.body).not.toContain('https://localhost')
        }
        const { body } = await call(fresh.issuer + documents[0])
        expect(body['authorization_endpoint']).toBe(`${fresh.issuer}/authorize`)
      } finally {
        await fresh.stop()
      }
    })

    it('an absolute request line', async () => {
      const target = `http://${host}${documents[0]}`
      expect((await ask(latchkey.issuer + documents[0], {}, target)).status).toBe(421)
    })
  })
})

/** Fetch keeps Host and the request line to itself. */
function ask(url: string, headers: OutgoingHttpHeaders, target?: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { headers, ...(target === undefined ? {} : { path: target }) }, response => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}
