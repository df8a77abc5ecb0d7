import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadSettings } from '../../config/load.ts'
import { listSettings, type Settings } from '../../config/schema.ts'
import { renewSettingsTable } from '../../config/settings-table.ts'
import { StartError } from '../../provider/kernel/errors.ts'

type Environment = Record<string, string>

function refusalOf(environment: Environment, readFile?: (path: string) => string): string {
  try {
    loadSettings(environment, readFile)
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    return (error as StartError).message // stated by the line above
  }
  throw new Error(`These settings were accepted: ${JSON.stringify(environment)}`)
}

function configured(content: string): [Environment, () => string] {
  return [{ LATCHKEY_CONFIG: 'latchkey.yaml' }, () => content]
}

/** With what else it takes for the others to be accepted. */
const onPostgres = { DATABASE_URL: 'postgres://latchkey@db/latchkey' }
const onRedis = { REDIS_URL: 'redis://cache:6379' }
const withMail = { SMTP_URL: 'smtp://mail.example:587', MAIL_FROM: 'no-reply@example.com' }

interface Examples {
  key: keyof Settings
  good: Array<[text: string, value: unknown]>
  bad: string[]
  beside?: Environment
}

const seconds: Pick<Examples, 'good' | 'bad'> = {
  good: [
    ['60', 60],
    ['3600', 3600],
  ],
  bad: ['59', '0', '-1', '1.5', '12h', '1e3', '99999999999999', ' 60'],
}

