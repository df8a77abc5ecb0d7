import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Agent } from '../support/agent.ts'
import { askUserinfo, credentialsOf, obtainCode, post, redeem, refresh, signIn, tokensOf } from '../support/code-flow.ts'
import { changeRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp } from '../support/relying-party.ts'

const otherApp = { ...serverApp, client_id: 'other', redirect_uris: ['http://localhost:4002/callback'] }
const app = { ...serverApp, redirect_uris: ['http://localhost:4001/callback', 'http://localhost:4001/second'] }

describe('an authorization code', () => {
  let latchkey: RunningLatchkey
  const agent = new Agent()

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [app, otherApp] })
    await signIn(latchkey, agent, app, 'ada@example.com')
  })
  afterEach(() => {
    vi.useRealTimers()
  })
  afterAll(async () => {
    agent.close()
    await latchkey.stop()
  })

  it.each([
    ['another verifier', { code_verifier: 'a'.repeat(43) }, 'invalid_grant'],
    ['no verifier', { code_verifier: undefined }, 'invalid_grant'],
    ['the challenge as the verifier', 'challenge', 'invalid_grant'],
    ['another registered redirect URI', { redirect_uri: 'http://localhost:4001/second' }, 'invalid_grant'],
    ['no redirect URI', { redirect_uri: undefined }, 'invalid_request'],
    ['another code', { code: 'x'.repeat(43) }, 'invalid_grant'],
    ['no code', { code: undefined }, 'invalid_request'],
  ] as const)('is not given for %s, and stays good for the app that has it', async (_what, changes, error) => {
    const obtained = await obtainCode(latchkey, agent, app)
    const wrong =
      changes === 'challenge'
        ? { code_verifier: new URL(obtained.started.url).searchParams.get('code_challenge') ?? '' }
        : changes
    const refused = await redeem(latchkey, app, obtained, wrong)
    expect([refused.status, refused.body['error']]).toEqual([400, error])
    expect((await redeem(latchkey, app, obtained)).status).toBe(200)
  })

  it('is not given to another app that has everything else', async () => {
    const obtained = await obtainCode(latchkey, agent, app)
    const refused = await redeem(latchkey, otherApp, obtained, { redirect_uri: app.redirect_uris[0] })
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_grant'])
    expect((await redeem(latchkey, app, obtained)).status).toBe(200)
  })

  it('is not given for a request that says something twice', async () => {
    const obtained = await obtainCode(latchkey, agent, app)
    const { form, headers } = credentialsOf(app)
    const fields: Array<[string, string]> = [
      ...Object.entries(form),
      ['grant_type', 'authorization_code'],
      ['code', obtained.code],
      ['redirect_uri', app.redirect_uris[0] ?? ''],
      ['code_verifier', obtained.started.verifier],
    ]
    for (const [name, value] of fields) {
      const refused = await post(`${latchkey.issuer}/token`, [...fields, [name, value]], headers)
      expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_request'])
    }
    expect((await post(`${latchkey.issuer}/token`, fields, headers)).status).toBe(200)
  })

  it('gives nothing where it can’t be written down', async () => {
    const codes = [await obtainCode(latchkey, agent, app), await obtainCode(latchkey, agent, app)]
    await changeRows(latchkey, 'audit_events', 'alter table latchkey.audit_events add constraint full_up check (false) not valid')
    try {
      for (const obtained of codes) {
        const refused = await redeem(latchkey, app, obtained)
        expect(refused.status).toBeGreaterThanOrEqual(500)
        expect(JSON.stringify(refused.body)).not.toMatch(/eyJ|full_up|audit/)
      }
    } finally {
      await changeRows(latchkey, 'audit_events', 'alter table latchkey.audit_events drop constraint full_up')
    }
    expect((await redeem(latchkey, app, await obtainCode(latchkey, agent, app))).status).toBe(200)
  })

  it('expires after a minute', async () => {
    const obtained = await obtainCode(latchkey, agent, app)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    const refused = await redeem(latchkey, app, obtained)
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_grant'])
  })

  it('used twice ends what the first use gave (RFC 6749 §4.1.2)', async () => {
    const obtained = await obtainCode(latchkey, agent, app)
    const { accessToken, refreshToken } = tokensOf(await redeem(latchkey, app, obtained))
    expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
    const again = await redeem(latchkey, app, obtained)
    expect([again.status, again.body['error']]).toEqual([400, 'invalid_grant'])
    expect((await askUserinfo(latchkey, accessToken)).status).toBe(401)
    const refreshed = await refresh(latchkey, app, refreshToken)
    expect([refreshed.status, refreshed.body['error']]).toEqual([400, 'invalid_grant'])
  })

  it('redeemed by two requests at the very same moment ends what one of them was given', async () => {
    for (let round = 0; round < 5; round += 1) {
      const obtained = await obtainCode(latchkey, agent, app)
      const answers = await Promise.all([redeem(latchkey, app, obtained), redeem(latchkey, app, obtained)])
      const given = answers.filter(answer => answer.status === 200)
      expect(given.length).toBeLessThanOrEqual(1)
      for (const answer of given) expect((await askUserinfo(latchkey, tokensOf(answer).accessToken)).status).toBe(401)
    }
  })

  it('redeemed by ten requests at once gives tokens to one at most, and none of them outlive the theft', async () => {
    const obtained = await obtainCode(latchkey, agent, app)
    const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(latchkey, app, obtained)))
    const given = answers.filter(answer => answer.status === 200)
    expect(given.length).toBeLessThanOrEqual(1)
    expect(answers.filter(answer => answer.body['error'] === 'invalid_grant')).toHaveLength(10 - given.length)
    for (const answer of given) expect((await askUserinfo(latchkey, tokensOf(answer).accessToken)).status).toBe(401)
  })
})
