import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { askUserinfo, leave, obtainCode, postAs, prove, redeem, refresh, signIn, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'

const books = 'https://books.example.com/api'
const maps = 'https://maps.example.com/'
const app = {
  ...serverApp,
  scope: 'own.read',
  resources: [
    { identifier: books, scope: 'books.read books.write' },
    { identifier: maps, scope: 'maps.read' },
  ],
}
const insecure = { [oauth.allowInsecureRequests]: true }

describe('a resource indicator (RFC 8707)', () => {
  let latchkey: RunningLatchkey
  const agent = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [app] })
    await signIn(latchkey, agent, app, 'ada@example.com')
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  /** Asks for several resources, which a record of parameters cannot say. */
  async function obtainFor(resources: string[], scope: string) {
    const started = await startRequest(latchkey.issuer, app, { scope })
    const more = resources.map(resource => `&resource=${encodeURIComponent(resource)}`).join('')
    const callback = await leave(agent, started.url + more)
    return { callback, code: callback.searchParams.get('code') ?? '', started }
  }

  it('makes the token one for that resource, with its scopes and no others', async () => {
    const obtained = await obtainCode(latchkey, agent, app, { resource: books, scope: 'openid books.read maps.read own.read' })
    const { accessToken } = tokensOf(await redeem(latchkey, app, obtained))
    expect(decodeJwt(accessToken)).toMatchObject({ aud: [books, latchkey.issuer], scope: 'openid books.read' })
    expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
  })

  it('may be named at the token endpoint, among those that were asked for', async () => {
    const obtained = await obtainFor([books, maps], 'openid books.read maps.read')
    const first = tokensOf(await redeem(latchkey, app, obtained, { resource: maps }))
    expect(decodeJwt(first.accessToken)).toMatchObject({ aud: [maps, latchkey.issuer], scope: 'openid maps.read' })
    const answer = await postAs(app, `${latchkey.issuer}/token`, {
      grant_type: 'refresh_token',
      refresh_token: first.refreshToken,
      resource: books,
    })
    expect(decodeJwt(tokensOf(answer).accessToken)).toMatchObject({ aud: [books, latchkey.issuer], scope: 'openid books.read' })
  })

  it('that was not asked for is refused at the token endpoint', async () => {
    const refused = await redeem(latchkey, app, await obtainFor([books], 'openid'), { resource: maps })
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_target'])
    const tokens = tokensOf(await redeem(latchkey, app, await obtainFor([books], 'openid')))
    const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken, resource: maps }
    expect((await postAs(app, `${latchkey.issuer}/token`, refresh)).body['error']).toBe('invalid_target')
  })

  it('stays through refreshes that name none', async () => {
    const tokens = tokensOf(await redeem(latchkey, app, await obtainFor([maps], 'openid maps.read')))
    const refreshed = tokensOf(await refresh(latchkey, app, tokens.refreshToken))
    expect(decodeJwt(refreshed.accessToken)).toMatchObject({ aud: [maps, latchkey.issuer], scope: 'openid maps.read' })
  })

  it.each([
    'https://evil.example/',
    'https://books.example.com/',
    'https://books.example.com/api/',
    'https://books.example.com/API',
    `${books}?x=1`,
    `${books}#fragment`,
    'books',
    'urn:example:books',
  ])('that the app has no right to is refused: %s', async resource => {
    const callback = await leave(agent, (await startRequest(latchkey.issuer, app, { resource })).url)
    expect(callback.searchParams.get('error')).toBe('invalid_target')
    const machine = await postAs(app, `${latchkey.issuer}/token`, { grant_type: 'client_credentials', resource })
    expect([machine.status, machine.body['error']]).toEqual([400, 'invalid_target'])
  })

  it('works for machines, with a standard client', async () => {
    const issuer = new URL(latchkey.issuer)
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
    const client = { client_id: app.client_id }
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      client,
      oauth.ClientSecretBasic(app.client_secret),
      { resource: maps, scope: 'maps.read books.read' },
      insecure,
    )
    const { access_token: token } = await oauth.processClientCredentialsResponse(server, client, response)
    const request = new Request(maps, { headers: { authorization: `Bearer ${token}` } })
    const claims = await oauth.validateJwtAccessToken(server, request, maps, insecure)
    expect(claims).toMatchObject({ aud: maps, scope: 'maps.read', sub: app.client_id })
  })

  it('several are kept when an expired sign-in is started again', async () => {
    const stranger = new Agent()
    const started = await startRequest(latchkey.issuer, app, { scope: 'openid maps.read books.read' })
    const page = await stranger.follow(await stranger.get(`${started.url}&resource=${books}&resource=${maps}`))
    await stranger.follow(await stranger.post(`${page.url}/email`, { address: 'slow@example.com' }))
    await latchkey.waitForMail('slow@example.com')
    const again = await stranger.follow(await stranger.post(`${page.url}/restart`))
    const left = await prove(latchkey, stranger, again, 'slow@example.com')
    const code = new URL(left.location ?? '').searchParams.get('code') ?? ''
    const { accessToken } = tokensOf(await redeem(latchkey, app, { code, started }, { resource: maps }))
    expect(decodeJwt(accessToken).aud).toEqual([maps, latchkey.issuer])
    stranger.close()
  })

  it('several, of which none was picked, give a token for the first', async () => {
    const { accessToken } = tokensOf(await redeem(latchkey, app, await obtainFor([maps, books], 'openid maps.read books.read')))
    expect(decodeJwt(accessToken)).toMatchObject({ aud: [maps, latchkey.issuer], scope: 'openid maps.read' })
  })

  it('none is the app itself', async () => {
    const { accessToken } = tokensOf(await redeem(latchkey, app, await obtainFor([], 'openid own.read books.read')))
    expect(decodeJwt(accessToken)).toMatchObject({ aud: [app.client_id, latchkey.issuer], scope: 'openid own.read' })
  })
})
