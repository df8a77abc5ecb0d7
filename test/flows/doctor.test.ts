import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openKeyFile } from '../../adapters/kms/key-file.ts'
import { loadSettings } from '../../config/load.ts'
import type { Finding } from '../../provider/command-line/doctor/finding.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { type RunningServer, startServer } from '../../provider/server.ts'
import { startOwnRedis } from '../support/redis.ts'
import { type ReverseProxy, startReverseProxy } from '../support/reverse-proxy.ts'
import { findFreePort, runStatements, startPostgres } from '../support/servers.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { runLatchkey } from '../support/terminal.ts'

/** A whole installation, behind one proxy, on servers of its own: some of what is wrong with it is wrong with the servers. */
let directory: string
let postgres: Awaited<ReturnType<typeof startPostgres>>
let redis: Awaited<ReturnType<typeof startOwnRedis>>
let smtp: SmtpSink
let proxy: ReverseProxy
let server: RunningServer
let environment: Record<string, string>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'latchkey-doctor-'))
  ;[postgres, redis, smtp] = await Promise.all([startPostgres(), startOwnRedis(), startSmtpSink()])
  await runStatements(postgres.superuserUrl, [`CREATE ROLE serving LOGIN PASSWORD 'serving'`])
  const serving = new URL(postgres.url)
  serving.username = 'serving'
  serving.password = 'serving'
  const [port, proxyPort] = [await findFreePort(), await findFreePort()]
  environment = {
    ISSUER: `http://localhost:${proxyPort}`,
    PORT: String(port),
    TRUSTED_PROXIES: '1',
    DATA_DIR: directory,
    DATABASE_URL: serving.href,
    DATABASE_MIGRATION_URL: postgres.url,
    REDIS_URL: redis.url,
    SMTP_URL: smtp.url,
    MAIL_FROM: 'no-reply@example.com',
    LOG_LEVEL: 'silent',
  }
  server = await startServer(loadSettings(environment), systemClock)
  proxy = await startReverseProxy(proxyPort, port)
})

afterEach(() => {
  proxy.onRequest = () => {}
  proxy.onResponse = () => {}
})

afterAll(async () => {
  await proxy?.stop()
  await server?.close()
  await Promise.all([postgres?.stop(), redis?.stop(), smtp?.stop()])
  await rm(directory, { recursive: true, force: true })
})

interface Examination {
  exitCode: number
  findings: Finding[]
}

async function examine(changes: Record<string, string> = {}): Promise<Examination> {
  const { exitCode, output } = await runLatchkey({ ...environment, ...changes }, ['doctor', '--json'])
  return { exitCode, findings: (JSON.parse(output) as { findings: Finding[] }).findings }
}

/** What is not well, each with what to do. */
async function listTroubles(changes: Record<string, string> = {}): Promise<string[]> {
  const { exitCode, findings } = await examine(changes)
  const troubles = findings.filter(({ verdict }) => verdict !== 'ok')
  expect(exitCode).toBe(troubles.some(({ verdict }) => verdict === 'problem') ? 1 : 0)
  return troubles.map(({ subject, verdict, message, remedy = '' }) => `${verdict} ${subject}: ${message} ${remedy}`.trim())
}

test('a sound installation is well, line by line', async () => {
  const { exitCode, output } = await runLatchkey(environment, ['doctor'])
  const lines = output.split('\n')
  expect(lines.slice(0, 9).map(line => line.split(/ +/, 2))).toEqual(
    ['settings', 'issuer', 'proxies', 'cookies', 'clock', 'database', 'redis', 'mail', 'keys'].map(subject => ['ok', subject]),
  )
  expect(lines.slice(9)).toEqual(['', 'All is well.'])
  expect(exitCode).toBe(0)
  expect(output).toContain('1 proxy stands before the server')
  expect(output).toContain('with the server and the database')
})

test('wrong settings are a finding too', async () => {
  expect(await listTroubles({ SIGN_UP: 'open' })).toEqual([
    'problem settings: SIGN_UP: expected allowed or closed, was given "open".',
  ])
})

