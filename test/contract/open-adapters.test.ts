import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openAdapters } from '../../adapters/open.ts'
import { openDatabase } from '../../adapters/open-durable.ts'
import { loadSettings } from '../../config/load.ts'
import type { Settings } from '../../config/schema.ts'
import { openEnvelope } from '../../provider/envelope/envelope.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { StartError } from '../../provider/kernel/errors.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { createTestRedis, type TestRedis } from '../support/redis-database.ts'
import { findFreePort } from '../support/servers.ts'

let directory: string
let database: TestDatabase
let redis: TestRedis

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'latchkey-adapters-'))
  ;[database, redis] = await Promise.all([createTestDatabase(), createTestRedis()])
})

afterEach(async () => {
  await Promise.all([database.drop(), redis.drop()])
  await rm(directory, { recursive: true, force: true })
})

function settingsWith(environment: Record<string, string>): Settings {
  return loadSettings({ DATA_DIR: directory, LOG_LEVEL: 'silent', ...environment })
}

function open(settings: Settings) {
  return openAdapters(settings, { clock: systemClock, openCipher: openEnvelope })
}

async function refusalOf(settings: Settings): Promise<string> {
  const error: unknown = await open(settings).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(StartError)
  return (error as StartError).message // stated by the line above
}

describe('what the settings choose', () => {
  test('PostgreSQL, Redis and SMTP where they are named', async () => {
    const mail = { SMTP_URL: 'smtp://127.0.0.1:2525', MAIL_FROM: 'no-reply@example.com' }
    const adapters = await open(settingsWith({ DATABASE_URL: database.url, REDIS_URL: redis.url, ...mail }))
    expect(adapters.mailbox).toBeUndefined()
    await Promise.all([adapters.data.ping(), adapters.store.ping()])
    // Limits are counted there, by what no key but the installation's makes of an address.
    await adapters.rateLimiter.consume({ name: 'chosen', points: 5, windowSeconds: 60 }, 'somebody@example.com')
    const name = adapters.cipher.blindIndex('rate-limit', 'somebody@example.com').toString('base64url', 0, 16)
    expect(await adapters.store.get(`limit:chosen:5/60:${name}`)).toBe('1')
    await adapters.close()
    await expect(adapters.data.ping()).rejects.toThrow()
    await expect(adapters.store.ping()).rejects.toThrow()
  })

  test('what is embedded where nothing is named, and the same data after a restart', async () => {
    const settings = settingsWith({})
    const first = await open(settings)
    expect(first.mailbox).toBe(first.mailer)
    const sealed = first.cipher.blindIndex('rate-limit', 'x')
    await first.close()
    const second = await open(settings)
    expect(second.cipher.blindIndex('rate-limit', 'x')).toEqual(sealed)
    await second.close()
  })

  test('no mailbox where others can reach the issuer, whatever the settings were', async () => {
    const settings = { ...settingsWith({ DATABASE_URL: database.url }), loopback: false }
    expect(await refusalOf(settings)).toMatch(/^SMTP_URL: /)
  })
})

describe('what cannot be had', () => {
  test('a database that is away is named, without its password', async () => {
    const url = new URL(database.url)
    url.port = String(await findFreePort())
    const refusal = await refusalOf(settingsWith({ DATABASE_URL: url.href, REDIS_URL: redis.url }))
    expect(refusal).toMatch(/^DATABASE_URL: the database at \S+ cannot be used \(.*ECONNREFUSED/)
    expect(refusal).not.toContain(url.password)
  })

  test('so is the login for migrations', async () => {
    const url = new URL(database.url)
    url.password = 'hunter2'
    const refusal = await refusalOf(settingsWith({ DATABASE_URL: database.url, DATABASE_MIGRATION_URL: url.href }))
    expect(refusal).toMatch(/^DATABASE_MIGRATION_URL: .*password authentication failed/)
    expect(refusal).not.toContain('hunter2')
  })

  test('what was opened meanwhile is closed again', async () => {
    const settings = settingsWith({ REDIS_URL: 'redis+cluster://127.0.0.1:1/0' })
    expect(await refusalOf(settings)).toMatch(/^REDIS_URL/)
    const again = await openDatabase(settings)
    await again.close()
  })
})
