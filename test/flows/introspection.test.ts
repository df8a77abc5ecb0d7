import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { obtainCode, post, postAs, redeem, refresh, signIn, type TestApp, tokensOf } from '../support/code-flow.ts'
import { changeRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'

const app = { ...serverApp, audience: 'https://api.example.com' }
/** An API that verifies by asking. It is meant by the app's tokens. */
const api = {
  client_id: 'api',
  client_name: 'API',
  client_secret: 'another-secret-of-at-least-thirty-two-characters',
  grant_types: ['client_credentials'],
  audience: 'https://api.example.com',
}
const stranger = { ...serverApp, client_id: 'stranger' }
const publicApp = {
  client_id: 'desktop',
  client_name: 'Desktop',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/callback'],
  audience: 'https://api.example.com',
  first_party: true,
}

describe('introspection (RFC 7662)', () => {
  let latchkey: RunningLatchkey
  const agent = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [app, api, stranger, publicApp] })
    await signIn(latchkey, agent, app, 'ada@example.com')
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  const ask = (by: TestApp | typeof api, token: string, hint?: string) =>
    postAs(by as TestApp, `${latchkey.issuer}/introspect`, { token, token_type_hint: hint })
  const tokens = async () => tokensOf(await redeem(latchkey, app, await obtainCode(latchkey, agent, app)))

  it('tells a standard client what the token says', async () => {
    const config = await client.discovery(
      new URL(latchkey.issuer),
      app.client_id,
      {},
      client.ClientSecretBasic(app.client_secret),
      {
        execute: [client.allowInsecureRequests],
      },
    )
    const { accessToken, refreshToken } = await tokens()
    const { sub, iat, exp, jti, sid, workspace, roles, permissions } = decodeJwt(accessToken)
    expect(await client.tokenIntrospection(config, accessToken)).toEqual({
      active: true,
      client_id: app.client_id,
      iss: latchkey.issuer,
      aud: app.audience,
      token_type: 'Bearer',
      scope: 'openid email profile',
      acr: 'single-factor',
      amr: ['email'],
      auth_time: expect.any(Number),
      sub,
      iat,
      exp,
      jti,
      sid,
      workspace,
      roles,
      permissions,
    })
    expect(await client.tokenIntrospection(config, refreshToken)).toMatchObject({
      active: true,
      sub,
      client_id: app.client_id,
      sid,
    })
  })

  it.each(['access_token', 'refresh_token', 'nonsense', undefined])('takes the hint %s as a hint', async hint => {
    const { accessToken, refreshToken } = await tokens()
    for (const token of [accessToken, refreshToken]) expect((await ask(app, token, hint)).body['active']).toBe(true)
  })

  it('answers the API that the token is meant for', async () => {
    const { accessToken, refreshToken } = await tokens()
    expect((await ask(api, accessToken)).body).toMatchObject({ active: true, sub: decodeJwt(accessToken).sub })
    expect((await ask(api, refreshToken)).body).toEqual({ active: false })
  })

  it('tells strangers nothing, not even that there is such a token', async () => {
    const { accessToken, refreshToken, idToken } = await tokens()
    for (const token of [accessToken, refreshToken, idToken, 'nonsense', 'a.b.c', '~', '%00', '\u0000']) {
      expect((await ask(stranger, token)).body).toEqual({ active: false })
    }
    // Whoever keeps no secret could be anybody: it may ask about its own tokens alone.
    expect((await ask(publicApp, accessToken)).body).toEqual({ active: false })
    const own = tokensOf(await redeem(latchkey, publicApp, await obtainCode(latchkey, agent, publicApp)))
    expect((await ask(publicApp, own.accessToken)).body['active']).toBe(true)
  })

  it('tells nothing to whoever isn’t an app', async () => {
    const { accessToken } = await tokens()
    expect((await post(`${latchkey.issuer}/introspect`, { token: accessToken })).status).toBe(400)
    const wrong = await ask({ ...app, client_secret: 'x'.repeat(40) }, accessToken)
    expect([wrong.status, wrong.body]).toEqual([401, { error: 'invalid_client', error_description: expect.any(String) }])
    expect((await ask({ client_id: app.client_id, redirect_uris: [] }, accessToken)).status).toBe(401)
  })

  it('needs a token', async () => {
    expect((await postAs(app, `${latchkey.issuer}/introspect`, {})).body['error']).toBe('invalid_request')
  })

  it('calls an ID token inactive: it is no token to be asked about', async () => {
    expect((await ask(app, (await tokens()).idToken)).body).toEqual({ active: false })
  })

  it('knows a machine’s token', async () => {
    const machine = await postAs(app, `${latchkey.issuer}/token`, { grant_type: 'client_credentials' })
    const token = String(machine.body['access_token'])
    const answer = await ask(app, token)
    expect(answer.body).toMatchObject({ active: true, client_id: app.client_id, token_type: 'Bearer' })
    expect(answer.body).not.toHaveProperty('workspace')
    expect((await ask(api, token)).body['active']).toBe(true)
    expect((await ask(stranger, token)).body).toEqual({ active: false })
  })

  it('knows a spent refresh token as inactive, and leaves its family alone', async () => {
    const { refreshToken } = await tokens()
    const next = tokensOf(await refresh(latchkey, app, refreshToken))
    latchkey.clock.advance(11)
    expect((await ask(app, refreshToken)).body).toEqual({ active: false })
    expect((await ask(app, next.refreshToken)).body['active']).toBe(true)
  })

  it('sees a suspension at once, for every token of the person', async () => {
    const other = new Agent()
    const obtained = tokensOf(await redeem(latchkey, app, await signIn(latchkey, other, app, 'suspended@example.com')))
    const { sub } = decodeJwt(obtained.idToken)
    await changeRows(latchkey, 'users', `update latchkey.users set status = 'suspended' where id = $1`, [sub])
    expect((await ask(app, obtained.accessToken)).body).toEqual({ active: false })
    expect((await ask(app, obtained.refreshToken)).body).toEqual({ active: false })
    expect((await refresh(latchkey, app, obtained.refreshToken)).body['error']).toBe('invalid_grant')
    other.close()
  })
})