describe('issuer and proxies', () => {
  test('nothing listens at the issuer', async () => {
    const [issuer] = await listTroubles({ ISSUER: `http://localhost:${await findFreePort()}` })
    expect(issuer).toMatch(/^problem issuer: .* nothing listens there\. The doctor asked for .*ISSUER and PORT/)
  })

  test('a proxy that changes the Host header', async () => {
    proxy.onRequest = headers => {
      headers.host = 'backend.internal'
    }
    expect((await listTroubles())[0]).toMatch(/^problem issuer: .* asked under another host\. Let the proxy pass the Host header/)
  })

  test('an issuer that calls itself otherwise', async () => {
    const other = environment['ISSUER']?.replace('localhost', '127.0.0.1') ?? ''
    proxy.onRequest = headers => {
      headers.host = new URL(environment['ISSUER'] ?? '').host
    }
    expect((await listTroubles({ ISSUER: other }))[0]).toMatch(
      /^problem issuer: .* calls itself "http:\/\/localhost:\d+"\. Set the same ISSUER/,
    )
  })

  test('a proxy that appends nothing makes forging possible', async () => {
    proxy.onRequest = headers => {
      headers['x-forwarded-for'] = headers['x-forwarded-for']?.toString().split(',')[0]
    }
    expect(await listTroubles()).toEqual([expect.stringMatching(/^problem proxies: 0 proxies stand .* Set TRUSTED_PROXIES=0/)])
  })

  test('a proxy that nobody counted', async () => {
    proxy.onRequest = headers => {
      headers['x-forwarded-for'] += ', 10.0.0.9'
    }
    expect(await listTroubles()).toEqual([
      expect.stringMatching(/^problem proxies: 2 proxies stand .* from 10\.0\.0\.9, .* Set TRUSTED_PROXIES=2/),
    ])
  })

  test('a proxy that overwrites what it is given is as good', async () => {
    proxy.onRequest = headers => {
      headers['x-forwarded-for'] = '127.0.0.1'
    }
    expect(await listTroubles()).toEqual([])
  })

  test('a proxy that takes cookies away, on the way in and on the way out', async () => {
    proxy.onRequest = headers => {
      delete headers.cookie
    }
    expect(await listTroubles()).toEqual([expect.stringMatching(/^problem cookies: .* did not arrive/)])
    proxy.onRequest = () => {}
    proxy.onResponse = headers => {
      if (headers['set-cookie']) headers['set-cookie'] = headers['set-cookie'].map(line => line.replace(/; secure/i, ''))
    }
    expect(await listTroubles()).toEqual([expect.stringMatching(/^problem cookies: .* was changed/)])
  })
})

describe('the probe', () => {
  const ask = (probe: string) =>
    fetch(`${environment['ISSUER']}/doctor/probe`, { method: 'POST', body: new URLSearchParams({ probe }) })

  test('tells nobody anything who has not the master key', async () => {
    for (const probe of ['', 'x', Buffer.alloc(100).toString('base64url')]) {
      const response = await ask(probe)
      expect(response.status).toBe(404)
      expect(await response.text()).not.toContain('clientAddress')
    }
  })
})

