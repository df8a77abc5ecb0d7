import { createHmac, randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Agent } from '../support/agent.ts'
import { call, obtainCode, postAs, redeem, signIn, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'

const boundApp = { ...serverApp, client_id: 'bound', dpop_bound_access_tokens: true }
const publicApp = {
  client_id: 'desktop',
  client_name: 'Desktop',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/callback'],
  first_party: true,
}

interface Key {
  privateKey: CryptoKey
  jwk: JWK
  thumbprint: string
}

async function newKey(alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const jwk = await exportJWK(publicKey)
  return { privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk) }
}

interface ProofChanges {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
}

async function prove(key: Key, method: string, url: string, { header = {}, claims = {} }: ProofChanges = {}): Promise<string> {
  return new SignJWT({ htm: method, htu: url, jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.jwk, ...header })
    .sign(key.privateKey)
}

async function ath(token: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url')
}

describe('sender-constrained tokens (DPoP, RFC 9449)', () => {
  let latchkey: RunningLatchkey
  let key: Key
  const agent = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps })
    key = await newKey()
    await signIn(latchkey, agent, serverApp, 'ada@example.com')
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  const apps = [serverApp, boundApp, publicApp]
  const tokenUrl = () => `${latchkey.issuer}/token`
  const userinfoUrl = () => `${latchkey.issuer}/userinfo`

  async function boundToken(app: typeof serverApp | typeof publicApp = serverApp) {
    const obtained = await obtainCode(latchkey, agent, app)
    const answer = await redeem(latchkey, app, obtained, {}, { dpop: await prove(key, 'POST', tokenUrl()) })
    expect(answer.body['token_type']).toBe('DPoP')
    return tokensOf(answer)
  }

  async function askUserinfo(token: string, proof: string | undefined, scheme = 'DPoP') {
    return call(userinfoUrl(), {
      headers: { authorization: `${scheme} ${token}`, ...(proof === undefined ? {} : { dpop: proof }) },
    })
  }

  it('work with a standard client', async () => {
    const config = await client.discovery(
      new URL(latchkey.issuer),
      serverApp.client_id,
      {},
      client.ClientSecretBasic(serverApp.client_secret),
      {
        execute: [client.allowInsecureRequests],
      },
    )
    const handle = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
    const { callback, started } = await obtainCode(latchkey, agent, serverApp)
    const checks = { pkceCodeVerifier: started.verifier, expectedState: started.state, expectedNonce: started.nonce }
    const tokens = await client.authorizationCodeGrant(config, callback, checks, {}, { DPoP: handle })
    expect(tokens.token_type).toBe('dpop')
    const userinfo = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '', { DPoP: handle })
    expect(userinfo.email).toBe('ada@example.com')
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', {}, { DPoP: handle })
    expect(refreshed.token_type).toBe('dpop')
    expect(await client.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: true, token_type: 'DPoP' })
  })

  it('name the key that they are bound to', async () => {
    const { accessToken } = await boundToken()
    expect(decodeJwt(accessToken)['cnf']).toEqual({ jkt: key.thumbprint })
    const answer = await postAs(serverApp, `${latchkey.issuer}/introspect`, { token: accessToken })
    expect(answer.body).toMatchObject({ active: true, cnf: { jkt: key.thumbprint } })
  })

  it('are of no use without a proof by that key, for that token, at that URL, by that method', async () => {
    const { accessToken } = await boundToken()
    const other = await newKey()
    const claims = { ath: await ath(accessToken) }
    const wrong: Record<string, [string | undefined, string?]> = {
      'as a bearer token': [undefined, 'Bearer'],
      'without a proof': [undefined],
      'with another key': [await prove(other, 'GET', userinfoUrl(), { claims })],
      'for another token': [await prove(key, 'GET', userinfoUrl(), { claims: { ath: await ath('another') } })],
      'for no token': [await prove(key, 'GET', userinfoUrl())],
      'at another URL': [await prove(key, 'GET', tokenUrl(), { claims })],
      'by another method': [await prove(key, 'POST', userinfoUrl(), { claims })],
      'from long ago': [
        await prove(key, 'GET', userinfoUrl(), { claims: { ...claims, iat: Math.floor(Date.now() / 1000) - 600 } }),
      ],
      'from the future': [
        await prove(key, 'GET', userinfoUrl(), { claims: { ...claims, iat: Math.floor(Date.now() / 1000) + 600 } }),
      ],
      'without an id': [await prove(key, 'GET', userinfoUrl(), { claims: { ...claims, jti: undefined } })],
      'of another type': [await prove(key, 'GET', userinfoUrl(), { claims, header: { typ: 'JWT' } })],
      'with a bearer scheme': [await prove(key, 'GET', userinfoUrl(), { claims }), 'Bearer'],
      'that is nonsense': ['nonsense'],
    }
    for (const [what, [proof, scheme]] of Object.entries(wrong)) {
      const answer = await askUserinfo(accessToken, proof, scheme)
      expect([400, 401], what).toContain(answer.status)
      expect(answer.body, what).not.toHaveProperty('sub')
    }
    const good = await askUserinfo(accessToken, await prove(key, 'GET', userinfoUrl(), { claims }))
    expect(good.status).toBe(200)
  })

  it('take no proof whose key comes from elsewhere, is secret, or is no key at all', async () => {
    const { accessToken } = await boundToken()
    const claims = { ath: await ath(accessToken) }
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const payload = part({ htm: 'GET', htu: userinfoUrl(), jti: 'x', iat: Math.floor(Date.now() / 1000), ...claims })
    const secret = Buffer.alloc(32, 1)
    const signed = `${part({ alg: 'HS256', typ: 'dpop+jwt', jwk: { kty: 'oct', k: secret.toString('base64url') } })}.${payload}`
    const hmac = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
    const unsigned = `${part({ alg: 'none', typ: 'dpop+jwt', jwk: key.jwk })}.${payload}.`
    const elsewhere = await prove(key, 'GET', userinfoUrl(), {
      claims,
      header: { jwk: undefined, jku: 'https://evil.example/jwks', x5u: 'https://evil.example/cert' },
    })
    for (const proof of [hmac, unsigned, elsewhere]) expect([400, 401]).toContain((await askUserinfo(accessToken, proof)).status)
  })

  it('are not given for a proof that was used before, whichever node saw it first', async () => {
    const { issuer: ISSUER, databaseUrl = '', redisUrl = '', dataDirectory: DATA_DIR } = latchkey
    const environment = { ISSUER, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, DATA_DIR }
    const other = await startLatchkey({ apps, environment })
    try {
      // Asked for under the issuer's name, as behind a load balancer.
      const at = (node: RunningLatchkey, proof: string, token: string) =>
        askNode(`${node.issuer}/userinfo`, latchkey.issuer, token, proof)
      const { accessToken } = await boundToken()
      const proof = await prove(key, 'GET', userinfoUrl(), { claims: { ath: await ath(accessToken) } })
      expect(await at(latchkey, proof, accessToken)).toBe(200)
      expect(await at(other, proof, accessToken)).toBe(401)
      expect(await at(latchkey, proof, accessToken)).toBe(401)
      const fresh = await prove(key, 'GET', userinfoUrl(), { claims: { ath: await ath(accessToken) } })
      const race = await Promise.all([latchkey, other, latchkey, other].map(node => at(node, fresh, accessToken)))
      expect(race.filter(status => status === 200)).toHaveLength(1)
    } finally {
      await other.stop()
    }
  })

  it('are not given for a used proof that is dated ahead, for as long as it would be taken', async () => {
    const alone = await startLatchkey({ apps, on: 'postgres' })
    const url = `${alone.issuer}/token`
    const ask = (dpop: string) => postAs(boundApp, url, { grant_type: 'client_credentials' }, { dpop })
    try {
      const proof = await prove(key, 'POST', url, { claims: { iat: Math.floor(Date.now() / 1000) + 290 } })
      expect((await ask(proof)).status).toBe(200)
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 400_000 })
      expect((await ask(proof)).status).toBe(400)
    } finally {
      await alone.stop()
    }
  })

  it('are not given twice for one proof at the token endpoint', async () => {
    const proof = await prove(key, 'POST', tokenUrl())
    const [first, second] = [await obtainCode(latchkey, agent, serverApp), await obtainCode(latchkey, agent, serverApp)]
    expect((await redeem(latchkey, serverApp, first, {}, { dpop: proof })).status).toBe(200)
    const replayed = await redeem(latchkey, serverApp, second, {}, { dpop: proof })
    expect([replayed.status, replayed.body['error']]).toEqual([400, 'invalid_grant'])
  })

  it('come with a bound refresh token where the app has no secret', async () => {
    const { refreshToken } = await boundToken(publicApp)
    const refresh = async (by: Key | undefined) =>
      postAs(
        publicApp,
        tokenUrl(),
        { grant_type: 'refresh_token', refresh_token: refreshToken },
        by === undefined ? {} : { dpop: await prove(by, 'POST', tokenUrl()) },
      )
    expect((await refresh(undefined)).body['error']).toBe('invalid_grant')
    expect((await refresh(await newKey())).body['error']).toBe('invalid_grant')
    const refreshed = await refresh(key)
    expect(refreshed.status).toBe(200)
    expect(decodeJwt(tokensOf(refreshed).accessToken)['cnf']).toEqual({ jkt: key.thumbprint })
  })

  it('bind the code too, where the request named the key', async () => {
    const obtain = () => obtainCode(latchkey, agent, serverApp, { dpop_jkt: key.thumbprint })
    const other = await newKey()
    expect((await redeem(latchkey, serverApp, await obtain())).body['error']).toBe('invalid_grant')
    const wrong = await redeem(latchkey, serverApp, await obtain(), {}, { dpop: await prove(other, 'POST', tokenUrl()) })
    expect(wrong.body['error']).toBe('invalid_grant')
    const right = await redeem(latchkey, serverApp, await obtain(), {}, { dpop: await prove(key, 'POST', tokenUrl()) })
    expect(right.status).toBe(200)
  })

  it('are all that an app gets that is registered so', async () => {
    const obtained = await obtainCode(latchkey, agent, boundApp)
    const refused = await redeem(latchkey, boundApp, obtained)
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_grant'])
    const machine = await postAs(boundApp, tokenUrl(), { grant_type: 'client_credentials' })
    expect(machine.status).toBe(400)
    const bound = await postAs(
      boundApp,
      tokenUrl(),
      { grant_type: 'client_credentials' },
      { dpop: await prove(key, 'POST', tokenUrl()) },
    )
    expect(bound.body['token_type']).toBe('DPoP')
  })
})

/** Fetch keeps the Host header to itself. */
function askNode(url: string, issuer: string, token: string, dpop: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { host: new URL(issuer).host, authorization: `DPoP ${token}`, dpop }
    httpRequest(url, { headers }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on('error', reject)
      .end()
  })
}
