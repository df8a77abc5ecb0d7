import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { call, credentialsOf, post, redeem, refresh, signIn, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp as app } from '../support/relying-party.ts'

const token = 'a-token-for-Prometheus-of-32-characters-or-more'

async function scrape(latchkey: RunningLatchkey, headers: Record<string, string> = { authorization: `Bearer ${token}` }) {
  return call(`${latchkey.issuer}/metrics`, { headers })
}

describe('an installation without METRICS_TOKEN', () => {
  it('has no metrics to read', async () => {
    const latchkey = await startLatchkey({ apps: [app], on: 'embedded' })
    try {
      expect((await scrape(latchkey)).status).toBe(404)
    } finally {
      await latchkey.stop()
    }
  })
})

describe('the metrics of an installation', () => {
  let latchkey: RunningLatchkey
  const agent = new Agent()
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [app], environment: { METRICS_TOKEN: token } })
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  it.each([
    ['no token', {}],
    ['another token', { authorization: `Bearer ${token}x` }],
    ['the token in another way', { authorization: token }],
    ['another scheme', { authorization: `Basic ${btoa(`x:${token}`)}` }],
  ])('are not shown to whoever has %s', async (_, headers) => {
    const answer = await scrape(latchkey, headers)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(JSON.stringify(answer.body)).not.toContain('latchkey_')
  })

  it('count requests by route and outcome, sign-ins, tokens, mails and errors, under names that Prometheus expects', async () => {
    const tokens = tokensOf(await redeem(latchkey, app, await signIn(latchkey, agent, app, 'ada@example.com')))
    tokensOf(await refresh(latchkey, app, tokens.refreshToken))
    const { form, headers } = credentialsOf(app)
    await post(`${latchkey.issuer}/token`, { ...form, grant_type: 'client_credentials' }, headers)
    await post(`${latchkey.issuer}/token`, { ...form, grant_type: 'refresh_token', refresh_token: 'x' }, headers)
    for (let times = 0; times < 3; times += 1) await call(`${latchkey.issuer}/jwks`)
    for (const path of ['/nowhere', '/sign-in/x', '/wp-login.php']) await call(`${latchkey.issuer}${path}`)

    const answer = await scrape(latchkey)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = String(answer.body['text'])
    for (const line of [
      'latchkey_requests_total{route="/token",status="2xx"} 3',
      'latchkey_requests_total{route="/token",status="4xx"} 1',
      'latchkey_requests_total{route="/jwks",status="2xx"} 3',
      'latchkey_requests_total{route="/metrics",status="4xx"} 4',
      'latchkey_requests_total{route="other",status="4xx"} 2',
      'latchkey_request_seconds_count{route="/token"} 4',
      'latchkey_request_seconds_bucket{le="+Inf",route="/jwks"} 3',
      'latchkey_tokens_total{grant_type="authorization_code"} 1',
      'latchkey_tokens_total{grant_type="refresh_token"} 1',
      'latchkey_tokens_total{grant_type="client_credentials"} 1',
      'latchkey_sign_ins_total{outcome="signed-in"} 1',
      'latchkey_mails_total{outcome="delivered"} 1',
      'latchkey_errors_total{code="not-signed-in"} 4',
      'latchkey_errors_total{code="not-found"} 2',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    expect(text).toMatch(/^latchkey_requests_total\{route="\/sign-in\/:uid",status="[23]xx"\} \d+$/m)
    for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm)) expect(name).toMatch(/^latchkey_(?!latchkey)(?!.*_total_total)/)
  })

  it('name no address, token or path that somebody sent', async () => {
    const text = String((await scrape(latchkey)).body['text'])
    for (const sent of ['ada@example.com', 'wp-login', 'nowhere', token]) expect(text).not.toContain(sent)
  })

  it('are there for whoever asks this node by its address', async () => {
    const { port } = new URL(latchkey.issuer)
    const headers = { host: '10.1.2.3:9000', authorization: `Bearer ${token}` }
    const status = await new Promise(resolve => {
      request({ host: '127.0.0.1', port, path: '/metrics', headers }, answer => resolve(answer.resume().statusCode)).end()
    })
    expect(status).toBe(200)
  })
})