const settings: Record<string, Examples> = {
  ISSUER: {
    key: 'issuer',
    good: [
      ['https://id.example.com', 'https://id.example.com'],
      ['https://id.example.com/', 'https://id.example.com'],
      ['https://ID.Example.com:443', 'https://id.example.com'],
      ['https://id.example.com:8443', 'https://id.example.com:8443'],
      ['http://localhost:3000', 'http://localhost:3000'],
      ['http://latchkey.localhost', 'http://latchkey.localhost'],
      ['http://127.0.0.1:3000', 'http://127.0.0.1:3000'],
      ['http://[::1]:3000', 'http://[::1]:3000'],
    ],
    bad: [
      'http://id.example.com',
      'https://id.example.com/path',
      'https://id.example.com/?x',
      'https://id.example.com?',
      'https://id.example.com#x',
      'https://user@id.example.com',
      'https://@id.example.com',
      'id.example.com',
      'localhost:3000',
      'ftp://localhost',
      'http://localhost.example.com',
      'http://127.0.0.1.example.com',
      'https:\\\\id.example.com',
      'https://',
      'https://id example.com',
    ],
    beside: withMail,
  },
  PORT: { key: 'port', good: [['8080', 8080]], bad: ['0', '65536', '-1', '80a', '0x50', '80.0', '١٢'] },
  DATA_DIR: { key: 'dataDirectory', good: [['/var/lib/latchkey', '/var/lib/latchkey']], bad: ['a\0b'] },
  LATCHKEY_CONFIG: { key: 'configFile', good: [['/dev/null', '/dev/null']], bad: ['/nowhere/latchkey.yaml', '/'] },
  DATABASE_URL: {
    key: 'databaseUrl',
    good: [
      ['postgres://latchkey:secret@db:5432/latchkey', 'postgres://latchkey:secret@db:5432/latchkey'],
      ['postgresql:///latchkey?host=/run/postgresql', 'postgresql:///latchkey?host=/run/postgresql'],
    ],
    bad: ['mysql://u:hunter2@db/latchkey', 'hunter2:5432', 'hunter2', 'postgres://u:hunter2@a b/c'],
  },
  DATABASE_MIGRATION_URL: {
    key: 'databaseMigrationUrl',
    good: [['postgres://owner:secret@db/latchkey', 'postgres://owner:secret@db/latchkey']],
    bad: ['mysql://u:hunter2@db/latchkey', 'hunter2'],
    beside: onPostgres,
  },
  DATABASE_POOLED: {
    key: 'databasePooled',
    good: [
      ['true', true],
      ['false', false],
    ],
    bad: ['yes', '1', 'TRUE'],
    beside: { ...onPostgres, DATABASE_MIGRATION_URL: 'postgres://owner@db/latchkey' },
  },
  DATABASE_POOL_SIZE: { key: 'databasePoolSize', good: [['20', 20]], bad: ['1', '1001', 'many'] },
  REDIS_URL: {
    key: 'redisUrl',
    good: [
      ['redis://cache:6379', 'redis://cache:6379'],
      ['rediss://:secret@cache:6379/1', 'rediss://:secret@cache:6379/1'],
      ['redis+sentinel://a:26379,b:26379/main?db=0', 'redis+sentinel://a:26379,b:26379/main?db=0'],
      ['rediss+cluster://a:6379,b:6379', 'rediss+cluster://a:6379,b:6379'],
    ],
    bad: ['http://hunter2@cache', 'hunter2:6379', 'redis:///hunter2', 'redis+ring://hunter2@a', 'redis://hunter2@a b'],
  },
  SMTP_URL: {
    key: 'smtpUrl',
    good: [
      ['smtp://user:secret@mail:587', 'smtp://user:secret@mail:587'],
      ['smtps://mail', 'smtps://mail'],
    ],
    bad: ['hunter2:587', 'https://hunter2@mail', 'hunter2'],
    beside: { MAIL_FROM: 'no-reply@example.com' },
  },
  MAIL_FROM: {
    key: 'mailFrom',
    good: [
      ['no-reply@example.com', { name: '', address: 'no-reply@example.com' }],
      ['Example <no-reply@example.com>', { name: 'Example', address: 'no-reply@example.com' }],
      ['<no-reply@example.com>', { name: '', address: 'no-reply@example.com' }],
    ],
    bad: [
      'Example',
      'a@example.com, b@example.com',
      'Example\r\nBcc: x@example.com <a@example.com>',
      'Example <>',
      '"x" <a@example.com>',
    ],
  },
  MAIL_CODE_IN_SUBJECT: { key: 'mailCodeInSubject', good: [['true', true]], bad: ['on'] },
  KMS_URL: {
    key: 'kmsUrl',
    good: [
      ['file:', 'file:'],
      ['file:///etc/latchkey/master.key', 'file:///etc/latchkey/master.key'],
    ],
    bad: ['file://hunter2/key', 'file:hunter2', '/etc/hunter2', 'vault:hunter2'],
  },
  TRUSTED_PROXIES: { key: 'trustedProxies', good: [['2', 2]], bad: ['11', '-1', 'true', '10.0.0.0/8'] },
  EGRESS_ALLOW: {
    key: 'egressAllow',
    good: [
      ['10.1.0.0/16', ['10.1.0.0/16']],
      ['10.1.0.0/16, fd00::/8 192.168.1.5/32', ['10.1.0.0/16', 'fd00::/8', '192.168.1.5/32']],
    ],
    bad: ['10.1.0.0', '10.1.0.0/33', 'intranet', ',', 'fd00::/129'],
  },
  WEB_CONCURRENCY: { key: 'concurrency', good: [['4', 4]], bad: ['0', '65', 'auto'], beside: { ...onPostgres, ...onRedis } },
  LOG_LEVEL: { key: 'logLevel', good: [['debug', 'debug']], bad: ['verbose', 'INFO'] },
  SIGN_UP: { key: 'signUp', good: [['closed', 'closed']], bad: ['open', 'false'] },
  SIGNING_ALGORITHM: { key: 'signingAlgorithm', good: [['EdDSA', 'EdDSA']], bad: ['HS256', 'none', 'es256'] },
  SESSION_IDLE_SECONDS: { key: 'sessionIdleSeconds', ...seconds },
  SESSION_MAX_SECONDS: { key: 'sessionMaximumSeconds', ...seconds, beside: { SESSION_IDLE_SECONDS: '60' } },
  REFRESH_IDLE_SECONDS: { key: 'refreshIdleSeconds', ...seconds },
  REFRESH_MAX_SECONDS: { key: 'refreshMaximumSeconds', ...seconds, beside: { REFRESH_IDLE_SECONDS: '60' } },
  INSTALLATION_NAME: {
    key: 'installationName',
    good: [['Fieldnotes ID', 'Fieldnotes ID']],
    bad: [' ', 'a\nb', 'x'.repeat(61), 'a\u202eb'],
  },
  HELP_URL: {
    key: 'helpUrl',
    good: [['https://example.com/help?x=1', 'https://example.com/help?x=1']],
    bad: ['http://example.com', 'javascript:alert(1)', 'example.com', 'https://a:b@example.com'],
  },
  PRIVACY_URL: {
    key: 'privacyUrl',
    good: [['https://example.com/privacy', 'https://example.com/privacy']],
    bad: ['data:text/html,x'],
  },
  SECURITY_CONTACT: {
    key: 'securityContact',
    good: [
      ['security@example.com', 'mailto:security@example.com'],
      ['mailto:security@example.com', 'mailto:security@example.com'],
      ['https://example.com/security', 'https://example.com/security'],
    ],
    bad: ['security', 'mailto:', 'http://example.com', 'security@example.com\nx'],
  },
}

test('every setting has an example here', () => {
  expect(Object.keys(settings)).toEqual(listSettings().map(about => about.variable))
})

