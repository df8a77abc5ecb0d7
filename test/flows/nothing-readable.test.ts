/** A stolen backup, a stolen Redis and a log at its most talkative hold no token, no code, and nothing that says who somebody is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { exchangeCode, refresh } from '../support/code-exchange.ts'
import { dumpFiles, dumpPostgres, dumpRedis, findSpellings } from '../support/dumps.ts'
import { type Installation, startInstallation } from '../support/processes.ts'
import { browserApp, codeIn, linkIn, serverApp, startRequest } from '../support/relying-party.ts'
import { returned } from '../support/sign-in.ts'
import { hiddenIn } from '../support/colleagues.ts'
import { workspaceClaims } from '../support/workspaces.ts'
import { type SmtpSink, startSmtpSink, waitForMailTo } from '../support/smtp-sink.ts'

const address = 'canary.person@canary-domain.example'
const userAgent = 'Mozilla/5.0 (X11; CanaryOS) CanaryBrowser/77.7'
const ip = '198.51.100.77'

/** As the page of a reset shows one. */
const passPattern = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/

describe.each(['embedded', 'servers'] as const)('on %s', on => {
  let installation: Installation
  let mails: SmtpSink
  /** What nobody may find again, by what it is. */
  const planted: Record<string, string> = {
    address,
    'its name': 'canary.person',
    'its domain': 'canary-domain',
    userAgent,
    browser: 'CanaryBrowser',
    ip,
  }
  const dumps: Record<string, string> = {}

  beforeAll(async () => {
    mails = await startSmtpSink({
      onRcptTo(recipient, _session, callback) {
        // A server that quotes what it refuses.
        const refused = recipient.address.startsWith('refused')
        callback(refused ? Object.assign(new Error(`<${recipient.address}> is unknown here`), { responseCode: 550 }) : null)
      },
    })
    installation = await startInstallation({
      apps: [browserApp, serverApp],
      nodes: 1,
      on,
      environment: {
        SMTP_URL: mails.url,
        MAIL_FROM: 'Latchkey <no-reply@example.com>',
        TRUSTED_PROXIES: '1',
        NEW_USER_WORKSPACE: 'founded',
        LOG_LEVEL: 'debug',
      },
    })
    await live(installation, mails, planted)
    if (installation.databaseUrl !== undefined) dumps['PostgreSQL'] = await dumpPostgres(installation.databaseUrl)
    if (installation.redisUrl !== undefined) dumps['Redis'] = await dumpRedis(installation.redisUrl)
    await installation.nodes[0]?.kill()
    dumps['the data directory'] = await dumpFiles(installation.dataDirectory)
    dumps['the log'] = installation.output()
  })
  afterAll(async () => {
    await installation?.stop()
    await mails?.stop()
  })

  it('what may be read is found, so the rest would be as well', () => {
    expect(findSpellings(dumps[on === 'embedded' ? 'the data directory' : 'PostgreSQL'] ?? '', browserApp.client_id)).toContain(
      'plain',
    )
    expect(findSpellings(dumps[on === 'embedded' ? 'the data directory' : 'PostgreSQL'] ?? '', 'sign-in.proved')).toContain(
      'plain',
    )
    if (on === 'servers') expect(dumps['Redis']).toContain('latchkey:')
    expect(dumps['the log']).toMatch(/"level":"(info|warn)"/)
    expect(Object.keys(planted).length).toBeGreaterThan(23)
  })

  it('none of what was planted is in any of them', () => {
    for (const [what, value] of Object.entries(planted)) {
      expect(value.length, what).toBeGreaterThan(5)
      for (const [place, dump] of Object.entries(dumps)) expect(findSpellings(dump, value), `${what} in ${place}`).toEqual([])
    }
  })
})

