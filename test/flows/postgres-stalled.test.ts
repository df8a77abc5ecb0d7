/** PostgreSQL takes connections and questions, and answers none: an outage too, within seconds, and one that ends by itself. */
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { countEvents } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { browserApp, linkIn, serverApp, startRequest } from '../support/relying-party.ts'
import { startPostgres } from '../support/servers.ts'
import { beginSignIn, listMails, newAddress, newAgentBehindProxy as agentOf, returned } from '../support/sign-in.ts'

/** What a request may take at most, until it is told that the database is away: waiting for a connection, and for an answer. */
const boundMilliseconds = 20_000
let latchkey: RunningLatchkey
let postgres: Awaited<ReturnType<typeof startPostgres>>

beforeAll(async () => {
  postgres = await startPostgres()
  latchkey = await startLatchkey({
    apps: [browserApp, serverApp],
    environment: { TRUSTED_PROXIES: '1', DATABASE_URL: postgres.url },
  })
})
afterAll(async () => {
  signal('SIGCONT')
  await latchkey?.stop()
  await postgres?.stop()
})

/** To the server and each of its processes. */
function signal(name: 'SIGSTOP' | 'SIGCONT'): void {
  if (postgres === undefined) return
  for (const id of [postgres.processId, ...listChildren(postgres.processId)]) process.kill(id, name)
}

function listChildren(parent: number): number[] {
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return []
    try {
      // After the name in brackets: the state, and who started it (proc_pid_stat(5)).
      const [, owner] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
      return Number(owner) === parent ? [Number(name)] : []
    } catch {
      return [] // It has ended meanwhile.
    }
  })
}

const health = async () => (await agentOf().get(`${latchkey.issuer}/health`)).status

async function askForToken(): Promise<number> {
  const authorization = `Basic ${btoa(`${serverApp.client_id}:${serverApp.client_secret}`)}`
  const form = { grant_type: 'client_credentials' }
  const options = { method: 'POST', form, headers: { authorization, accept: 'application/json' } } as const
  const agent = agentOf()
  try {
    return (await agent.send(`${latchkey.issuer}/token`, options)).status
  } finally {
    agent.close()
  }
}

it('every request is answered in time, nothing that was promised is lost, and all goes on when it goes on', {
  timeout: 120_000,
}, async () => {
  const people = await Promise.all(Array.from({ length: 4 }, () => beginSignIn(latchkey, { agent: agentOf() })))
  const texts = await Promise.all(people.map(async person => (await person.nextMail()).text))
  const pages = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const agent = agentOf()
      const first = await agent.follow(await agent.get((await startRequest(latchkey.issuer, browserApp)).url))
      return { agent, address: newAddress(), home: `${latchkey.issuer}${new URL(first.url).pathname}` }
    }),
  )
  expect(await askForToken()).toBe(200)
  const onItsOwn = { ...latchkey, databaseUrl: postgres.url }
  const proved = await countEvents(onItsOwn, 'sign-in.proved')

  // Of this one the mail is promised, and perhaps on its way.
  const promised = await beginSignIn(latchkey, { agent: agentOf() })
  // So that connections are open and idle, also those that these ask by.
  await Promise.all(Array.from({ length: 20 }, health))
  signal('SIGSTOP')
  const times: number[] = []
  const timed = async (work: () => Promise<number>) => {
    const began = performance.now()
    const status = await work()
    times.push(performance.now() - began)
    return status
  }
  const askAll = (crowd: number) => [
    ...people.map(({ agent }, index) => timed(async () => (await agent.post(linkIn(texts[index] ?? ''))).status)),
    ...people.map(({ agent, home }) => timed(async () => (await agent.get(home)).status)),
    ...pages.map(({ agent, home, address }) => timed(async () => (await agent.post(`${home}/email`, { address })).status)),
    ...Array.from({ length: crowd }, () => timed(askForToken)),
  ]
  // First with connections that are open and hang, then with none but those that are tried.
  for (const crowd of [500, 100]) {
    const asked = Array.from({ length: 3 }, () => timed(health))
    await sleep(200)
    const statuses = await Promise.all([...asked, ...askAll(crowd)])
    expect(new Set(statuses)).toEqual(new Set([503]))
  }
  expect(Math.max(...times)).toBeLessThan(boundMilliseconds)
  signal('SIGCONT')

  await expect.poll(health, { interval: 50, timeout: 10_000 }).toBe(200)
  await expect.poll(askForToken, { interval: 50, timeout: 10_000 }).toBe(200)
  await expect.poll(() => listMails(latchkey, promised.address), { interval: 100, timeout: 30_000 }).not.toEqual([])
  expect((await promised.agent.post(linkIn((await latchkey.waitForMail(promised.address)).text))).status).toBe(303)
  // Nobody else has heard that they are signed in, or that a mail is on its way: pressing once more does it, and does it once.
  for (const [index, { agent, home }] of people.entries()) {
    expect((await agent.post(linkIn(texts[index] ?? ''))).status).toBe(303)
    expect(returned(await agent.follow(await agent.get(home)))?.has('code')).toBe(true)
  }
  expect((await countEvents(onItsOwn, 'sign-in.proved')) - proved).toBe(people.length + 1)
  for (const { agent, home, address } of pages) {
    expect((await agent.post(`${home}/email`, { address })).status).toBe(303)
    linkIn((await latchkey.waitForMail(address)).text)
  }
})
