/** Where somebody is signed in and what apps have of them: to be seen, and ended. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asksToSignIn, expectNotices, linksIn, type Visitor, visitAccount } from '../support/account.ts'
import { call, obtainCode, redeem, refresh, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { LogoutReceiver } from '../support/logout-receiver.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'
import { findFreePort } from '../support/servers.ts'
import { headingOf } from '../support/sign-in.ts'
import { answerSignOut } from '../support/sign-out.ts'

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  let receiver: LogoutReceiver
  const thirdParty = { ...serverApp, client_id: 'reports', client_name: 'Reports', first_party: false }

  beforeAll(async () => {
    receiver = new LogoutReceiver(await findFreePort())
    await receiver.open()
    const told = { ...serverApp, backchannel_logout_uri: receiver.url }
    latchkey = await startLatchkey({
      apps: [told, thirdParty],
      on,
      environment: { TRUSTED_PROXIES: '1', EGRESS_ALLOW: '127.0.0.0/8,::1/128' },
    })
  })
  afterAll(async () => {
    await latchkey?.stop()
    await receiver?.close()
  })

  const sessionsIn = ({ body }: { body: string }) =>
    [...body.matchAll(/name="session" value="([^"]*)"/g)].map(([, uid = '']) => uid)
  const isSignedIn = async (visitor: Visitor) => !asksToSignIn(await visitor.agent.get(`${latchkey.issuer}/account`))
  const tokensFor = async (visitor: Visitor) =>
    tokensOf(await redeem(latchkey, serverApp, await obtainCode(latchkey, visitor.agent, serverApp)))
  const isRefused = async (refreshToken: string) =>
    (await refresh(latchkey, serverApp, refreshToken)).body['error'] === 'invalid_grant'

  it('each browser is listed, and one is signed out from another', async () => {
    const here = await visitAccount(latchkey)
    const there = await visitAccount(latchkey, here.address)
    const tokens = await tokensFor(there)
    const page = await here.open('/account/sessions')
    expect(page.body).toContain('Firefox · Linux')
    expect(page.body).toContain('This device')
    const [uid = ''] = sessionsIn(page)
    expect((await here.submit('/account/sessions/end', { session: uid })).body).toContain('That device is signed out.')
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, false])
    expect(await isRefused(tokens.refreshToken)).toBe(true)
    await expect.poll(() => receiver.tokens.length, { timeout: 15_000 }).toBeGreaterThan(0)
  })

  it('the activity says of each sign-out who did it, and why', async () => {
    const here = await visitAccount(latchkey)
    const there = await visitAccount(latchkey, here.address)
    const [uid = ''] = sessionsIn(await here.open('/account/sessions'))
    await here.submit('/account/sessions/end', { session: uid })
    expect(await isSignedIn(there)).toBe(false)
    await answerSignOut(latchkey, here.agent, await here.agent.get(`${latchkey.issuer}/logout`), 'yes')
    const page = await (await visitAccount(latchkey, here.address)).open('/account/activity')
    for (const words of ['You signed out one of your devices from another', 'You signed out'])
      expect(page.body).toContain(`<p class="row-title">${words}</p>`)
    expect(page.body).not.toContain('A device was signed out')
  })

  it('all others are signed out at once', async () => {
    const here = await visitAccount(latchkey)
    const others = [await visitAccount(latchkey, here.address), await visitAccount(latchkey, here.address)]
    expect((await here.submit('/account/sessions/end-others')).body).toContain('All other devices are signed out.')
    expect(await isSignedIn(here)).toBe(true)
    for (const other of others) expect(await isSignedIn(other)).toBe(false)
  })

  it('nobody ends a session of somebody else: the same 404 as for one that is not there', async () => {
    const visitor = await visitAccount(latchkey)
    const victim = await visitAccount(latchkey)
    const second = await visitAccount(latchkey, victim.address)
    const [uid = ''] = sessionsIn(await victim.open('/account/sessions'))
    for (const session of [uid, 'nothing', '', '\u0000']) {
      const answer = await visitor.send('/account/sessions/end', { session })
      expect([answer.status, headingOf(answer)], session).toEqual([404, 'There is nothing here'])
    }
    expect([await isSignedIn(victim), await isSignedIn(second)]).toEqual([true, true])
  })

  it('an app is listed with what it may do, and disconnected: it refreshes no more, and is asked about again', async () => {
    const visitor = await visitAccount(latchkey)
    const tokens = await tokensFor(visitor)
    const list = await visitor.open('/account/apps')
    expect(list.body).toContain('Ledger')
    expect(list.body).not.toContain('latchkey-account')
    const [disconnect = ''] = linksIn(list, '/disconnect')
    const told = receiver.tokens.length
    expect(headingOf(await visitor.open(disconnect))).toBe('Disconnect this app?')
    expect((await visitor.submit(disconnect)).body).toContain('The app no longer has access.')
    expect(await isRefused(tokens.refreshToken)).toBe(true)
    expect((await visitor.open('/account/apps')).body).toContain('No apps yet.')
    await expect.poll(() => receiver.tokens.length, { timeout: 15_000 }).toBe(told + 1)
    expect((await visitor.send(disconnect)).status).toBe(404)
  })

  it('what a third party was allowed is shown, and forgotten with it', async () => {
    const visitor = await visitAccount(latchkey)
    const ask = async () => visitor.agent.follow(await visitor.agent.get((await startRequest(latchkey.issuer, thirdParty)).url))
    const consent = await ask()
    expect(headingOf(consent)).toContain('Reports')
    await visitor.agent.follow(await visitor.agent.post(consent.url, { decision: 'allow' }))
    const list = await visitor.open('/account/apps')
    expect(list.body).toContain('see your e-mail address')
    const [disconnect = ''] = linksIn(list, '/disconnect')
    await visitor.submit(disconnect)
    expect(headingOf(await ask())).toContain('Reports')
  })

  it('nobody disconnects an app from somebody else, nor these pages from themselves', async () => {
    const visitor = await visitAccount(latchkey)
    const victim = await visitAccount(latchkey)
    const tokens = await tokensFor(victim)
    for (const id of ['ledger', 'latchkey-account', 'nothing', '%00'])
      expect((await visitor.send(`/account/apps/${id}/disconnect`)).status, id).toBe(404)
    expect(await isRefused(tokens.refreshToken)).toBe(false)
  })

  it('a request in the name of these pages gets a stranger who wrote it nothing', async () => {
    const { agent } = await visitAccount(latchkey)
    const own = { client_id: 'latchkey-account', redirect_uris: [`${latchkey.issuer}/account/back`] }
    const refused = { status: 400, body: { error: 'unauthorized_client' } }
    const started = await startRequest(latchkey.issuer, own, { scope: 'openid' })
    const code = new URL((await agent.get(started.url)).location ?? '').searchParams.get('code') ?? ''
    expect(code).not.toBe('')
    expect(await redeem(latchkey, own, { code, started })).toMatchObject(refused)
    const request = { client_id: own.client_id, scope: 'openid', response_type: 'code', redirect_uri: own.redirect_uris[0] ?? '' }
    for (const path of ['par', 'device_authorization', 'introspect', 'revoke']) {
      const body = new URLSearchParams({
        ...request,
        token: 'any',
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
      })
      expect(await call(`${latchkey.issuer}/${path}`, { method: 'POST', body }), path).toMatchObject(refused)
    }
    const { url } = await startRequest(latchkey.issuer, own, { scope: 'openid email' })
    expect(new URL((await agent.get(url)).location ?? '').searchParams.get('error')).toBe('invalid_scope')
  })

  it('the page that mails lead to changes nothing by itself; its button ends everything, with every refresh token', async () => {
    const here = await visitAccount(latchkey)
    const there = await visitAccount(latchkey, here.address)
    const tokens = [await tokensFor(here), await tokensFor(there)]
    const page = await here.open('/account/secure')
    expect(page.body).toContain('You are signed in on 2 devices.')
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([true, true])
    const done = await here.send('/account/secure')
    expect(headingOf(done)).toBe('You are signed out everywhere')
    expect([await isSignedIn(here), await isSignedIn(there)]).toEqual([false, false])
    for (const { refreshToken } of tokens) expect(await isRefused(refreshToken)).toBe(true)
    await expectNotices(latchkey, here.address, 'Devices were signed out')
    const activity = await (await visitAccount(latchkey, here.address)).open('/account/activity')
    expect(activity.body.match(/You signed out every device, to secure your account/g)).toHaveLength(2)
  })

  it('and it does nothing for a browser in which nobody is signed in, nor long after', async () => {
    const visitor = await visitAccount(latchkey)
    const stranger = await visitAccount(latchkey)
    await stranger.send('/account/sessions/end-others')
    if (on === 'embedded') {
      latchkey.clock.advance(601)
      for (const answer of [await visitor.send('/account/secure'), await visitor.agent.get(`${latchkey.issuer}/account/secure`)])
        expect(asksToSignIn(answer)).toBe(true)
    }
    expect(await isSignedIn(visitor)).toBe(true)
  })
})