/** Everything that a sign-in has, and what goes wrong with it; notes each secret that comes by. */
async function live({ issuer }: Installation, mails: SmtpSink, planted: Record<string, string>): Promise<void> {
  const agent = new Agent(userAgent, { 'x-forwarded-for': ip })
  const note = (what: string, value: string | undefined) => {
    planted[what] = value ?? ''
  }
  const noteCookies = (where: string) => {
    for (const pair of agent.cookies(where).split('; ')) {
      const [name = '', value] = pair.split(/=(.*)/)
      // The one language is no secret, nor is the name of an interaction, which its pages' addresses hold: its signature is.
      if (!/language|-interaction$|-resume$/.test(name)) note(`the cookie ${name}`, value)
    }
  }
  const started = await startRequest(issuer, browserApp, { login_hint: address })
  const first = await agent.follow(await agent.get(started.url))
  const home = `${issuer}${new URL(first.url).pathname}`
  noteCookies(home)
  await agent.post(`${home}/email`, { address: 'refused.canary.person@canary-domain.example' })
  await agent.post(`${home}/change`)
  await agent.post(`${home}/email`, { address: `${address}, other@example.com` })
  await agent.post(`${home}/email`, { address })
  const text = await waitForMailTo(mails, address)
  const token = linkIn(text).split('/').pop()
  note('the token of the link', token)
  note('the code', codeIn(text))
  await agent.post(`${home}/verify`, { code: codeIn(text).replace(/./g, letter => (letter === 'B' ? 'C' : 'B')) })
  await new Agent(userAgent, { 'x-forwarded-for': ip }).get(linkIn(text))
  await agent.post(`${linkIn(text)}x`)
  await agent.send(linkIn(text), { method: 'POST', form: {}, headers: { origin: 'https://evil.example' } })
  await agent.post(linkIn(text))
  noteCookies(`${issuer}/authorize/x`)
  const where = await agent.follow(await agent.get(home))
  const left = await agent.follow(await agent.post(`${where.url}/found`, { name: 'Meadow' }))
  const code = returned(left)?.get('code') ?? ''
  note('the authorization code', code)
  noteCookies(issuer)
  await exchangeCode(agent, issuer, { ...started, verifier: 'wrong'.repeat(10) }, code)
  const next = await agent.follow(await agent.get((await startRequest(issuer, browserApp)).url))
  expect(returned(next)?.has('code')).toBe(true)
  const again = await startRequest(issuer, browserApp)
  const second = returned(await agent.follow(await agent.get(again.url)))?.get('code') ?? ''
  const exchanged = JSON.parse((await exchangeCode(agent, issuer, again, second)).body)
  note('the second authorization code', second)
  note('the access token', exchanged.access_token)
  note('the signature of the access token', exchanged.access_token.split('.').pop())
  note('the ID token', exchanged.id_token)
  noteCookies(`${issuer}/token`)
  note('the first refresh token', /__Secure-refresh[^=]*=([^;.]+)/.exec(agent.cookies(`${issuer}/token`))?.[1])
  await refresh(agent, issuer)
  note('the second refresh token', /__Secure-refresh[^=]*=([^;.]+)/.exec(agent.cookies(`${issuer}/token`))?.[1])
  note('the secret of an app', serverApp.client_secret)
  for (const path of ['/userinfo', '/introspect', '/revoke', `/nothing?token=${token}&email=${address}`]) {
    await agent.send(`${issuer}${path}`, {
      method: 'POST',
      form: { token: exchanged.access_token },
      headers: { authorization: `Bearer ${exchanged.access_token}x` },
    })
    await agent.get(`${issuer}${path}`, { authorization: `Bearer ${exchanged.access_token}` })
  }
  await manage(issuer, agent, mails, planted, exchanged.access_token)
  // A sign-in that stays in the middle, so that there is something of it everywhere.
  const open = new Agent(userAgent, { 'x-forwarded-for': ip })
  const page = await open.follow(await open.get((await startRequest(issuer, browserApp, { login_hint: address })).url))
  await open.post(`${issuer}${new URL(page.url).pathname}/email`, { address })
  note(
    'the open token',
    linkIn(await waitForMailTo(mails, address, 1))
      .split('/')
      .pop(),
  )
}