describe.each(Object.entries(settings))('%s', (variable, { key, good, bad, beside = {} }) => {
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
      sessionMaximumSeconds: 30 * 86_400,
      refreshIdleSeconds: 30 * 86_400,
      refreshMaximumSeconds: 90 * 86_400,
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
    ['the same for refreshing', { REFRESH_MAX_SECONDS: '3600' }, 'REFRESH_IDLE_SECONDS'],
  ])('%s', (_story, environment, named) => {
    expect(refusalOf(environment)).toMatch(new RegExp(`^${named}: expected [^\\n]+\\.$`))
  })

  test('everything together is accepted', () => {
    const together = { ...issuer, ...withMail, ...onPostgres, ...onRedis, WEB_CONCURRENCY: '2', DATABASE_POOLED: 'true' }
    expect(loadSettings({ ...together, DATABASE_MIGRATION_URL: 'postgres://owner@db/latchkey' }).loopback).toBe(false)
  })
})

describe('misspelt names', () => {
  test.each([
    ['DATABASE_ULR', 'DATABASE_URL'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['REDIS_URI', 'REDIS_URL'],
    ['SMTP_UR', 'SMTP_URL'],
    ['ISSUR', 'ISSUER'],
    ['PROT', 'PORT'],
    ['MAIL_FORM', 'MAIL_FROM'],
    ['TRUSTED_PROXYS', 'TRUSTED_PROXIES'],
    ['redis_url', 'REDIS_URL'],
    ['DATADIR', 'DATA_DIR'],
    ['SESSION_IDLE_SECOND', 'SESSION_IDLE_SECONDS'],
    ['DATABASE_URL_FIEL', 'DATABASE_URL_FILE'],
    ['LATCHKEY_ISSUER', 'ISSUER'],
    ['LATCHKEY_CONFG', 'LATCHKEY_CONFIG'],
  ])('%s: did you mean %s?', (written, meant) => {
    expect(refusalOf({ [written]: 'hunter2' })).toBe(`${written}: there is no such setting. Did you mean ${meant}?`)
  })

  test('our prefix is ours alone', () => {
    expect(refusalOf({ LATCHKEY_COLOUR: 'red' })).toContain('LATCHKEY_COLOUR: there is no such setting.')
    expect(refusalOf({ LATCHKEY_CONFIG_FILE: 'x' })).toContain('LATCHKEY_CONFIG_FILE: there is no such setting.')
  })

  test('what belongs to others is left alone', () => {
    const others = [
      'HOST',
      'HOSTNAME',
      'POST',
      'SORT',
      'CMS_URL',
      'PGDATABASE',
      'LOGNAME',
      'MAIL',
      'XDG_DATA_DIRS',
      'NODE_ENV',
      'REDIS_PORT',
      'PORTS',
    ]
    expect(loadSettings(Object.fromEntries(others.map(name => [name, 'x']))).port).toBe(3000)
  })
})

describe('mounted secrets', () => {
  const files: Record<string, string> = {
    '/run/secrets/database': 'postgres://u:hunter2@db/x\n',
    '/run/secrets/empty': '\n',
    '/run/secrets/wrong': 'hunter2',
  }
  const readFile = (path: string): string => {
    const content = files[path]
    if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    return content
  }

  test('the file stands for the variable, without its last line break', () => {
    expect(loadSettings({ DATABASE_URL_FILE: '/run/secrets/database' }, readFile).databaseUrl).toBe('postgres://u:hunter2@db/x')
  })

  test('both given: neither is guessed', () => {
    expect(refusalOf({ DATABASE_URL_FILE: '/run/secrets/database', ...onPostgres }, readFile)).toMatch(
      /^DATABASE_URL: .*both were given\.$/,
    )
  })

  test('a file that is not there is named', () => {
    expect(refusalOf({ REDIS_URL_FILE: '/run/secrets/redis' }, readFile)).toBe(
      'REDIS_URL_FILE: expected a file that can be read, was given "/run/secrets/redis" (there is no such file).',
    )
  })

  test('an empty file is named', () => {
    expect(refusalOf({ REDIS_URL_FILE: '/run/secrets/empty' }, readFile)).toMatch(/^REDIS_URL_FILE: .*is empty\.$/)
  })

  test('wrong content is not shown', () => {
    const refusal = refusalOf({ REDIS_URL_FILE: '/run/secrets/wrong' }, readFile)
    expect(refusal).toMatch(/^REDIS_URL: expected redis:/)
    expect(refusal).not.toContain('hunter2')
  })
})

describe('the config file', () => {
  test('lists apps, as YAML or as JSON', () => {
    const apps = [{ client_id: 'fieldnotes', redirect_uris: ['https://fieldnotes.example/callback'] }]
    expect(loadSettings(...configured(JSON.stringify({ apps }, undefined, '\t'))).apps).toEqual(apps)
    const yaml = 'apps:\n  - client_id: fieldnotes # the notes\n    redirect_uris: [https://fieldnotes.example/callback]\n'
    expect(loadSettings(...configured(yaml)).apps).toEqual(apps)
  })

  test('may be empty', () => {
    expect(loadSettings(...configured('# nothing yet\n')).apps).toEqual([])
  })

  test.each([
    ['app: []', 'app: there is no such key. Did you mean apps?'],
    ['Apps: []', 'Apps: there is no such key. Did you mean apps?'],
    ['plugins: []', 'plugins: there is no such key. The keys are: apps.'],
    ['databaseUrl: x', 'databaseUrl: this is not set here, but by the environment variable DATABASE_URL.'],
    ['apps: {a: hunter2}', 'apps: expected a list, was given something else.'],
    ['apps: [{}, hunter2]', 'apps, entry 2: expected keys with values, was given something else.'],
    ['- hunter2', 'expected keys with values at the top, such as `apps:`, was given something else.'],
    ['apps: *hunter2', 'has an alias (*name) that leads nowhere or too far.'],
    ['apps: []\napps: []', 'is not well-formed at line 2, column 1 (DUPLICATE_KEY).'],
    ['apps:\n  - "hunter2', 'is not well-formed at line 2, column'],
    ['apps: !hunter2 []', 'is not well-formed at line 1, column'],
  ])('%j: %s', (content, complaint) => {
    const refusal = refusalOf(...configured(content))
    expect(refusal).toContain('LATCHKEY_CONFIG: "latchkey.yaml"')
    expect(refusal).toContain(complaint)
    expect(refusal).not.toContain('hunter2')
  })

  test('does not grow without end', () => {
    const letters = 'abcdefghi'.split('')
    const lines = letters.map(
      (letter, at) =>
        `${letter}: &${letter} [${Array(9)
          .fill(at === 0 ? 'x' : `*${letters[at - 1]}`)
          .join(', ')}]`,
    )
    expect(refusalOf(...configured(lines.join('\n')))).toContain('LATCHKEY_CONFIG')
  })
})

test('settings cannot be changed afterwards', () => {
  const loaded = loadSettings(...configured('apps: [{ client_id: a, redirect_uris: [b] }]'))
  expect(Object.isFrozen(loaded)).toBe(true)
  expect(Object.isFrozen(loaded.apps[0]?.['redirect_uris'])).toBe(true)
})

test('credentials in an address that is no secret are not shown either', () => {
  const refusal = refusalOf({ ISSUER: 'https://admin:hunter2/@id.example.com' })
  expect(refusal).toContain('was given "https://…@id.example.com"')
})

const anyName = fc.oneof(
  fc.constantFrom(...listSettings().flatMap(({ variable }) => [variable, `${variable}_FILE`])),
  fc.string({ unit: 'binary', minLength: 1 }),
)
const anyValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webUrl(),
  fc.constantFrom(...Object.values(settings).flatMap(({ good, bad }) => [...good.map(([text]) => text), ...bad])),
)
const anyContent = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom('apps: [', 'apps: *a', 'apps: [{}]'))

