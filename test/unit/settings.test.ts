import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadSettings } from '../../config/load.ts'
import { listSettings } from '../../config/schema.ts'
import { renewSettingsTable } from '../../config/settings-table.ts'
import { type Environment, refusalOf } from '../support/refused-settings.ts'
import { onPostgres, onRedis, settingsExamples, withMail } from '../support/settings-examples.ts'

test('every setting has an example here', () => {
  expect(Object.keys(settingsExamples)).toEqual(listSettings().map(about => about.variable))
})

describe.each(Object.entries(settingsExamples))('%s', (variable, { key, good, bad, beside = {} }) => {
  test.each(good)('takes %j', (text, value) => {
    expect(loadSettings({ ...withMail, ...beside, [variable]: text })[key]).toEqual(value)
  })

  test.each(bad)('refuses %j in one line that names it, says what was expected, and what was given', text => {
    const refusal = refusalOf({ ...withMail, ...beside, [variable]: text })
    expect(refusal).toMatch(new RegExp(`^${variable}: expected [^\\n]+\\.$`))
    const about = listSettings().find(candidate => candidate.variable === variable)
    if (about?.secret) expect(refusal).not.toContain('hunter2')
    else expect(refusal).toContain('was given "')
  })

  test('refuses an empty value, which is more often a mistake than a wish', () => {
    expect(refusalOf({ ...beside, [variable]: '' })).toMatch(new RegExp(`^${variable}: expected .+, was given nothing\\.`))
  })
})

describe('a start without any setting', () => {
  test('serves this machine with what is embedded', () => {
    expect(loadSettings({})).toMatchObject({
      issuer: 'http://localhost:3000',
      port: 3000,
      loopback: true,
      dataDirectory: '.data',
      kmsUrl: 'file:',
      trustedProxies: 0,
      concurrency: 1,
      signUp: 'allowed',
      sessionIdleSeconds: 12 * 3600,
      sessionMaxSeconds: 30 * 86_400,
      refreshIdleSeconds: 30 * 86_400,
      refreshMaxSeconds: 90 * 86_400,
      apps: [],
    })
  })

  test('reads no file', () => {
    const readFile = () => {
      throw new Error('A file was read.')
    }
    expect(loadSettings({ PATH: '/bin', HOME: '/root' }, readFile).port).toBe(3000)
  })
})

describe('issuer and port on this machine', () => {
  test.each([
    [{ PORT: '4000' }, 'http://localhost:4000', 4000],
    [{ ISSUER: 'http://localhost:5000' }, 'http://localhost:5000', 5000],
    [{ ISSUER: 'http://localhost' }, 'http://localhost', 80],
    [{ ISSUER: 'http://localhost:5000', PORT: '6000' }, 'http://localhost:5000', 6000],
    [{ ISSUER: 'https://localhost' }, 'https://localhost', 3000],
    [{ ISSUER: 'https://id.example.com:8443', ...withMail }, 'https://id.example.com:8443', 3000],
  ])('%j', (environment, issuer, port) => {
    expect(loadSettings(environment)).toMatchObject({ issuer, port })
  })
})

describe('what settings ask of each other', () => {
  const issuer = { ISSUER: 'https://id.example.com' }
  test.each<[string, Environment, string]>([
    ['mail has to leave where others can reach the issuer', issuer, 'SMTP_URL'],
    ['mail has a sender', { SMTP_URL: 'smtp://mail' }, 'MAIL_FROM'],
    ['several processes need a database that they share', { WEB_CONCURRENCY: '2', ...onRedis }, 'DATABASE_URL'],
    ['several processes need a store that they share', { WEB_CONCURRENCY: '2', ...onPostgres }, 'REDIS_URL'],
    ['a login for migrations is beside one that serves', { DATABASE_MIGRATION_URL: 'postgres://owner@db/x' }, 'DATABASE_URL'],
    ['a pooler leads to a database', { DATABASE_POOLED: 'true' }, 'DATABASE_URL'],
    ['migrations do not pass a pooler', { DATABASE_POOLED: 'true', ...onPostgres }, 'DATABASE_MIGRATION_URL'],
    ['idle ends before all', { SESSION_IDLE_SECONDS: '7200', SESSION_MAX_SECONDS: '3600' }, 'SESSION_IDLE_SECONDS'],
    ['a place by a header that anybody may send', { GEO_HEADER: 'CF-IPCountry' }, 'GEO_HEADER'],
    ['a day from which something is required needs what is required', { REQUIRED_FROM: '2030-01-31' }, 'REQUIRED_LEVEL'],
    ['the same for refreshing', { REFRESH_MAX_SECONDS: '3600' }, 'REFRESH_IDLE_SECONDS'],
  ])('%s', (_story, environment, named) => {
    expect(refusalOf(environment)).toMatch(new RegExp(`^${named}: expected [^\\n]+\\.$`))
  })

  test('everything together is accepted', () => {
    const together = { ...issuer, ...withMail, ...onPostgres, ...onRedis, WEB_CONCURRENCY: '2', DATABASE_POOLED: 'true' }
    expect(loadSettings({ ...together, DATABASE_MIGRATION_URL: 'postgres://owner@db/latchkey' }).loopback).toBe(false)
  })
})

test('credentials in an address that is no secret are not shown either', () => {
  const refusal = refusalOf({ ISSUER: 'https://admin:hunter2/@id.example.com' })
  expect(refusal).toContain('was given "https://…@id.example.com"')
})

test("README's table of settings is up to date (if not: node config/settings-table.ts)", () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  expect(renewSettingsTable(readme)).toBe(readme)
})
