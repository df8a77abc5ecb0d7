import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { obtainCode, redeem, refresh, signIn, tokensOf } from '../support/code-flow.ts'
import { approveDevice } from '../support/device.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const app = {
  ...serverApp,
  audience: 'https://api.example.com',
  scope: 'books.read',
  grant_types: [...serverApp.grant_types, deviceGrant],
}
const plainApp = { ...serverApp, client_id: 'plain' }

describe('an access token is a JWT that lives an hour and says what products need (RFC 9068)', () => {
  let latchkey: RunningLatchkey
  let config: client.Configuration
  const agent = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [app, plainApp] })
    config = await client.discovery(new URL(latchkey.issuer), app.client_id, {}, client.ClientSecretBasic(app.client_secret), {
      execute: [client.allowInsecureRequests],
    })
    await signIn(latchkey, agent, app, 'ada@example.com')
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  async function verify(token: string, audience = app.audience) {
    const keys = createRemoteJWKSet(new URL(`${latchkey.issuer}/jwks`))
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: latchkey.issuer,
      audience,
      typ: 'at+jwt',
      algorithms: ['ES256'],
    })
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) })
    expect(Number(payload.exp) - Number(payload.iat)).toBe(3600)
    return payload
  }

  const ofPerson = () => ({
    iss: latchkey.issuer,
    sub: expect.stringMatching(/^[0-9a-f-]{36}$/),
    aud: [app.audience, latchkey.issuer],
    client_id: app.client_id,
    iat: expect.any(Number),
    exp: expect.any(Number),
    jti: expect.stringMatching(/.{20}/),
    scope: 'openid email books.read',
    auth_time: expect.any(Number),
    acr: 'single-factor',
    amr: ['email'],
    sid: expect.any(String),
    workspace: { id: expect.stringMatching(/^[0-9a-f-]{36}$/), slug: expect.stringMatching(/^personal-/) },
    roles: expect.arrayContaining([expect.any(String)]),
    permissions: expect.arrayContaining(['workspace.read', 'members.manage']),
  })
  const scope = 'openid email books.read'

  it('from a code, and from each refresh', async () => {
    const tokens = tokensOf(await redeem(latchkey, app, await obtainCode(latchkey, agent, app, { scope })))
    const first = await verify(tokens.accessToken)
    expect(first).toEqual(ofPerson())
    const refreshed = tokensOf(await refresh(latchkey, app, tokens.refreshToken))
    const second = await verify(refreshed.accessToken)
    expect(second).toEqual(ofPerson())
    expect(second.jti).not.toBe(first.jti)
    expect([second['sid'], second['auth_time'], second.sub]).toEqual([first['sid'], first['auth_time'], first.sub])
  })

  it('from a device code', async () => {
    const started = await client.initiateDeviceAuthorization(config, { scope })
    await approveDevice(agent, started.verification_uri, started.user_code)
    const tokens = await client.pollDeviceAuthorizationGrant(config, { ...started, interval: 0 })
    expect(await verify(tokens.access_token)).toEqual(ofPerson())
  })

  it('from an app’s own credentials: nobody is signed in, and it names nobody', async () => {
    const tokens = await client.clientCredentialsGrant(config, { scope: 'books.read' })
    expect(await verify(tokens.access_token)).toEqual({
      iss: latchkey.issuer,
      sub: app.client_id,
      aud: app.audience,
      client_id: app.client_id,
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.any(String),
      scope: 'books.read',
    })
  })

  it('also without openid in the scope, and then it is no ticket to userinfo', async () => {
    const tokens = tokensOf(
      await redeem(latchkey, app, await obtainCode(latchkey, agent, app, { scope: 'books.read', nonce: '' })),
    )
    expect(tokens.idToken).toBe('')
    expect(await verify(tokens.accessToken)).toEqual({ ...ofPerson(), scope: 'books.read', aud: app.audience })
  })

  it('is for the app itself where no audience was named', async () => {
    const tokens = tokensOf(await redeem(latchkey, plainApp, await obtainCode(latchkey, agent, plainApp)))
    expect((await verify(tokens.accessToken, plainApp.client_id)).aud).toEqual([plainApp.client_id, latchkey.issuer])
  })

  it('does not carry scopes that the app has no right to', async () => {
    const obtained = await obtainCode(latchkey, agent, app, { scope: 'openid books.read books.burn admin' })
    const answer = await redeem(latchkey, app, obtained)
    expect(answer.body['scope']).toBe('openid books.read')
    expect((await verify(tokensOf(answer).accessToken))['scope']).toBe('openid books.read')
  })
})
