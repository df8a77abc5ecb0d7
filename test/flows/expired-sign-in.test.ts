/** A sign-in that took too long: the page says so, and the person starts again there, without going back to the app. */
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { locales } from '../../views/page-context.ts'
import { Agent, type Response } from '../support/agent.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, codeIn, linkIn } from '../support/relying-party.ts'
import {
  askState,
  type BegunSignIn,
  beginSignIn,
  expectMails,
  formActions,
  headingOf,
  newAddress,
  returned,
} from '../support/sign-in.ts'

const { say } = speak('en')

/** From a page that offers to start again to the app, signed in, with the state that the app gave at first. */
async function startAgain({ agent, address, started }: BegunSignIn, latchkey: RunningLatchkey, page: Response): Promise<void> {
  const action = formActions(page).find(each => each.endsWith('/restart'))
  expect(action).toBeDefined()
  const first = await agent.follow(await agent.post(action ?? ''))
  const home = `${latchkey.issuer}${new URL(first.url).pathname}`
  expect(formActions(first)).toContain(`${home}/email`)
  const nextMail = expectMails(latchkey, address)
  await agent.post(`${home}/email`, { address })
  await agent.post(linkIn((await nextMail()).text))
  expect(returned(await agent.follow(await agent.get(home)))?.get('state')).toBe(started.state)
}

describe('after an hour', () => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on: 'postgres' })
  })
  afterAll(() => latchkey?.stop())

  it('the page where it began asks for the address once more, says why, and goes on to the app', async () => {
    const begun = await beginSignIn(latchkey)
    const { agent, home, started, address } = begun
    await begun.nextMail()
    latchkey.clock.advance(3600)
    expect(await askState(begun)).toBe(new URL(home).pathname)
    const page = await agent.get(home)
    expect(page.body).toContain(say('address.notice.expired'))
    await agent.follow(await agent.post(`${home}/email`, { address }))
    await agent.post(linkIn((await begun.nextMail()).text))
    expect(returned(await agent.follow(await agent.get(home)))?.get('state')).toBe(started.state)
  })

  it('so does a code that comes too late, and "send a new e-mail" still sends one', async () => {
    const begun = await beginSignIn(latchkey)
    const { agent, home } = begun
    const code = codeIn((await begun.nextMail()).text)
    latchkey.clock.advance(3600)
    const late = await agent.follow(await agent.post(`${home}/verify`, { code }))
    expect(late.status).toBeLessThan(500)
    expect(returned(late)).toBeUndefined()
    await agent.post(`${home}/again`)
    const next = codeIn((await begun.nextMail()).text)
    expect(returned(await agent.follow(await agent.post(`${home}/verify`, { code: next })))?.has('code')).toBe(true)
  })

  it('the link of the mail says so, and offers to start again in the browser that began, not elsewhere', async () => {
    const begun = await beginSignIn(latchkey)
    const link = linkIn((await begun.nextMail()).text)
    latchkey.clock.advance(3600)
    const elsewhere = await new Agent().get(link)
    expect(elsewhere.status).toBe(410)
    expect(formActions(elsewhere)).toEqual([])
    const page = await begun.agent.get(link)
    expect(headingOf(page)).toBe(say('expired.heading'))
    await startAgain(begun, latchkey, page)
  })
})

describe('when all that is short-lived is lost', () => {
  let latchkey: RunningLatchkey
  let redis: Redis
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp] })
    redis = new Redis(latchkey.redisUrl ?? '')
  })
  afterAll(async () => {
    redis?.disconnect()
    await latchkey?.stop()
  })

  it.each([
    ['the page where it began', (begun: BegunSignIn) => begun.agent.get(begun.home)],
    ['the code', (begun: BegunSignIn) => begun.agent.post(`${begun.home}/verify`, { code: 'BBBBBBBB' })],
    ['"send a new e-mail"', (begun: BegunSignIn) => begun.agent.post(`${begun.home}/again`)],
    ['"another address"', (begun: BegunSignIn) => begun.agent.post(`${begun.home}/change`)],
  ])('%s leads to a page that offers to start again', async (_what, act) => {
    const begun = await beginSignIn(latchkey)
    await begun.nextMail()
    await redis.flushdb()
    const page = await begun.agent.follow(await act(begun))
    expect(page.status).toBe(410)
    expect(headingOf(page)).toBe(say('expired.heading'))
    await startAgain(begun, latchkey, page)
  })

  it('the link still proves the address, and then offers to start again', async () => {
    const begun = await beginSignIn(latchkey)
    const link = linkIn((await begun.nextMail()).text)
    await redis.flushdb()
    const page = await begun.agent.follow(await begun.agent.post(link))
    expect(page.status).toBe(410)
    await startAgain(begun, latchkey, page)
  })

  it('before an address was typed there is nothing to start again from: the page leads back to the app', async () => {
    const { home, agent } = await beginSignIn(latchkey)
    await redis.flushdb()
    const page = await new Agent().get(home, { cookie: agent.cookies(home).replace(/__Host-browser=[^;]+/, '') })
    expect(page.status).toBe(410)
    expect(formActions(page)).toEqual([])
    expect(headingOf(page)).toBe(say('expired.heading-unknown'))
    expect(page.body).toContain(say('expired.lead-unknown'))
  })
})

describe('an address of a sign-in', () => {
  let latchkey: RunningLatchkey
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp], on: 'postgres' })
  })
  afterAll(() => latchkey?.stop())

  it.each(['sign-in', 'consent'])('that never was one (/%s/…) is not said to have been open for too long', async path => {
    for (const locale of locales) {
      const page = await new Agent().get(`${latchkey.issuer}/${path}/never-begun`, { 'accept-language': locale })
      expect(page.status).toBe(410)
      expect(headingOf(page)).toBe(speak(locale).say('expired.heading-unknown'))
      expect(page.body).not.toContain(speak(locale).say('expired.lead-from-app'))
    }
  })

  it('and of a link: nobody says that it was open for too long, and both lead on', async () => {
    for (const locale of locales) {
      const { say: sayThere } = speak(locale)
      const page = await new Agent().get(`${latchkey.issuer}/link/abc`, { 'accept-language': locale })
      expect([page.status, headingOf(page)]).toEqual([410, sayThere('expired.heading-unknown-link')])
      expect(page.body).not.toContain(sayThere('expired.lead-from-app'))
      for (const each of [page, await new Agent().get(`${latchkey.issuer}/sign-in/abcdef`)])
        expect(each.body).toContain('href="/account"')
    }
  })

  it('where a form was answered leads back, when it is loaded once more', async () => {
    const { agent, home } = await beginSignIn(latchkey)
    await agent.post(`${home}/change`)
    const mistyped = await agent.post(`${home}/email`, { address: 'anna@' })
    expect(mistyped.status).toBe(400)
    const first = await agent.follow(await agent.get(`${home}/email`))
    expect(first.url).toBe(home)
    expect(formActions(first)).toContain(`${home}/email`)

    await agent.post(`${home}/email`, { address: newAddress() })
    await agent.post(`${home}/verify`, { code: 'BBBBBBBB' })
    const waiting = await agent.follow(await agent.get(`${home}/verify`))
    expect([waiting.status, formActions(waiting).includes(`${home}/verify`)]).toEqual([200, true])
  })
})
