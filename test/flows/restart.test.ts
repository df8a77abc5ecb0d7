/** An orderly restart: nobody is signed out, no app has to do anything, no mail is lost, and what was begun goes on. */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exchangeCode, refresh } from '../support/code-exchange.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn, startRequest } from '../support/relying-party.ts'
import { type BegunSignIn, beginSignIn, headingOf, listMails, pressRestart, returned } from '../support/sign-in.ts'

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  /** Signed in, with tokens. */
  let known: BegunSignIn
  let accessToken: string
  let keys: string
  /** In the middle of the sign-in. */
  let waiting: BegunSignIn
  let text: string

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on })
    known = await beginSignIn(latchkey)
    await known.agent.post(linkIn((await known.nextMail()).text))
    const code = returned(await known.agent.follow(await known.agent.get(known.home)))?.get('code') ?? ''
    accessToken = JSON.parse((await exchangeCode(known.agent, latchkey.issuer, known.started, code)).body).access_token
    keys = (await known.agent.get(`${latchkey.issuer}/jwks`)).body
    waiting = await beginSignIn(latchkey)
    text = (await waiting.nextMail()).text
    await latchkey.restart()
  })
  afterAll(() => latchkey?.stop())

  it('the session lives on', async () => {
    const { url } = await startRequest(latchkey.issuer, browserApp, { prompt: 'none' })
    expect(returned(await known.agent.follow(await known.agent.get(url)))?.get('code')).toBeDefined()
  })

  it('tokens from before are good, are refreshed, and the same keys verify both', async () => {
    const userinfo = await known.agent.get(`${latchkey.issuer}/userinfo`, { authorization: `Bearer ${accessToken}` })
    expect(JSON.parse(userinfo.body)).toMatchObject({ email: known.address })
    const answer = await refresh(known.agent, latchkey.issuer)
    expect(answer.status).toBe(200)
    const next: string = JSON.parse(answer.body).access_token
    expect(decodeJwt(next).sub).toBe(decodeJwt(accessToken).sub)
    expect(decodeProtectedHeader(next)).toEqual(decodeProtectedHeader(accessToken))
    expect(JSON.parse((await known.agent.get(`${latchkey.issuer}/jwks`)).body)).toEqual(JSON.parse(keys))
  })

  it('mails that were delivered are there', async () => {
    expect(await listMails(latchkey, known.address)).toHaveLength(1)
    expect(await listMails(latchkey, waiting.address)).toHaveLength(1)
  })

  it('a sign-in that was begun goes on, or is started again from its own page', async () => {
    const { agent, home } = waiting
    if (on === 'servers') {
      expect(returned(await agent.follow(await agent.post(`${home}/verify`, { code: codeIn(text) })))?.has('code')).toBe(true)
      return
    }
    // What is short-lived was in the memory of the process; the proof is kept, and the way back to the app.
    const page = await agent.follow(await agent.post(linkIn(text)))
    expect(headingOf(await pressRestart(agent, page))).toContain(browserApp.client_name)
  })
})
