import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { askUserinfo, obtainCode, post, postAs, redeem, refresh, signIn, type TestApp, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'

const stranger = { ...serverApp, client_id: 'stranger' }
const insecure = { [oauth.allowInsecureRequests]: true }

describe('revocation (RFC 7009)', () => {
  let latchkey: RunningLatchkey
  const agent = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [serverApp, stranger] })
    await signIn(latchkey, agent, serverApp, 'ada@example.com')
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  const revoke = (by: TestApp, token: string, hint?: string) =>
    postAs(by, `${latchkey.issuer}/revoke`, { token, token_type_hint: hint })
  const isActive = async (token: string) => (await postAs(serverApp, `${latchkey.issuer}/introspect`, { token })).body['active']
  const tokens = async () => tokensOf(await redeem(latchkey, serverApp, await obtainCode(latchkey, agent, serverApp)))

  it('of an access token by a standard client: it is dead here at once', async () => {
    const issuer = new URL(latchkey.issuer)
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
    const client = { client_id: serverApp.client_id }
    const { accessToken } = await tokens()
    const authentication = oauth.ClientSecretBasic(serverApp.client_secret)
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, authentication, accessToken, insecure))
    expect((await askUserinfo(latchkey, accessToken)).status).toBe(401)
    expect(await isActive(accessToken)).toBe(false)
  })

  it.each(['access_token', 'refresh_token', undefined])(
    'of a refresh token ends what hangs on it, with the hint %s',
    async hint => {
      const { accessToken, refreshToken } = await tokens()
      expect((await revoke(serverApp, refreshToken, hint)).status).toBe(200)
      expect((await refresh(latchkey, serverApp, refreshToken)).body['error']).toBe('invalid_grant')
      expect((await askUserinfo(latchkey, accessToken)).status).toBe(401)
    },
  )

  it('leaves the session alone: the next request is answered without a question', async () => {
    const { accessToken } = await tokens()
    await revoke(serverApp, accessToken)
    expect((await askUserinfo(latchkey, (await tokens()).accessToken)).status).toBe(200)
  })

  it('of a machine’s token', async () => {
    const machine = await postAs(serverApp, `${latchkey.issuer}/token`, { grant_type: 'client_credentials' })
    const other = await postAs(serverApp, `${latchkey.issuer}/token`, { grant_type: 'client_credentials' })
    const token = String(machine.body['access_token'])
    expect(await isActive(token)).toBe(true)
    expect((await revoke(serverApp, token)).status).toBe(200)
    expect(await isActive(token)).toBe(false)
    expect(await isActive(String(other.body['access_token']))).toBe(true)
  })

  it('by a stranger changes nothing, and tells nothing', async () => {
    const { accessToken, refreshToken } = await tokens()
    const answers = await Promise.all([accessToken, refreshToken, 'nonsense'].map(token => revoke(stranger, token)))
    expect(answers.map(answer => [answer.status, answer.body])).toEqual(answers.map(() => [200, { text: '' }]))
    expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
    expect((await refresh(latchkey, serverApp, refreshToken)).status).toBe(200)
  })

  it('by nobody, or with a wrong secret, is refused', async () => {
    const { accessToken } = await tokens()
    expect((await post(`${latchkey.issuer}/revoke`, { token: accessToken })).status).toBe(400)
    expect((await revoke({ ...serverApp, client_secret: 'x'.repeat(40) }, accessToken)).status).toBe(401)
    expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
  })

  it('of what is revoked already, expired or never was is no error (RFC 7009 §2.2)', async () => {
    const { accessToken, refreshToken, idToken } = await tokens()
    await revoke(serverApp, refreshToken)
    for (const token of [refreshToken, accessToken, idToken, 'nonsense', 'a.b.c', '\u0000']) {
      expect((await revoke(serverApp, token)).status).toBe(200)
    }
    expect((await postAs(serverApp, `${latchkey.issuer}/revoke`, {})).body['error']).toBe('invalid_request')
  })
})