describe('database', () => {
  async function asSuperuser(...statements: string[]): Promise<void> {
    const url = new URL(postgres.superuserUrl)
    url.pathname = '/latchkey'
    await runStatements(url.href, statements)
  }

  test('is away', async () => {
    const url = new URL(environment['DATABASE_URL'] ?? '')
    url.port = String(await findFreePort())
    expect(await listTroubles({ DATABASE_URL: url.href })).toEqual([
      expect.stringMatching(/^problem database: DATABASE_URL: .*ECONNREFUSED.* Check the address/),
    ])
  })

  test('refuses the password, which is not repeated', async () => {
    const url = new URL(environment['DATABASE_URL'] ?? '')
    url.password = 'hunter2'
    const [trouble] = await listTroubles({ DATABASE_URL: url.href })
    expect(trouble).toMatch(/^problem database: .*password authentication failed/)
    expect(trouble).not.toContain('hunter2')
  })

  test('was not migrated', async () => {
    await asSuperuser('CREATE DATABASE fresh')
    const url = new URL(environment['DATABASE_URL'] ?? '')
    url.pathname = '/fresh'
    const migrationUrl = new URL(postgres.url)
    migrationUrl.pathname = '/fresh'
    const changes = { DATABASE_URL: url.href, DATABASE_MIGRATION_URL: migrationUrl.href }
    expect(await listTroubles(changes)).toEqual([
      expect.stringMatching(/^problem database: .* nothing of Latchkey yet\. Run "latchkey migrate"/),
    ])
  })

  test('a login that bypasses row-level security', async () => {
    await asSuperuser('ALTER ROLE serving BYPASSRLS')
    expect(await listTroubles()).toEqual([
      expect.stringMatching(/^problem database: The login serving bypasses .* NOSUPERUSER NOBYPASSRLS/),
    ])
    await asSuperuser('ALTER ROLE serving NOBYPASSRLS')
  })

  test('a superuser, and the owner of the tables', async () => {
    const superuser = new URL(postgres.superuserUrl)
    superuser.pathname = '/latchkey'
    expect(await listTroubles({ DATABASE_URL: superuser.href })).toEqual([
      expect.stringMatching(/^problem database: The login postgres bypasses/),
    ])
    // The owner was prepared for migrating, and not for serving.
    expect(await listTroubles({ DATABASE_URL: postgres.url })).toEqual([
      expect.stringMatching(/^problem database: This login may not take on the roles .* Run "latchkey migrate"/),
      expect.stringMatching(/^warning database: The login that serves owns the tables/),
    ])
    await runLatchkey({ ...environment, DATABASE_URL: postgres.url }, ['migrate'])
    expect(await listTroubles({ DATABASE_URL: postgres.url })).toEqual([
      expect.stringMatching(/^warning database: The login that serves owns the tables/),
    ])
  })

  test('a table without its protection', async () => {
    await asSuperuser('ALTER TABLE latchkey.sessions NO FORCE ROW LEVEL SECURITY')
    expect(await listTroubles()).toEqual([
      expect.stringMatching(/^problem database: Row-level security is not in force on: sessions\./),
    ])
    await asSuperuser('ALTER TABLE latchkey.sessions FORCE ROW LEVEL SECURITY')
  })
})

describe('redis and mail', () => {
  test('Redis that drops keys', async () => {
    const client = new Redis(redis.url)
    await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
    expect(await listTroubles()).toEqual([
      expect.stringMatching(/^warning redis: .*allkeys-lru.* Set maxmemory-policy to noeviction/),
    ])
    await client.config('SET', 'maxmemory-policy', 'noeviction')
    client.disconnect()
  })

  test('no Redis where several nodes could be', async () => {
    const { REDIS_URL: _, ...without } = environment
    const { output } = await runLatchkey(without, ['doctor'])
    expect(output).toMatch(/^warning +redis +Without REDIS_URL/m)
  })

  test('a mail server that is away', async () => {
    expect(await listTroubles({ SMTP_URL: `smtp://127.0.0.1:${await findFreePort()}` })).toEqual([
      expect.stringMatching(/^problem mail: .*refuses connections/),
    ])
  })
})

describe('keys', () => {
  test('a key file that others can read', async () => {
    const path = join(directory, 'master.key')
    await chmod(path, 0o644)
    expect(await listTroubles()).toContainEqual(expect.stringMatching(/^problem keys: .* chmod 600/))
    await chmod(path, 0o600)
  })

  test('a key file that is gone, and is not made anew', async () => {
    const path = join(directory, 'master.key')
    await rename(path, `${path}.away`)
    expect(await listTroubles()).toContainEqual(
      expect.stringMatching(/^problem keys: There is no master key file .* from your backup/),
    )
    await rename(`${path}.away`, path)
  })

  test('a key file of another installation', async () => {
    const elsewhere = join(directory, 'elsewhere')
    await openKeyFile({ path: elsewhere })
    const troubles = await listTroubles({ KMS_URL: `file://${elsewhere}` })
    expect(troubles).toEqual([
      expect.stringMatching(/^problem proxies: The server does not recognise its doctor/),
      expect.stringMatching(/^problem keys: .* Put the one that belongs to this database back/),
    ])
  })

  test('another algorithm than the keys have', async () => {
    expect(await listTroubles({ SIGNING_ALGORITHM: 'EdDSA' })).toEqual([
      expect.stringMatching(/^warning keys: SIGNING_ALGORITHM is EdDSA, and tokens are signed with ES256/),
    ])
  })
})
