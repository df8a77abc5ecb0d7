/** The link that a new installation prints founds its first workspace: once, for whoever started it, and never again. */
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { speak } from '../../views/messages.ts'
import { foundWorkspace } from '../../provider/workspaces/founding.ts'
import { findSetUpLink } from '../../provider/workspaces/first-set-up.ts'
import { withoutRequest } from '../../provider/audit/record.ts'
import { visitAccount } from '../support/account.ts'
import { Agent, type Response } from '../support/agent.ts'
import { prove } from '../support/code-flow.ts'
import { type LatchkeyOptions, type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { startInstallation } from '../support/processes.ts'
import { asSystem } from '../support/records.ts'
import { serverApp as app } from '../support/relying-party.ts'
import { followAll, formActions, headingOf, newAddress, newAgentBehindProxy } from '../support/sign-in.ts'
import { runLatchkey } from '../support/terminal.ts'
import { findUserId } from '../support/workspaces.ts'

const { say } = speak('en')
const founding = { kind: 'system', reason: 'founding' } as const

async function startNew({ on = 'embedded', environment = {} }: Pick<LatchkeyOptions, 'on' | 'environment'> = {}) {
  const latchkey = await startLatchkey({ apps: [app], on, environment: { TRUSTED_PROXIES: '1', ...environment } })
  onTestFinished(() => latchkey.stop())
  return { latchkey, url: (await findLink(latchkey)) ?? '' }
}

const findLink = (latchkey: RunningLatchkey) =>
  findSetUpLink(latchkey.adapters.data, { issuer: latchkey.issuer, clock: latchkey.clock.now })

/** Through the page's own form and a sign-in by mail, to the page that asks for the workspace's name. */
async function signInFrom(latchkey: RunningLatchkey, url: string, agent = newAgentBehindProxy(), address = newAddress()) {
  const first = await agent.get(url)
  expect([first.status, headingOf(first)]).toEqual([200, say('set-up.heading', { installation: 'Latchkey' })])
  const { urls, page: asked } = await followAll(agent, await agent.post(`${url}/sign-in`, { address }))
  expect(urls.filter(each => each.includes(address.split('@')[0] ?? ''))).toEqual([])
  const page = await prove(latchkey, agent, asked, address)
  expect(page.url).toBe(url)
  return { agent, address, page }
}

const isOver = (page: Response) => page.status === 410 && headingOf(page) === say('error.set-up-over.title')

async function listSlugs({ adapters }: RunningLatchkey): Promise<string[]> {
  const all = await adapters.data.read(asSystem, ({ workspaces }) => workspaces.list({ after: undefined, limit: 100 }))
  return all.filter(({ personal }) => !personal).map(({ slug }) => slug)
}

describe.each(['embedded', 'postgres'] as const)('the link of the first set-up, on %s', on => {
  it('leads through a sign-in, founds the workspace, and makes its Admin of whoever has it', async () => {
    // Nobody else may have an account, and the link is leave to.
    const { latchkey, url } = await startNew({ on, environment: { SIGN_UP: 'closed' } })
    const { agent, address, page } = await signInFrom(latchkey, url)
    expect(page.body).not.toContain(address)
    expect(await listSlugs(latchkey)).toEqual([])
    const home = await agent.follow(await agent.post(`${url}/found`, { name: 'Northwind Trädgård', slug: '' }))
    expect([home.status, home.url]).toEqual([200, `${latchkey.issuer}/admin/northwind-tradgard`])
    const userId = await findUserId(latchkey, address)
    const memberships = await latchkey.adapters.data.read(asSystem, ({ workspaces }) => workspaces.listForUser(userId))
    expect(memberships.find(({ slug }) => slug === 'northwind-tradgard')?.roles).toEqual(['admin'])
    const log = await agent.get(`${home.url}/audit`)
    expect(log.body).toContain(say('console.action.set-up.used'))

    expect(isOver(await agent.get(url))).toBe(true)
    expect(isOver(await new Agent().get(url))).toBe(true)
    expect(isOver(await agent.post(`${url}/sign-in`, { address }))).toBe(true)
    expect(await findLink(latchkey)).toBeUndefined()
    await latchkey.restart()
    expect(await findLink(latchkey)).toBeUndefined()
    expect(isOver(await agent.get(url))).toBe(true)
  })

  it('has one winner of several at once', async () => {
    const { latchkey, url } = await startNew({ on })
    const people = [await signInFrom(latchkey, url), await signInFrom(latchkey, url), await signInFrom(latchkey, url)]
    const answers = await Promise.all(people.map(({ agent }, index) => agent.post(`${url}/found`, { name: `Company ${index}` })))
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([303, 410, 410])
    expect(await listSlugs(latchkey)).toHaveLength(1)
  })
})

describe('the link of the first set-up', () => {
  it('is used by nobody who opens it, presses what there is, or sends the form without a browser’s name', async () => {
    const { latchkey, url } = await startNew()
    const scanner = new Agent()
    for (const action of formActions(await scanner.get(url)))
      await new Agent().post(action, { address: newAddress(), name: 'Mine' })
    const nameless = await new Agent().post(`${url}/sign-in`, { address: newAddress() })
    expect([nameless.status, nameless.location]).toEqual([303, url])
    await new Agent().post(`${url}/found`, { name: 'Mine' })
    const elsewhere = await scanner.post(`${url}/found`, { name: 'Mine' }, { origin: 'https://evil.example' })
    expect(elsewhere.status).toBe(403)
    expect(await listSlugs(latchkey)).toEqual([])
    const { agent } = await signInFrom(latchkey, url)
    expect((await agent.post(`${url}/found`, { name: 'Northwind' })).status).toBe(303)
  })

  it('is shown on a page that nothing keeps, and its token stands in no header of another one', async () => {
    const { url } = await startNew()
    const { headers } = await new Agent().get(url)
    expect(headers['cache-control']).toContain('no-store')
    expect(headers['referrer-policy']).toBe('same-origin')
  })

  it('that is not it says so, as one that was used does', async () => {
    const { latchkey, url } = await startNew()
    for (const token of [`${url.slice(-43, -4)}AAAA`, 'x', '%00', "'; drop table users"])
      expect(isOver(await new Agent().get(`${latchkey.issuer}/set-up/${token}`))).toBe(true)
    const { agent } = await visitAccount(latchkey)
    expect(isOver(await agent.post(`${latchkey.issuer}/set-up/x/found`, { name: 'Mine' }))).toBe(true)
    expect(await listSlugs(latchkey)).toEqual([])
  })

  it('says at the field what is wrong, and keeps what was typed', async () => {
    const { latchkey, url } = await startNew()
    const unusable = await newAgentBehindProxy().get(url)
    expect(unusable.status).toBe(200)
    const { agent } = await signInFrom(latchkey, url)
    const empty = await agent.post(`${url}/found`, { name: ' ', slug: 'acme' })
    expect([empty.status, empty.body.includes(say('no-workspace.found.empty'))]).toEqual([400, true])
    const web = await agent.post(`${url}/found`, { name: 'Acme, https://acme.example', slug: 'acme' })
    expect([web.status, web.body.includes(say('no-workspace.found.web-address'))]).toEqual([400, true])
    const odd = await agent.post(`${url}/found`, { name: 'Acme & Sons', slug: 'Acme!' })
    expect([odd.status, odd.body.includes(say('set-up.slug-form'))]).toEqual([400, true])
    expect(odd.body).toContain('Acme &amp; Sons')
    const home = await agent.follow(await agent.post(`${url}/found`, { name: 'Acme & Sons', slug: 'acme' }))
    expect(home.url).toBe(`${latchkey.issuer}/admin/acme`)
  })

  it('that is sent twice by the same person leads twice to the same workspace', async () => {
    const { latchkey, url } = await startNew({ on: 'postgres' })
    const { agent } = await signInFrom(latchkey, url)
    const answers = await Promise.all([1, 2, 3].map(() => agent.post(`${url}/found`, { name: 'Northwind' })))
    expect(new Set(answers.map(({ location }) => location))).toEqual(new Set([`${latchkey.issuer}/admin/northwind`]))
    expect(await listSlugs(latchkey)).toEqual(['northwind'])
  })

  it('stays open while people have a workspace each for themselves, and is over when one is founded otherwise', async () => {
    const { latchkey, url } = await startNew({ environment: { NEW_USER_WORKSPACE: 'personal' } })
    await visitAccount(latchkey)
    expect(await findLink(latchkey)).toBe(url)
    const { agent } = await signInFrom(latchkey, url)
    await latchkey.adapters.data.scoped(founding, repositories =>
      foundWorkspace(repositories, { name: 'Other', userId: undefined }, withoutRequest(founding, latchkey.clock.now)),
    )
    expect(isOver(await agent.get(url))).toBe(true)
    expect(isOver(await agent.post(`${url}/found`, { name: 'Northwind' }))).toBe(true)
    expect(await findLink(latchkey)).toBeUndefined()
  })

  it('is leave to sign up only until it is over', async () => {
    const { latchkey, url } = await startNew({ environment: { SIGN_UP: 'closed' } })
    const late = newAddress()
    const agent = newAgentBehindProxy()
    await agent.get(url)
    const asked = await agent.follow(await agent.post(`${url}/sign-in`, { address: late }))
    await latchkey.adapters.data.scoped(founding, repositories =>
      foundWorkspace(repositories, { name: 'Other', userId: undefined }, withoutRequest(founding, latchkey.clock.now)),
    )
    // Whoever proves an address that may have no account is told so, with this status.
    await expect(prove(latchkey, agent, asked, late)).rejects.toThrow('403')
    await expect(findUserId(latchkey, late)).rejects.toThrow('nobody')
  })

  it('does not come back when all that it led to is gone, and its token lies in no row', async () => {
    const { latchkey, url } = await startNew({ on: 'postgres' })
    const client = new pg.Client({ connectionString: latchkey.databaseUrl })
    await client.connect()
    onTestFinished(() => client.end())
    await client.query(`alter table latchkey.first_set_up no force row level security`)
    const { rows } = await client.query('select first_set_up::text as row, token_hash from latchkey.first_set_up')
    expect(rows[0].token_hash).toHaveLength(32)
    expect(JSON.stringify(rows)).not.toContain(url.slice(-43))
    const token = Buffer.from(url.slice(-43), 'base64url')
    expect(String(rows[0].row)).not.toContain(token.toString('hex'))

    const { agent, address } = await signInFrom(latchkey, url)
    await agent.post(`${url}/found`, { name: 'Northwind' })
    const userId = await findUserId(latchkey, address)
    for (const table of ['workspaces', 'deleted_workspaces', 'users']) {
      await client.query(`alter table latchkey.${table} no force row level security`)
      await client.query(`delete from latchkey.${table}`)
      await client.query(`alter table latchkey.${table} force row level security`)
    }
    expect(await latchkey.adapters.data.read(asSystem, ({ users }) => users.findById(userId))).toBeUndefined()
    await latchkey.restart()
    expect(await findLink(latchkey)).toBeUndefined()
    expect(isOver(await new Agent().get(url))).toBe(true)
  })
})

/** The links that processes have printed. */
const printed = (output: string) => [...output.matchAll(/^First set-up.* (http\S+\/set-up\/\S+)$/gm)].map(([, link]) => link)

describe('a start', () => {
  it('prints it, every process of an installation the same one, until a workspace is founded from the command line', async () => {
    const installation = await startInstallation({ apps: [app], nodes: 2, environment: { LOG_LEVEL: 'info' } })
    onTestFinished(() => installation.stop())
    const { issuer, nodes, databaseUrl = '', redisUrl = '', dataDirectory } = installation
    const links = printed(installation.output())
    expect(links).toHaveLength(2)
    expect(new Set(links).size).toBe(1)
    expect(headingOf(await new Agent().get(links[0] ?? ''))).toBe(say('set-up.heading', { installation: 'Latchkey' }))
    // Printed, and not logged: each line of the log is an object.
    const token = links[0]?.slice(-43) ?? ''
    expect(
      installation
        .output()
        .split('\n')
        .filter(line => line.startsWith('{') && line.includes(token)),
    ).toEqual([])
    await nodes[0]?.restart()
    expect(new Set(printed(installation.output()))).toEqual(new Set(links))
    expect(printed(installation.output())).toHaveLength(3)

    const environment = { ISSUER: issuer, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, DATA_DIR: dataDirectory }
    const words = ['workspace', 'create', '--name', 'Northwind', '--admin', 'ada@example.com']
    expect(await runLatchkey(environment, words)).toMatchObject({ exitCode: 0 })
    expect(isOver(await new Agent().get(links[0] ?? ''))).toBe(true)
    await nodes[0]?.restart()
    expect(printed(installation.output())).toHaveLength(3)
  })

  it('of several processes under one prints it once', async () => {
    const installation = await startInstallation({
      apps: [app],
      nodes: 1,
      environment: { WEB_CONCURRENCY: '2', LOG_LEVEL: 'info' },
    })
    const serving = () => [...installation.output().matchAll(/"message":"Latchkey is serving"/g)].length
    try {
      await expect.poll(serving, { timeout: 30_000 }).toBe(2)
    } finally {
      await installation.stop()
    }
    expect(printed(installation.output())).toHaveLength(1)
  })

  it('for an issuer that others reach prints none, and has no such page', async () => {
    const environment = { ISSUER: 'https://id.example.com', SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'id@example.com' }
    const installation = await startInstallation({ apps: [], nodes: 1, environment })
    onTestFinished(() => installation.stop())
    expect(printed(installation.output())).toEqual([])
    const answer = await new Agent(undefined, { host: 'id.example.com' }).get(`${installation.nodes[0]?.url}/set-up/x`)
    expect(answer.status).toBe(404)
  })
})