/** What a person keeps of their own, and the Admin of a workspace of others; all of it can be seen on the pages, and nowhere else. */
async function manage(
  issuer: string,
  agent: Agent,
  mails: SmtpSink,
  planted: Record<string, string>,
  accessToken: string,
): Promise<void> {
  const see = async (path: string, value: string) => expect((await open(path)).body, path).toContain(value)
  const open = async (path: string) => agent.follow(await agent.get(`${issuer}${path}`))
  const send = async (path: string, form: Record<string, string>) => agent.follow(await agent.post(`${issuer}${path}`, form))
  const workspace = `/admin/${workspaceClaims(accessToken).workspace?.slug}`

  const person = (planted['the name of a person'] = 'Kanaria Vogelsang')
  await send('/account/profile', {
    ...hiddenIn(await open('/account/profile'), '/account/profile'),
    name: person,
    language: 'en',
  })
  await see('/account/profile', person)
  const claimed = (planted['an address to be proved'] = 'claimed.kanaria@vogelsang.example')
  await send('/account/addresses/add', { address: claimed })
  planted['the code for an address'] = /^[A-Z]{4} [A-Z]{4}$/m.exec(await waitForMailTo(mails, claimed))?.[0] ?? ''
  expect((await send('/account/data/download', {})).body).toContain(ip)

  const company = (planted['the name of a workspace'] = 'Kanarienzucht Vogelsang')
  await send(workspace, { ...hiddenIn(await open(workspace), workspace), name: company })
  await see(workspace, company)
  const invited = (planted['an address that was invited'] = 'invited.kanaria@vogelsang.example')
  // The server for mail takes the one, and not the other, of which a queue may keep what it tried to send.
  const unreachable = (planted['an address that no invitation reached'] = 'refused.kanaria@vogelsang.example')
  for (const each of [invited, unreachable]) {
    await send(`${workspace}/invitations/new`, { address: each, 'role:viewer': 'on' })
    await see(`${workspace}/invitations`, each)
  }
  const link = /\/invitation\/([\w-]+)/.exec(await waitForMailTo(mails, invited))
  planted['the token of an invitation'] = link?.[1] ?? ''
  await see(`${workspace}/members`, person)
  await join(`${issuer}${link?.[0]}`, invited, mails)
  const member = await findMemberPage(open, workspace, invited)
  const shown = await send(`${member}/reset`, hiddenIn(await open(`${member}/reset`), `${member}/reset`))
  planted['a temporary access pass'] = passPattern.exec(shown.body)?.[0] ?? ''
  await send(`${member}/remove`, hiddenIn(await open(`${member}/remove`), `${member}/remove`))
  expect((await open(`${workspace}/members`)).body).not.toContain(invited)
  await see(`${workspace}/audit`, company)
}

/** Whoever was invited signs up, by the code of a mail, and accepts. */
async function join(invitation: string, invited: string, mails: SmtpSink): Promise<void> {
  const guest = new Agent(userAgent, { 'x-forwarded-for': ip })
  await guest.get(invitation)
  const first = await guest.follow(await guest.post(`${invitation}/sign-in`))
  const home = `${new URL(invitation).origin}${new URL(first.url).pathname}`
  await guest.post(`${home}/email`, { address: invited })
  await guest.follow(await guest.post(`${home}/verify`, { code: codeIn(await waitForMailTo(mails, invited, 1)) }))
  expect((await guest.follow(await guest.post(`${invitation}/accept`))).status).toBe(200)
}

async function findMemberPage(open: (path: string) => Promise<Response>, workspace: string, address: string): Promise<string> {
  const { body } = await open(`${workspace}/members`)
  for (const [path] of body.matchAll(new RegExp(`${workspace}/members/[0-9a-f-]{36}`, 'g')))
    if ((await open(path)).body.includes(address)) return path
  throw new Error('nobody of that address is a member')
}