test('whatever is given, either settings come back or a StartError of one line', () => {
  fc.assert(
    fc.property(fc.dictionary(anyName, anyValue, { maxKeys: 6 }), fc.option(anyContent), (environment, content) => {
      const readFile = () => {
        if (content === null) throw new Error('correct horse')
        return content
      }
      try {
        expect(Object.isFrozen(loadSettings(environment, readFile))).toBe(true)
      } catch (error) {
        if (!(error instanceof StartError)) throw error
        expect(error.message).toMatch(/^\P{C}+\.$|^\P{C}+\?$/u)
        expect(error.message).not.toContain('correct horse')
      }
    }),
    { numRuns: 500 },
  )
})

test('a secret never comes back in a message', () => {
  const secrets = listSettings().filter(about => about.secret)
  const canary = fc.stringMatching(/^[a-z]{12,30}$/)
  const around = fc.tuple(fc.constantFrom('', 'http://', 'redis://u:', 'x:'), fc.constantFrom('', '@h', ' ', '\n', '/..'))
  fc.assert(
    fc.property(fc.constantFrom(...secrets), canary, around, ({ variable }, secret, [before, after]) => {
      try {
        loadSettings({ [variable]: `${before}${secret}${after}` })
      } catch (error) {
        expect(String(error)).not.toContain(secret)
      }
    }),
  )
})

test("README's table of settings is up to date (if not: node config/settings-table.ts)", () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  expect(renewSettingsTable(readme)).toBe(readme)
})
