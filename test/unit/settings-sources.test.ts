import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadSettings } from '../../config/load.ts'
import { listSettings } from '../../config/schema.ts'
import { StartError } from '../../provider/kernel/errors.ts'
import { type Environment, onPostgres, refusalOf, settingsExamples } from '../support/settings-examples.ts'

function configured(content: string): [Environment, () => string] {
  return [{ LATCHKEY_CONFIG: 'latchkey.yaml' }, () => content]
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
