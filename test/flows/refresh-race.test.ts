import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { type Installation, startInstallation } from '../support/processes.ts'
import { browserApp, codeIn, linkIn, serverApp, startRequest } from '../support/relying-party.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

const tabs = 20
const origin = 'http://localhost:4000'

describe('twenty tabs refresh at once, over two processes on PostgreSQL and Redis', () => {
  let installation: Installation
  let mails: SmtpSink

  beforeAll(async () => {
    mails = await startSmtpSink()
    installation = await startInstallation({
      apps: [browserApp, serverApp],
      nodes: 2,
      environment: { SMTP_URL: mails.url, MAIL_FROM: 'Latchkey <no-reply@example.com>' },
    })
  })
  afterAll(async () => {
    await installation?.stop()
    await mails?.stop()
  })

  async function waitForMail(address: string): Promise<string> {
    const deadline = Date.now() + 20_000
    while (Date.now() < deadline) {
      const mail = mails.mails.findLast(({ recipients }) => recipients.includes(address))
      if (mail !== undefined) return mail.parsed.text ?? ''
      await new Promise(resolve => setTimeout(resolve, 20))
    }
    throw new Error('no mail arrived')
  }

  async function signIn(agent: Agent, app: { client_id: string; redirect_uris: string[] }, address: string) {
    const { issuer } = installation
    const started = await startRequest(issuer, app)
    const first = await agent.follow(await agent.get(started.url))
    const home = new URL(first.url).pathname
    const waiting = await agent.follow(await agent.post(`${issuer}${home}/email`, { address }))
    const text = await waitForMail(address)
    expect(codeIn(text)).toHaveLength(8)
    await agent.follow(await agent.post(linkIn(text)))
    const { location = '' } = await agent.follow(await agent.get(waiting.url))
    return { code: new URL(location).searchParams.get('code') ?? '', verifier: started.verifier }
  }

  /** The node that a tab's request happens to reach; all of them answer under the issuer's host. */
  const nodeFor = (tab: number) => installation.nodes[tab % installation.nodes.length]?.url ?? ''
  const host = () => new URL(installation.issuer).host

  it('keeps all of them signed in, on one chain', async () => {
    const agent = new Agent()
    const { code, verifier } = await signIn(agent, browserApp, 'tabs@example.com')
    const headers = { origin, 'sec-fetch-site': 'same-site', accept: 'application/json', host: host() }
    const exchange = await agent.post(
      `${installation.issuer}/token`,
      {
        grant_type: 'authorization_code',
        client_id: browserApp.client_id,
        code,
        redirect_uri: browserApp.redirect_uris[0] ?? '',
        code_verifier: verifier,
      },
      headers,
    )
    expect(exchange.status).toBe(200)
    const [browser] = /__Host-browser=[^;]+/.exec(agent.cookies(`${installation.issuer}/token`)) ?? []
    let cookie = agent.cookies(`${installation.issuer}/token`)

    for (let round = 0; round < 5; round += 1) {
      const answers: Response[] = await Promise.all(
        Array.from({ length: tabs }, (_, tab) =>
          new Agent().post(
            `${nodeFor(tab)}/token`,
            { grant_type: 'refresh_token', client_id: browserApp.client_id },
            { ...headers, cookie },
          ),
        ),
      )
      expect(answers.map(({ status }) => status)).toEqual(Array(tabs).fill(200))
      const successors = new Set(
        answers.map(
          answer =>
            /(__Secure-refresh\.[^=]+=[A-Za-z0-9_-]{64}\.[A-Za-z0-9_-]{43});/.exec(
              answer.headers['set-cookie']?.join() ?? '',
            )?.[1],
        ),
      )
      expect([...successors]).toEqual([expect.any(String)])
      cookie = `${browser}; ${[...successors][0]}`
    }
  })

  it('gives an app with a server the very same successor in the body, and ends the family on a replay of an older token', async () => {
    const { code, verifier } = await signIn(new Agent(), serverApp, 'server@example.com')
    const basic = `Basic ${Buffer.from(`${serverApp.client_id}:${serverApp.client_secret}`).toString('base64')}`
    // A server sends no Origin.
    const headers = { authorization: basic, accept: 'application/json', host: host(), origin: '' }
    const ask = (tab: number, form: Record<string, string>) => new Agent().post(`${nodeFor(tab)}/token`, form, headers)
    const exchange = await ask(0, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: serverApp.redirect_uris[0] ?? '',
      code_verifier: verifier,
    })
    const first: string = JSON.parse(exchange.body).refresh_token

    const refresh = (tab: number, token: string) => ask(tab, { grant_type: 'refresh_token', refresh_token: token })
    const answers = await Promise.all(Array.from({ length: tabs }, (_, tab) => refresh(tab, first)))
    const seconds = new Set(answers.map(({ body }) => JSON.parse(body).refresh_token))
    expect([...seconds]).toEqual([expect.stringMatching(/^[A-Za-z0-9_-]{64}$/)])
    const second = String([...seconds][0])

    const third: string = JSON.parse((await refresh(1, second)).body).refresh_token
    // Two tokens old now, so no tab can still be waiting with it.
    expect(JSON.parse((await refresh(0, first)).body)).toMatchObject({ error: 'invalid_grant' })
    expect(JSON.parse((await refresh(1, third)).body)).toMatchObject({ error: 'invalid_grant' })
  })
})
