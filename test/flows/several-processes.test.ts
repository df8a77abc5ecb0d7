import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { build, buildFolder } from '../../config/tooling/build.mjs'
import { call, credentialsOf, post } from '../support/code-flow.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { createTestRedis, type TestRedis } from '../support/redis-database.ts'
import { serverApp as app } from '../support/relying-party.ts'
import { findFreePort } from '../support/servers.ts'

const metricsToken = 'a-token-for-Prometheus-of-32-characters-or-more'

let directory: string
let database: TestDatabase
let redis: TestRedis
let port: number
let issuer: string
let primary: ChildProcess | undefined

beforeAll(async () => {
  await build()
  directory = await mkdtemp(join(tmpdir(), 'latchkey-several-'))
  await writeFile(join(directory, 'latchkey.yaml'), stringify({ apps: [app] }))
  ;[database, redis, port] = await Promise.all([createTestDatabase(), createTestRedis(), findFreePort()])
  issuer = `http://localhost:${port}`
})
afterEach(() => end('SIGKILL'))
afterAll(async () => {
  await Promise.all([database.drop(), redis.drop()])
  await rm(directory, { recursive: true, force: true })
})

interface Started {
  child: ChildProcess
  /** The workers that have said that they serve, in that order. */
  servingWorkers(): number[]
  complaint(): string
}

/** Two processes under one that looks after them, unless the environment says otherwise. */
function start(environment: Record<string, string | undefined> = {}): Started {
  const env = {
    PATH: process.env['PATH'],
    ISSUER: issuer,
    DATA_DIR: join(directory, 'data'),
    LATCHKEY_CONFIG: join(directory, 'latchkey.yaml'),
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    WEB_CONCURRENCY: '2',
    METRICS_TOKEN: metricsToken,
    ...environment,
  }
  const child = spawn(process.execPath, [join(buildFolder, 'main.mjs')], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  primary = child
  let output = ''
  let complaint = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
  return {
    child,
    servingWorkers: () =>
      [...output.matchAll(/^.*"message":"Latchkey is serving".*$/gm)].map(([line]) => Number(JSON.parse(line).pid)),
    complaint: () => complaint,
  }
}

async function startBoth(): Promise<Started> {
  const started = start()
  await expect.poll(started.servingWorkers, { timeout: 30_000 }).toHaveLength(2)
  return started
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  if (primary === undefined) return null
  if (primary.exitCode === null && primary.signalCode === null) {
    primary.kill(signal)
    await once(primary, 'exit')
  }
  return primary.exitCode
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** On a connection of its own, so that the next one may reach another worker. */
const ask = (path: string, headers: Record<string, string> = {}) =>
  call(`${issuer}${path}`, { headers: { connection: 'close', ...headers } })

const takeToken = async () => {
  const { form, headers } = credentialsOf(app)
  return post(`${issuer}/token`, { ...form, grant_type: 'client_credentials' }, { ...headers, connection: 'close' })
}

describe('with WEB_CONCURRENCY=2', () => {
  it('two processes serve one installation, and tell its metrics together', async () => {
    const { servingWorkers, child } = await startBoth()
    expect(new Set([...servingWorkers(), child.pid]).size).toBe(3)
    const tokens = await Promise.all(Array.from({ length: 10 }, takeToken))
    expect(tokens.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    // What one of them issued another one knows.
    const { form, headers } = credentialsOf(app)
    for (const { body } of tokens) {
      const introspected = await post(`${issuer}/introspect`, { ...form, token: String(body['access_token']) }, headers)
      expect(introspected.body['active']).toBe(true)
    }
    for (let scrapes = 0; scrapes < 3; scrapes += 1) {
      const { body } = await ask('/metrics', { authorization: `Bearer ${metricsToken}` })
      expect(String(body['text'])).toMatch(/^latchkey_tokens_total\{grant_type="client_credentials"\} 10$/m)
    }
  })

  it('a process that is killed is replaced, and so are all of them at once', async () => {
    const { servingWorkers, complaint, child } = await startBoth()
    const [one = 0, other = 0] = servingWorkers()
    process.kill(one, 'SIGKILL')
    await expect.poll(() => isAlive(one)).toBe(false)
    // Meanwhile the other one serves.
    for (let requests = 0; requests < 5; requests += 1) expect((await takeToken()).status).toBe(200)
    await expect.poll(servingWorkers, { timeout: 15_000 }).toHaveLength(3)
    expect(complaint()).toMatch(new RegExp(`^Worker ${one} ended \\(SIGKILL\\); starting another\\.$`, 'm'))

    for (const pid of [other, ...servingWorkers().slice(2)]) process.kill(pid, 'SIGKILL')
    await expect.poll(servingWorkers, { timeout: 15_000 }).toHaveLength(5)
    expect(child.exitCode).toBeNull()
    expect((await takeToken()).status).toBe(200)
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('%s stops all of them', async signal => {
    const { servingWorkers } = await startBoth()
    expect(await end(signal)).toBe(0)
    expect(servingWorkers().filter(isAlive)).toEqual([])
    await expect(ask('/health')).rejects.toThrow()
  })

  it('a stop that comes in the middle of the start leaves nothing behind', async () => {
    const { child, servingWorkers } = start()
    await expect.poll(servingWorkers, { timeout: 30_000, interval: 5 }).toHaveLength(1)
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(child.exitCode).toBe(0)
    await expect.poll(() => servingWorkers().filter(isAlive)).toEqual([])
  })

  it('they stop by themselves where the one that looks after them is gone', async () => {
    const { servingWorkers } = await startBoth()
    await end('SIGKILL')
    await expect.poll(() => servingWorkers().filter(isAlive), { timeout: 15_000 }).toEqual([])
  })
})

describe('with WEB_CONCURRENCY=2 and something wrong', () => {
  async function refusal(environment: Record<string, string | undefined>): Promise<string> {
    const { child, complaint } = start(environment)
    await once(child, 'close')
    expect(child.exitCode).toBe(1)
    return complaint()
  }

  it('a wrong setting stops the start with one line', async () => {
    expect(await refusal({ REDIS_URL: undefined })).toMatch(
      /^REDIS_URL: expected a Redis server, because WEB_CONCURRENCY is 2.*\n$/,
    )
    expect(await refusal({ WEB_CONCURRENCY: 'two' })).toMatch(/^WEB_CONCURRENCY: expected .*\n$/)
  })

  it('so does what only a process finds that tries to serve', async () => {
    const taken = createServer().listen(port)
    await once(taken, 'listening')
    onTestFinished(async () => {
      taken.close()
      await once(taken, 'close')
    })
    expect(await refusal({})).toBe(`PORT: expected a free port; something else listens on ${port}.\n`)
    const nowhere = new URL(database.url)
    nowhere.port = String(await findFreePort())
    expect(await refusal({ DATABASE_URL: nowhere.href })).toMatch(/^DATABASE_URL: the database at \S+ cannot be used .*\n$/)
  })
})
