/** kill -9 in the middle of sign-ins: whatever was acknowledged is there after the restart. */
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { exchangeCode, refresh } from '../support/code-exchange.ts'
import { type Installation, startInstallation } from '../support/processes.ts'
import { browserApp, linkIn, type StartedRequest, startRequest } from '../support/relying-party.ts'
import { headingOf, newAddress, returned } from '../support/sign-in.ts'
import { type SmtpSink, startSmtpSink, waitForMailTo } from '../support/smtp-sink.ts'

/** What one person's browser and app have been told so far. */
interface Person {
  agent: Agent
  address: string
  home?: string
  text?: string
  proved?: true
  signedIn?: true
  started?: StartedRequest
  subject?: string
  accessToken?: string
  /** Whether the last refresh was answered: the cookie in the jar is the current one. */
  settled?: boolean
}

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let installation: Installation
  let mails: SmtpSink
  let announceCrash: (error: Error) => void
  /** Nobody waits for a mail any longer. */
  const crash = new Promise<never>((_resolve, reject) => {
    announceCrash = reject
  })
  crash.catch(() => {})

  beforeAll(async () => {
    mails = await startSmtpSink()
    installation = await startInstallation({
      apps: [browserApp],
      nodes: 1,
      on,
      environment: { SMTP_URL: mails.url, MAIL_FROM: 'Latchkey <no-reply@example.com>', TRUSTED_PROXIES: '1' },
    })
  })
  afterAll(async () => {
    await installation?.stop()
    await mails?.stop()
  })

  /** Signs in and refreshes without end; ends with the error of the request that met the crash. */
  async function live(person: Person): Promise<never> {
    const { issuer } = installation
    const { agent, address } = person
    const started = await startRequest(issuer, browserApp)
    person.started = started
    const first = await agent.follow(await agent.get(started.url))
    const home = `${issuer}${new URL(first.url).pathname}`
    expect((await agent.post(`${home}/email`, { address })).status).toBe(303)
    person.home = home
    const text = await Promise.race([waitForMailTo(mails, address), crash])
    person.text = text
    expect((await agent.post(linkIn(text))).status).toBe(303)
    person.proved = true
    const code = returned(await agent.follow(await agent.get(home)))?.get('code') ?? ''
    person.signedIn = true
    const exchanged = await exchangeCode(agent, issuer, started, code)
    for (let answer = exchanged; ; answer = await refresh(agent, issuer)) {
      expect(answer.status).toBe(200)
      person.accessToken = JSON.parse(answer.body).access_token
      person.subject = decodeJwt(person.accessToken ?? '').sub ?? ''
      person.settled = true
      await sleep(20)
      person.settled = false
    }
  }

  async function expectKept(person: Person): Promise<void> {
    const { issuer } = installation
    const { agent, address } = person
    if (person.signedIn) {
      const { url } = await startRequest(issuer, browserApp, { prompt: 'none' })
      expect(returned(await agent.follow(await agent.get(url)))?.get('code'), 'the session').toBeDefined()
    }
    if (person.accessToken !== undefined) {
      const headers = { authorization: `Bearer ${person.accessToken}`, accept: 'application/json' }
      const userinfo = await agent.get(`${issuer}/userinfo`, headers)
      expect(JSON.parse(userinfo.body), 'user and grant').toMatchObject({ sub: person.subject, email: address })
    }
    if (person.settled) expect((await refresh(agent, issuer)).status, 'the refresh token').toBe(200)
    if (person.signedIn || person.home === undefined) return
    // In the middle of the sign-in: the mail that was promised comes, its link is good, and the way to the app is open.
    const link = linkIn(person.text ?? (await waitForMailTo(mails, address, 0, 50_000)))
    const pages = [await agent.follow(await agent.post(link)), await agent.follow(await agent.get(person.home))]
    const goesOn = pages.some(page => returned(page)?.has('code') || page.body.includes('/restart"'))
    expect(goesOn, `the way on from ${pages.map(page => `${page.status} ${headingOf(page)}`).join(', ')}`).toBe(true)
  }

  it('keeps what was acknowledged, for everybody, wherever they were', async () => {
    const people: Person[] = []
    const lives: Promise<unknown>[] = []
    // One after the other, so that the crash meets them at different steps.
    for (let count = 0; count < 8; count += 1) {
      const agent = new Agent(undefined, { 'x-forwarded-for': `198.51.100.${count}` })
      const person: Person = { agent, address: newAddress() }
      people.push(person)
      lives.push(live(person).catch((error: unknown) => error))
      await sleep(40)
    }
    await expect
      .poll(() => people.filter(({ settled }) => settled !== undefined).length, { interval: 5, timeout: 20_000 })
      .toBeGreaterThan(2)
    await installation.nodes[0]?.kill()
    announceCrash(Object.assign(new Error('crashed'), { code: 'ECONNREFUSED' }))
    // What ended them was the crash, and no answer that they should not have had.
    for (const error of await Promise.all(lives))
      expect(error).toMatchObject({ code: expect.stringMatching(/^ECONN|^EPIPE|^UND/) })
    await installation.nodes[0]?.restart()
    for (const person of people) await expectKept(person)
  })
})
