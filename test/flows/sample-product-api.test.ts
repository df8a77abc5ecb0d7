/** What the sample product's API accepts, and how it refuses: RFC 9068 §4 and RFC 6750 §3. */
import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SampleProduct, startSampleProduct } from '../sample-product/server.ts'
import { findFreePort } from '../support/servers.ts'

const signing = await generateKeyPair('ES256', { extractable: true })
const publicJwk = { ...(await exportJWK(signing.publicKey)), kid: 'current', alg: 'ES256', use: 'sig' }

let issuerServer: Server
let issuer: string
let product: SampleProduct

beforeAll(async () => {
  const port = await findFreePort()
  issuer = `http://localhost:${port}`
  issuerServer = createServer((request, response) => {
    const documents: Record<string, object> = {
      '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': { keys: [publicJwk] },
    }
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(documents[request.url ?? ''] ?? {}))
  })
  await new Promise<void>(resolve => issuerServer.listen(port, 'localhost', resolve))
  product = await startSampleProduct({ port: await findFreePort(), issuer })
})

afterAll(async () => {
  await product.close()
  issuerServer.closeAllConnections()
  issuerServer.close()
})

function claims(changes: JWTPayload = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1000)
  const usual = { iss: issuer, aud: 'fieldnotes', sub: 'ada', client_id: 'fieldnotes', jti: 'one', iat: now, exp: now + 3600 }
  return { ...usual, ...changes }
}

function claimsWithout(name: 'exp' | 'sub'): JWTPayload {
  const { [name]: _left, ...others } = claims()
  return others
}

function sign(payload: JWTPayload, header: Record<string, string> = {}, key = signing.privateKey): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'current', typ: 'at+jwt', ...header }).sign(key)
}

function askForNotes(token: string | undefined, request: RequestInit = {}): Promise<Response> {
  const headers = new Headers(request.headers)
  if (token !== undefined) headers.set('Authorization', `Bearer ${token}`)
  return fetch(`${product.url}/api/notes`, { ...request, headers })
}

function writeNote(token: string, body: string, type = 'application/json'): Promise<Response> {
  return askForNotes(token, { method: 'POST', body, headers: { 'Content-Type': type } })
}

describe('with a good token', () => {
  test('a note is kept for the one who wrote it, and for nobody else', async () => {
    const written = await writeNote(await sign(claims({ sub: 'writer' })), JSON.stringify({ text: 'Heron by the weir' }))
    expect(written.status).toBe(201)
    const own = await askForNotes(await sign(claims({ sub: 'writer' })))
    expect(await own.json()).toMatchObject({ notes: [{ text: 'Heron by the weir' }] })
    const foreign = await askForNotes(await sign(claims({ sub: 'reader' })))
    expect(await foreign.json()).toEqual({ notes: [] })
  })

  test.each([
    ['an empty note', '{"text":"  "}', 'application/json', 400],
    ['a note that is no text', '{"text":5}', 'application/json', 400],
    ['no JSON', '{', 'application/json', 400],
    ['no object', 'null', 'application/json', 400],
    ['a note that is too long', JSON.stringify({ text: 'x'.repeat(2001) }), 'application/json', 400],
    ['a body that is too large', JSON.stringify({ text: 'x'.repeat(100_000) }), 'application/json', 413],
    ['a form', 'text=hello', 'application/x-www-form-urlencoded', 415],
  ])('%s is refused in words', async (_what, body, type, status) => {
    const answer = await writeNote(await sign(claims()), body, type)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ error: expect.any(String) })
  })

  test('another method is refused, and the right ones are named', async () => {
    const answer = await askForNotes(await sign(claims()), { method: 'PUT' })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET, POST, DELETE')
  })
})

describe('what cannot be undone', () => {
  const now = Math.floor(Date.now() / 1000)
  const remove = async (sub: string, signIn: JWTPayload) =>
    askForNotes(await sign(claims({ sub, ...signIn })), { method: 'DELETE' })

  test.each([
    ['a single factor', { acr: 'single-factor', auth_time: now }],
    ['a second step too long ago', { acr: 'phr', auth_time: now - 660 }],
    ['a level that nobody knows', { acr: 'gold', auth_time: now }],
    ['no word of the sign-in at all', {}],
  ])('%s: more is asked for, in the terms of RFC 9470, and nothing is deleted', async (_what, signIn) => {
    const sub = crypto.randomUUID()
    const token = await sign(claims({ sub }))
    await writeNote(token, JSON.stringify({ text: 'Kept' }))
    const answer = await remove(sub, signIn)
    expect(answer.status).toBe(401)
    const challenge = answer.headers.get('www-authenticate')
    expect(challenge).toMatch(/^Bearer realm="fieldnotes", error="insufficient_user_authentication", /)
    expect(challenge).toContain('acr_values="multi-factor", max_age="600"')
    expect(await (await askForNotes(token)).json()).toMatchObject({ notes: [{ text: 'Kept' }] })
  })

  test.each(['multi-factor', 'phr', 'phrh'])('%s, shown just now, is enough', async acr => {
    const token = await sign(claims({ sub: acr }))
    await writeNote(token, JSON.stringify({ text: 'Gone' }))
    expect((await remove(acr, { acr, auth_time: now })).status).toBe(200)
    expect(await (await askForNotes(token)).json()).toEqual({ notes: [] })
  })
})

describe('without a good token', () => {
  test('none at all: a challenge without an error code (RFC 6750 §3.1)', async () => {
    const answer = await askForNotes(undefined)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="fieldnotes"')
  })

  test('an expired one is told so', async () => {
    const past = Math.floor(Date.now() / 1000) - 10
    const answer = await askForNotes(await sign(claims({ exp: past })))
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="fieldnotes", error="invalid_token", error_description="The access token has expired"',
    )
  })

  const bad: Record<string, () => string | Promise<string>> = {
    'no JWT': () => 'abc',
    'another audience': () => sign(claims({ aud: 'ledgerline' })),
    'another issuer': () => sign(claims({ iss: 'https://evil.example' })),
    'an ID token, by its type': () => sign(claims(), { typ: 'JWT' }),
    'no signature': () => new UnsecuredJWT(claims()).encode(),
    'a signature by somebody else': async () => sign(claims(), {}, (await generateKeyPair('ES256')).privateKey),
    'an unknown key': () => sign(claims(), { kid: 'unknown' }),
    'the public key taken for a secret': () =>
      new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: 'current', typ: 'at+jwt' })
        .sign(new TextEncoder().encode(JSON.stringify(publicJwk))),
    'no end': () => sign(claimsWithout('exp')),
    'no subject': () => sign(claimsWithout('sub')),
    'not good yet': () => sign(claims({ nbf: Math.floor(Date.now() / 1000) + 600 })),
  }
  test.each(Object.keys(bad))('%s: invalid_token', async name => {
    const answer = await askForNotes(await bad[name]!())
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  test('while the keys of the issuer cannot be read, a token is neither good nor bad', async () => {
    const alone = await startSampleProduct({ port: await findFreePort(), issuer: `http://localhost:${await findFreePort()}` })
    try {
      const token = await sign(claims())
      const answer = await fetch(`${alone.url}/api/notes`, { headers: { Authorization: `Bearer ${token}` } })
      expect(answer.status).toBe(503)
      expect(answer.headers.get('retry-after')).toBe('5')
      expect(answer.headers.get('www-authenticate')).toBeNull()
    } finally {
      await alone.close()
    }
  })
})
