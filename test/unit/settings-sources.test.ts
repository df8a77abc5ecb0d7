import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadSettings } from '../../config/load.ts'
import { nearMisses } from '../../config/near-misses.ts'
import { listSettings } from '../../config/schema.ts'
import { StartError } from '../../provider/kernel/errors.ts'
import { type Environment, refusalOf } from '../support/refused-settings.ts'
import { onPostgres, onRedis, settingsExamples, withMail } from '../support/settings-examples.ts'

function configured(content: string): [Environment, () => string] {
  return [{ LATCHKEY_CONFIG: 'latchkey.yaml' }, () => content]
}

/** What ordinary machines and platforms have in their environments beside what somebody set for us. */
const foreignEnvironments = {
  'a shell and a desktop': `HOME HOST HOSTNAME HOSTTYPE LANG LANGUAGE LC_ALL LOGNAME LS_COLORS MACHTYPE MAIL MAILCHECK MAILPATH OLDPWD
    PATH PWD SHELL SHLVL TERM TMPDIR USER XDG_DATA_DIRS XDG_DATA_HOME XDG_SESSION_ID XDG_SESSION_TYPE SESSION_MANAGER DESKTOP_SESSION
    SESSIONNAME DISPLAY SSH_CONNECTION SSH_AUTH_SOCK EDITOR PAGER EMAIL`,
  'systemd, containers and Node': `LISTEN_FDS LISTEN_PID LISTEN_FDNAMES NOTIFY_SOCKET INVOCATION_ID JOURNAL_STREAM CREDENTIALS_DIRECTORY
    RUNTIME_DIRECTORY STATE_DIRECTORY LOGS_DIRECTORY CONFIGURATION_DIRECTORY container NODE_ENV NODE_OPTIONS NODE_VERSION npm_config_registry
    npm_lifecycle_event INIT_CWD`,
  "Kubernetes' links to services called redis, smtp, database, mail, session, metrics, issuer, data and log": [
    'redis',
    'smtp',
    'database',
  ]
    .concat(['mail', 'session', 'metrics', 'issuer', 'data', 'log', 'kms', 'help', 'sign-up', 'refresh', 'privacy', 'egress'])
    .map(service => service.replace('-', '_').toUpperCase())
    .flatMap(name => [
      `${name}_SERVICE_HOST=10.0.0.1 ${name}_SERVICE_PORT=6379 ${name}_SERVICE_PORT_MAIN=6379 ${name}_PORT=tcp://10.0.0.1:6379`,
      `${name}_PORT_6379_TCP=tcp://10.0.0.1:6379 ${name}_PORT_6379_TCP_PROTO=tcp ${name}_PORT_6379_TCP_ADDR ${name}_PORT_6379_TCP_PORT`,
    ])
    .join(' '),
  'PostgreSQL and Redis beside it': `PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE PGDATA POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB
    POSTGRES_URL DATABASE_NAME DATABASE_USER DATABASE_PASSWORD DATABASE_HOST DATABASE_PORT DB_HOST DB_URL REDIS_HOST REDIS_PORT
    REDIS_PASSWORD REDIS_TLS_URL REDISHOST REDISPORT`,
  'platforms and build servers': `PORT=3000 WEB_MEMORY DYNO DATABASE_PUBLIC_URL DATABASE_PRIVATE_URL REDIS_PUBLIC_URL FLY_APP_NAME
    RAILWAY_PUBLIC_DOMAIN RENDER_EXTERNAL_URL VERCEL_URL K_SERVICE CI GITHUB_TOKEN GITHUB_ACTIONS RUNNER_TEMP CI_SERVER_URL AWS_REGION
    AWS_KMS_KEY_ID GOOGLE_APPLICATION_CREDENTIALS SECRET_KEY_BASE RAILS_LOG_LEVEL SESSION_SECRET BASE_URL PUBLIC_URL APP_URL`,
}

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

  test.each([
    ['ISSUER_URL', 'ISSUER'],
    ['issuer_url', 'ISSUER'],
    ['REDIS', 'REDIS_URL'],
    ['DATABASE', 'DATABASE_URL'],
    ['SMTP_HOST', 'SMTP_URL'],
    ['SESSION_TIMEOUT', 'SESSION_IDLE_SECONDS'],
    ['SESSION_TTL', 'SESSION_MAX_SECONDS'],
    ['LATCHKEY_SMTP_HOST', 'SMTP_URL'],
  ])('%s is a near miss: did you mean %s?', (written, meant) => {
    expect(refusalOf({ [written]: 'hunter2' })).toBe(`${written}: there is no such setting. Did you mean ${meant}?`)
  })

  test('a near miss of a setting that is given was meant for somebody else', () => {
    expect(loadSettings({ ...withMail, SMTP_HOST: 'mail.example', ...onRedis, REDIS: 'cache' }).redisUrl).toBe(onRedis.REDIS_URL)
    expect(loadSettings({ DATABASE_URL_FILE: 'x', DATABASE: 'notes' }, () => onPostgres.DATABASE_URL)).toBeDefined()
  })

  test('near misses are of settings that there are, and each is one of one setting', () => {
    const settings = listSettings().map(({ variable }) => variable)
    expect(Object.keys(nearMisses).filter(variable => !settings.includes(variable))).toEqual([])
    const written = Object.values(nearMisses).flat()
    expect(written.filter((name, at) => written.indexOf(name) !== at || settings.includes(name))).toEqual([])
  })

  test('our prefix is ours alone', () => {
    expect(refusalOf({ LATCHKEY_COLOUR: 'red' })).toContain('LATCHKEY_COLOUR: there is no such setting.')
    expect(refusalOf({ LATCHKEY_CONFIG_FILE: 'x' })).toContain('LATCHKEY_CONFIG_FILE: there is no such setting.')
  })

  test.each(Object.entries(foreignEnvironments))('what belongs to others is left alone: %s', (_, names) => {
    const environment = Object.fromEntries(names.split(/\s+/).map(each => each.split('=', 2).concat('x').slice(0, 2)))
    expect(loadSettings(environment).port).toBe(3000)
  })

  test('so are names that are near to ours by chance', () => {
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
    ['plugins: []', 'plugins: there is no such key. The keys are: apps, upstreams, audit, plans.'],
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

const anyName = fc.oneof(
  fc.constantFrom(...listSettings().flatMap(({ variable }) => [variable, `${variable}_FILE`])),
  fc.string({ unit: 'binary', minLength: 1 }),
)
const anyValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webUrl(),
  fc.constantFrom(...Object.values(settingsExamples).flatMap(({ good, bad }) => [...good.map(([text]) => text), ...bad])),
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
