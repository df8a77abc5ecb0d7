import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, signInByLink, startRequest } from '../support/relying-party.ts'

describe.each(['embedded', 'servers'] as const)('signing in by the link of the mail, on %s', on => {
  let latchkey: RunningLatchkey

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [serverApp], on })
  })
  afterAll(() => latchkey.stop())

  it('gives an ordinary OIDC client its tokens, and any JOSE library verifies them', async () => {
    const agent = new Agent()
    const config = await client.discovery(
      new URL(latchkey.issuer),
      serverApp.client_id,
      {},
      client.ClientSecretBasic(serverApp.client_secret),
      {
        execute: [client.allowInsecureRequests],
      },
    )
    const started = await startRequest(latchkey.issuer, serverApp)
    const callback = await signInByLink(latchkey, agent, started.url, 'ada@example.com')
    expect(callback.searchParams.get('iss')).toBe(latchkey.issuer)

    const tokens = await client.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: started.verifier,
      expectedState: started.state,
      expectedNonce: started.nonce,
      idTokenExpected: true,
    })
    expect(tokens.claims()).toMatchObject({
      email: 'ada@example.com',
      email_verified: true,
      acr: 'single-factor',
      amr: ['email'],
    })
    expect(tokens.refresh_token).toHaveLength(64)

    const keys = createRemoteJWKSet(new URL(`${latchkey.issuer}/jwks`))
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys, {
      issuer: latchkey.issuer,
      audience: serverApp.client_id,
      typ: 'at+jwt',
    })
    expect(protectedHeader.alg).toBe('ES256')
    expect(Number(payload.exp) - Number(payload.iat)).toBe(3600)
    expect(payload).toMatchObject({
      client_id: serverApp.client_id,
      scope: 'openid email profile',
      acr: 'single-factor',
      amr: ['email'],
      workspace: { slug: expect.stringMatching(/^personal-/) },
      roles: ['admin'],
    })
    expect(payload['sid']).toEqual(tokens.claims()?.['sid'])

    const userinfo = await client.fetchUserInfo(config, tokens.access_token, String(payload.sub))
    expect(userinfo.email).toBe('ada@example.com')

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
    expect(await client.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: true, sub: payload.sub })
    agent.close()
  })
})
