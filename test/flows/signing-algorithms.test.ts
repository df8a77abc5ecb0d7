import { createRemoteJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { rotateSigningKey, timingFor } from '../../provider/keys/rotation.ts'
import { Agent } from '../support/agent.ts'
import { askUserinfo, call, leave, obtainCode, redeem, refresh, signIn, type Tokens, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'

const app = serverApp
const keyTypes = { ES256: 'EC', RS256: 'RSA', EdDSA: 'OKP' } as const

async function discover(latchkey: RunningLatchkey): Promise<client.Configuration> {
  const authentication = client.ClientSecretBasic(app.client_secret)
  return client.discovery(new URL(latchkey.issuer), app.client_id, {}, authentication, {
    execute: [client.allowInsecureRequests],
  })
}

async function publishedKeys(latchkey: RunningLatchkey): Promise<JWK[]> {
  return (await call(`${latchkey.issuer}/jwks`)).body['keys'] as JWK[]
}

async function verify(latchkey: RunningLatchkey, { accessToken, idToken }: Tokens, currentDate = new Date()): Promise<string> {
  const keys = createRemoteJWKSet(new URL(`${latchkey.issuer}/jwks`))
  await jwtVerify(accessToken, keys, { issuer: latchkey.issuer, audience: app.client_id, typ: 'at+jwt', currentDate })
  await jwtVerify(idToken, keys, { issuer: latchkey.issuer, audience: app.client_id, currentDate })
  const [one, other] = [accessToken, idToken].map(token => decodeProtectedHeader(token))
  expect(one?.kid).toBe(other?.kid)
  expect(one?.alg).toBe(other?.alg)
  return one?.alg ?? ''
}

describe.each(['RS256', 'EdDSA'] as const)('an installation that signs with %s', algorithm => {
  let latchkey: RunningLatchkey
  const agent = new Agent()

  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  it('serves a standard client and any JOSE library, and its own endpoints accept what it signed', async () => {
    latchkey = await startLatchkey({ apps: [app], environment: { SIGNING_ALGORITHM: algorithm } })
    const config = await discover(latchkey)
    expect(config.serverMetadata().id_token_signing_alg_values_supported).toEqual([algorithm])
    expect(await publishedKeys(latchkey)).toMatchObject([{ kty: keyTypes[algorithm], alg: algorithm, use: 'sig' }])

    const { callback, started } = await signIn(latchkey, agent, app, 'ada@example.com')
    const tokens = await client.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: started.verifier,
      expectedState: started.state,
      expectedNonce: started.nonce,
      idTokenExpected: true,
    })
    expect(await verify(latchkey, { accessToken: tokens.access_token, idToken: tokens.id_token ?? '', refreshToken: '' })).toBe(
      algorithm,
    )
    expect((await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')).email).toBe('ada@example.com')
    expect((await client.tokenIntrospection(config, tokens.access_token)).active).toBe(true)
    const machine = await client.clientCredentialsGrant(config)
    expect(decodeProtectedHeader(machine.access_token)).toMatchObject({ alg: algorithm, typ: 'at+jwt' })
  })
})

describe('a new signing key', () => {
  const running: RunningLatchkey[] = []
  const agent = new Agent()

  beforeEach(() => {
    // Keys are read again every minute, by an interval that the test lets pass.
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: Date.now() })
  })
  afterEach(async () => {
    vi.useRealTimers()
    for (const latchkey of running.splice(0).toReversed()) await latchkey.stop()
  })
  afterAll(() => agent.close())

  async function start(environment: Record<string, string> = {}): Promise<RunningLatchkey> {
    const latchkey = await startLatchkey({ apps: [app], environment })
    running.push(latchkey)
    return latchkey
  }

  async function letKeysBeRead(latchkey: RunningLatchkey, until: (keys: JWK[]) => boolean): Promise<void> {
    vi.advanceTimersByTime(60_000)
    await expect.poll(async () => until(await publishedKeys(latchkey)), { timeout: 10_000 }).toBe(true)
  }

  it('is published first, then signs; what the old one signed stays good, and so do sessions', async () => {
    const latchkey = await start()
    const before = tokensOf(await redeem(latchkey, app, await signIn(latchkey, agent, app, 'ada@example.com')))
    const [old] = await publishedKeys(latchkey)

    const next = await rotateSigningKey(latchkey.adapters.data, {
      algorithm: 'ES256',
      reason: 'command-line',
      clock: latchkey.clock.now,
      timing: timingFor({ sessionMaxSeconds: 30 * 86_400 }),
    })
    await letKeysBeRead(latchkey, keys => keys.length === 2)
    expect((await publishedKeys(latchkey)).map(key => key.kid)).toEqual([old?.kid, next.kid])
    const meanwhile = tokensOf(await redeem(latchkey, app, await obtainCode(latchkey, agent, app)))
    expect(decodeProtectedHeader(meanwhile.accessToken).kid).toBe(old?.kid)

    const then = new Date()
    vi.setSystemTime(Date.now() + 3_601_000)
    await letKeysBeRead(latchkey, keys => keys[0]?.kid === next.kid)
    const after = tokensOf(await refresh(latchkey, app, before.refreshToken))
    expect(decodeProtectedHeader(after.accessToken).kid).toBe(next.kid)
    await verify(latchkey, after)

    await verify(latchkey, before, then)
    expect((await askUserinfo(latchkey, after.accessToken)).status).toBe(200)
    const { url } = await startRequest(latchkey.issuer, app, { id_token_hint: before.idToken, prompt: 'none' })
    expect((await leave(agent, url)).searchParams.has('code')).toBe(true)
  })

  it('of another algorithm waits for its hour like any other, and old ID tokens are still hints', async () => {
    const first = await start()
    const { databaseUrl = '', redisUrl = '', dataDirectory } = first
    const before = tokensOf(await redeem(first, app, await signIn(first, agent, app, 'grace@example.com')))

    const second = await start({
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      DATA_DIR: dataDirectory,
      SIGNING_ALGORITHM: 'EdDSA',
    })
    expect((await publishedKeys(second)).map(key => key.alg)).toEqual(['ES256', 'EdDSA'])
    const machine = async () => {
      const config = await discover(second)
      return decodeProtectedHeader((await client.clientCredentialsGrant(config)).access_token).alg
    }
    expect(await machine()).toBe('ES256')

    vi.setSystemTime(Date.now() + 3_601_000)
    await letKeysBeRead(second, keys => keys[0]?.alg === 'EdDSA')
    expect(await machine()).toBe('EdDSA')
    expect((await discover(second)).serverMetadata().id_token_signing_alg_values_supported).toContain('ES256')
    const out = await agent.get(`${first.issuer}/logout?id_token_hint=${before.idToken}`)
    expect(out.status).toBe(200)
  })
})
