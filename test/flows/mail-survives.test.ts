/** Mail leaves by a durable job: a mail server that is away or slow delays the mail and never the page, and a crash loses none. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { type Installation, startInstallation } from '../support/processes.ts'
import { browserApp, linkIn, startRequest } from '../support/relying-party.ts'
import { findFreePort } from '../support/servers.ts'
import { newAddress, returned } from '../support/sign-in.ts'
import { type SmtpSink, startSmtpSink, waitForMailTo } from '../support/smtp-sink.ts'

/** Longer than it takes to notice that a process has died with a mail in hand (15 s), and to try again (4 s). */
const patience = 25_000

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let installation: Installation
  let port: number
  let mails: SmtpSink | undefined

  beforeAll(async () => {
    port = await findFreePort()
    installation = await startInstallation({
      apps: [browserApp],
      nodes: 1,
      on,
      environment: { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'Latchkey <no-reply@example.com>', LOG_LEVEL: 'warn' },
    })
  })
  afterAll(async () => {
    await installation?.stop()
    await mails?.stop()
  })

  /** Answers how long the page took, which says that the mail is on its way. */
  async function ask(agent: Agent, address: string): Promise<{ home: string; milliseconds: number }> {
    const first = await agent.follow(await agent.get((await startRequest(installation.issuer, browserApp)).url))
    const home = `${installation.issuer}${new URL(first.url).pathname}`
    const before = performance.now()
    expect((await agent.post(`${home}/email`, { address })).status).toBe(303)
    return { home, milliseconds: performance.now() - before }
  }

  it('with the mail server away, the page answers at once, and the mail comes when it is back', async () => {
    const agent = new Agent()
    const address = newAddress()
    const { milliseconds } = await ask(agent, address)
    expect(milliseconds).toBeLessThan(2000)
    await expect.poll(() => installation.output(), { interval: 20, timeout: 10_000 }).toContain('could not be handed over')
    mails = await startSmtpSink({ port })
    expect((await agent.post(linkIn(await waitForMailTo(mails, address, 0, patience)))).status).toBe(303)
  })

  it('with the process killed right after the page has answered, the mail comes after the restart', async () => {
    await mails?.stop()
    const people = Array.from({ length: 4 }, () => ({ agent: new Agent(), address: newAddress() }))
    await Promise.all(people.map(({ agent, address }) => ask(agent, address)))
    await installation.nodes[0]?.kill()
    mails = await startSmtpSink({ port })
    await installation.nodes[0]?.restart()
    const texts = await Promise.all(people.map(({ address }) => waitForMailTo(mails as SmtpSink, address, 0, patience)))
    // The mail from before the crash still signs in: the attempt that it belongs to has survived, too.
    for (const [index, text] of texts.entries()) expect((await people[index]?.agent.post(linkIn(text)))?.status).toBe(303)
  })

  it('with the process killed while it hands a mail over, the mail comes soon after the restart', async () => {
    await mails?.stop()
    let inHand = 0
    mails = await startSmtpSink({ port, onMailFrom: () => void (inHand += 1) })
    const agent = new Agent()
    const address = newAddress()
    await ask(agent, address)
    await expect.poll(() => inHand, { timeout: 10_000 }).toBe(1)
    await installation.nodes[0]?.kill()
    await mails.stop()
    mails = await startSmtpSink({ port })
    await installation.nodes[0]?.restart()
    expect((await agent.post(linkIn(await waitForMailTo(mails, address, 0, patience)))).status).toBe(303)
  })

  it('with a mail server that takes its time, the page answers at once as well', async () => {
    await mails?.stop()
    mails = await startSmtpSink({ port, onMailFrom: (_address, _session, callback) => void setTimeout(callback, 1500) })
    const agent = new Agent()
    const address = newAddress()
    const { home, milliseconds } = await ask(agent, address)
    expect(milliseconds).toBeLessThan(1000)
    expect((await agent.get(home)).status).toBe(200)
    await agent.post(linkIn(await waitForMailTo(mails, address, 0, patience)))
    expect(returned(await agent.follow(await agent.get(home)))?.has('code')).toBe(true)
  })
})
