import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, type JWTHeaderParameters, SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Agent } from '../support/agent.ts'
import { askUserinfo, call, obtainCode, post, postAs, redeem, signIn, type Tokens, tokensOf } from '../support/code-flow.ts'
import { changeRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, serverApp } from '../support/relying-party.ts'

const insecure = { [oauth.allowInsecureRequests]: true }

describe('userinfo', () => {
  let latchkey: RunningLatchkey
  const agent = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [serverApp, browserApp] })
    await signIn(latchkey, agent, serverApp, 'ada@example.com')
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  const url = () => `${latchkey.issuer}/userinfo`
  async function tokensFor(scope = 'openid email profile', by = agent): Promise<Tokens> {
    return tokensOf(await redeem(latchkey, serverApp, await obtainCode(latchkey, by, serverApp, { scope })))
  }
  async function signedIn(address: string): Promise<Tokens> {
    const other = new Agent()
    const tokens = tokensOf(await redeem(latchkey, serverApp, await signIn(latchkey, other, serverApp, address)))
    other.close()
    return tokens
  }

  it('answers a standard client with what the scopes allow', async () => {
    const issuer = new URL(latchkey.issuer)
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
    const client = { client_id: serverApp.client_id }
    const { accessToken, idToken } = await tokensFor()
    const { sub = '' } = decodeJwt(idToken)
    const response = await oauth.userInfoRequest(server, client, accessToken, insecure)
    expect(await oauth.processUserInfoResponse(server, client, sub, response)).toEqual({
      sub,
      email: 'ada@example.com',
      email_verified: true,
      locale: 'en',
    })
    expect((await askUserinfo(latchkey, (await tokensFor('openid')).accessToken)).body).toEqual({ sub })
  })

  it('takes the token in the header or in the form, and nowhere else (RFC 6750 §2)', async () => {
    const { accessToken } = await tokensFor()
    expect((await post(url(), { access_token: accessToken })).status).toBe(200)
    expect((await call(url(), { method: 'POST', headers: { authorization: `Bearer ${accessToken}` } })).status).toBe(200)
    expect((await call(`${url()}?access_token=${accessToken}`)).status).toBe(400)
    expect((await post(url(), { access_token: accessToken }, { authorization: `Bearer ${accessToken}` })).status).toBe(400)
  })

  it('says how to ask where no token came, or none that is good (RFC 6750 §3)', async () => {
    for (const headers of [
      {},
      { authorization: 'Bearer nonsense' },
      { authorization: 'Bearer' },
      { authorization: 'Basic eDp5' },
    ]) {
      const answer = await call(url(), { headers: headers as Record<string, string> })
      expect([400, 401]).toContain(answer.status)
      expect(answer.headers.get('www-authenticate')).toMatch(/^(Bearer|DPoP) /)
      expect(answer.headers.get('cache-control')).toBe('no-store')
    }
  })

  it('refuses tokens without openid, and those of machines', async () => {
    const { accessToken } = tokensOf(
      await redeem(latchkey, serverApp, await obtainCode(latchkey, agent, serverApp, { scope: 'email', nonce: '' })),
    )
    expect([401, 403]).toContain((await askUserinfo(latchkey, accessToken)).status)
    const machine = await postAs(serverApp, `${latchkey.issuer}/token`, {
      grant_type: 'client_credentials',
      scope: 'openid email',
    })
    expect((await askUserinfo(latchkey, String(machine.body['access_token']))).status).toBe(401)
  })

  it('refuses every other kind of token', async () => {
    const { idToken, refreshToken } = await tokensFor()
    for (const token of [idToken, refreshToken]) expect((await askUserinfo(latchkey, token)).status).toBe(401)
  })

  it('refuses what our own key signed for another purpose (RFC 8725 §3.11)', async () => {
    const { accessToken } = await tokensFor()
    const [key] = await latchkey.adapters.data.read({ kind: 'system', reason: 'protocol' }, ({ signingKeys }) =>
      signingKeys.list(),
    )
    const privateKey = await importJWK(key?.privateJwk ?? {}, 'ES256')
    const sign = (typ: string | undefined) =>
      new SignJWT(decodeJwt(accessToken))
        .setProtectedHeader({ alg: 'ES256', kid: key?.kid ?? '', ...(typ === undefined ? {} : { typ }) })
        .sign(privateKey)
    expect((await askUserinfo(latchkey, await sign('at+jwt'))).status).toBe(200)
    for (const typ of ['JWT', 'logout+jwt', 'dpop+jwt', undefined]) {
      expect((await askUserinfo(latchkey, await sign(typ))).status).toBe(401)
      expect((await postAs(serverApp, `${latchkey.issuer}/introspect`, { token: await sign(typ) })).body).toEqual({
        active: false,
      })
    }
  })

  it('refuses a token that expired', async () => {
    const { accessToken } = await tokensFor()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_590_000 })
    expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
    vi.setSystemTime(Date.now() + 20_000)
    expect((await askUserinfo(latchkey, accessToken)).status).toBe(401)
  })

  describe('refuses a token that we did not sign', () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

    it.each(['userinfo', 'introspection'] as const)('at %s', async where => {
      const { accessToken } = await tokensFor()
      const payload = decodeJwt(accessToken)
      const { kid } = decodeProtectedHeader(accessToken)
      const { body } = await call(`${latchkey.issuer}/jwks`)
      const [jwk] = body['keys'] as [JsonWebKey]
      const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
      const { privateKey, publicKey: ours } = await generateKeyPair('ES256')
      const own = await exportJWK(ours)

      const hmacKeys = [
        publicKey.export({ type: 'spki', format: 'pem' }),
        publicKey.export({ type: 'spki', format: 'der' }),
        JSON.stringify(jwk),
        'kept-as-a-hash',
        serverApp.client_secret,
        '',
      ]
      const confused = hmacKeys.map(secret => {
        const signed = `${part({ alg: 'HS256', typ: 'at+jwt', kid })}.${part(payload)}`
        return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
      })
      const unsigned = ['none', 'None', 'NONE', ''].map(alg => `${part({ alg, typ: 'at+jwt', kid })}.${part(payload)}.`)
      const [header = '', , signature = ''] = accessToken.split('.')
      const tampered = [
        `${header}.${part({ ...payload, scope: 'openid everything' })}.${signature}`,
        `${header}.${part({ ...payload, exp: Number(payload.exp) + 3600 })}.${signature}`,
        `${part({ alg: 'ES256', typ: 'JWT', kid })}.${part(payload)}.${signature}`,
        `${header}.${part(payload)}.`,
        `${accessToken}.`,
        `${accessToken}x`,
      ]
      // Keys that the token brings along, or says where to find.
      const brought = await Promise.all(
        [
          { jwk: own },
          { jku: 'https://evil.example/jwks' },
          { x5u: 'https://evil.example/cert' },
          { x5c: ['MIIB'] },
          { kid },
          {},
          { crit: ['b64'], b64: false },
        ].map(more =>
          new SignJWT(payload)
            .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...more } as JWTHeaderParameters)
            .sign(privateKey)
            .catch(() => 'nonsense'),
        ),
      )
      for (const token of [...confused, ...unsigned, ...tampered, ...brought]) {
        if (where === 'userinfo') expect((await askUserinfo(latchkey, token)).status).toBe(401)
        else expect((await postAs(serverApp, `${latchkey.issuer}/introspect`, { token })).body).toEqual({ active: false })
      }
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
    })
  })

  describe('stops answering at once, whatever the token’s hour still says, when', () => {
    it('the person signs out', async () => {
      const browser = new Agent()
      const { accessToken, idToken } = tokensOf(
        await redeem(latchkey, serverApp, await signIn(latchkey, browser, serverApp, 'leaving@example.com')),
      )
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
      const page = await browser.get(`${latchkey.issuer}/logout?id_token_hint=${idToken}`)
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
      await browser.post(`${latchkey.issuer}/logout/confirm`, { xsrf, logout: 'yes' })
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(401)
      browser.close()
    })

    it('the app revokes the token', async () => {
      const { accessToken } = await signedIn('revoked@example.com')
      await postAs(serverApp, `${latchkey.issuer}/revoke`, { token: accessToken })
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(401)
    })

    it('the account is suspended, and answers again when it no longer is', async () => {
      const { accessToken, idToken } = await signedIn('suspended@example.com')
      const setStatus = (status: string) =>
        changeRows(latchkey, 'users', 'update latchkey.users set status = $1 where id = $2', [status, decodeJwt(idToken).sub])
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
      expect(await setStatus('suspended')).toBe(1)
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(401)
      await setStatus('active')
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
    })

    it('the person leaves the workspace that the token is for', async () => {
      const { accessToken, idToken } = await signedIn('member@example.com')
      await changeRows(latchkey, 'memberships', 'delete from latchkey.memberships where user_id = $1', [decodeJwt(idToken).sub])
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(401)
    })

    it('the account is deleted', async () => {
      const { accessToken, idToken } = await signedIn('deleted@example.com')
      await changeRows(latchkey, 'users', 'delete from latchkey.users where id = $1', [decodeJwt(idToken).sub])
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(401)
    })
  })
})
