import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  findCycles,
  findForbiddenImports,
  findPassedOver,
  findStrayPackages,
  type ImportTable,
} from './support/architecture/import-rules.ts'
import { listFiles, parseSourceFile, readSourceFiles, type SourceFile } from './support/architecture/source-file.ts'

/** The rooms of the house. */
const folders = ['provider', 'adapters', 'views', 'config', 'test'] as const

/** What stands beside them. */
const filesBesideThem = [
  'README.md SECURITY.md CONTRIBUTING.md CHANGELOG.md LICENSE',
  'package.json package-lock.json .npmrc tsconfig.json vitest.config.ts',
  'biome.json .oxlintrc.json knip.json .editorconfig .gitattributes .gitignore .ci',
].flatMap(line => line.split(' '))

const ground = ['provider/http', 'provider/ports', 'provider/kernel', 'views']

/** The features, lowest first. Each may import those of the lines above its own. */
const features = [
  ['provider/envelope'],
  ['provider/audit'],
  ['provider/keys', 'provider/users', 'provider/policy', 'provider/workspaces'],
  ['provider/apps', 'provider/connections', 'provider/passkeys', 'provider/totp', 'provider/recovery-codes'],
  ['provider/access-passes'],
  ['provider/sign-in'],
  ['provider/oidc'],
  ['provider/account', 'provider/console', 'provider/doctor', 'provider/installation', 'provider/mailbox'],
  ['provider/api'],
]

const mayImport: ImportTable = {
  'provider/kernel': [],
  'provider/ports': ['provider/kernel'],
  'provider/http': ['provider/ports', 'provider/kernel', 'views'],
  ...Object.fromEntries(
    features.flatMap((level, index) => level.map(feature => [feature, [...ground, ...features.slice(0, index).flat()]])),
  ),
  'provider/listen.ts': ['provider/kernel', 'type config/schema.ts'],
  adapters: ['provider/ports', 'provider/kernel', 'config/schema.ts'],
  views: ['type provider/kernel'],
  'config/schema.ts': [
    'type provider/kernel',
    'type config/config-file-schema.ts',
    ...['admission-settings', 'key-settings', 'lifetime-settings', 'setting', 'values'].map(name => `config/${name}.ts`),
  ],
  'config/admission-settings.ts': ['config/setting.ts', 'config/values.ts'],
  'config/lifetime-settings.ts': ['config/setting.ts'],
  'config/key-settings.ts': ['config/setting.ts', 'config/values.ts'],
  'config/config-file-schema.ts': ['config/plans.ts', 'config/values.ts'],
  'config/plans.ts': ['provider/kernel/entitlements.ts'],
  'config/setting.ts': ['config/values.ts'],
  'config/values.ts': ['provider/kernel/loopback.ts'],
  config: ['errors', 'loopback', 'spelling', 'wording'].map(file => `provider/kernel/${file}.ts`),
  'config/tooling': ['config/load.ts', 'provider/kernel/errors.ts', 'provider/passkeys/authenticator-models.ts'],
  'vitest.config.ts': [],
  // Whatever is put together is put together here, and nowhere else.
  ...Object.fromEntries(
    [
      'main.ts',
      'serve.ts',
      'server.ts',
      'app.ts',
      'services.ts',
      'jobs.ts',
      'sweeping.ts',
      'reminding.ts',
      'cli.ts',
      'command-line',
    ].map(root => [`provider/${root}`, ['*']]),
  ),
  test: ['*'],
}

/** Packages that would take over if they could be used everywhere. */
const packageHomes = {
  pg: ['adapters', 'test'],
  kysely: ['adapters', 'test'],
  'pg-boss': ['adapters', 'test'],
  '@electric-sql/pglite': ['adapters', 'test'],
  ioredis: ['adapters', 'test'],
  'rate-limiter-flexible': ['adapters', 'test'],
  maxmind: ['adapters', 'test'],
  nodemailer: ['adapters', 'test'],
  pino: ['adapters', 'test'],
  'prom-client': ['adapters', 'test'],
  'oidc-provider': ['provider/oidc', 'test'],
  'openid-client': ['provider/connections', 'test'],
  '@simplewebauthn/server': ['provider/passkeys', 'test'],
  otplib: ['provider/totp', 'test'],
  uqr: ['views'],
  koa: ['provider/http', 'provider/oidc', 'provider/app.ts', 'provider/main.ts', 'test'],
  '@koa/router': ['provider/http', 'test'],
  preact: ['views', 'test'],
  'preact-render-to-string': ['views', 'test'],
  'intl-messageformat': ['views', 'test'],
  commander: ['provider/command-line'],
  '@aws-sdk/client-kms': ['adapters'],
  '@google-cloud/kms': ['adapters'],
  'google-auth-library': ['adapters'],
  yaml: ['config', 'test'],
}

/** The one file that knows every sign-in method. */
const methodList = 'provider/sign-in/methods.ts'

/** What says nothing of what is in it. */
const emptyWords = /^(utils?|helpers?|common|shared|misc|lib)$/
/** A document for people may shout, as README does. */
const goodName = /^([a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*|[A-Z]+\.md)$/

const lineLimit = 300

/** Tools that ask for a default export. */
const defaultExports = /^(vitest\.config\.ts|config\/tooling\/vitest-summary\.mjs)$/
const environmentReaders = /^(config\/load\.ts|provider\/(main|cli)\.ts|config\/tooling\/.*|test\/.*)$/
const consoleUsers = /^(config\/tooling\/.*|config\/settings-table\.ts|test\/.*)$/

type Rule = {
  name: string
  find(files: SourceFile[]): string[]
  /** Trees that break the rule, from path to source text: the rule has to find something in each of them. */
  breaches: Record<string, string>[]
}

const rules: Rule[] = [
  {
    name: 'each folder imports what the table allows',
    find: files => findForbiddenImports(files, mayImport),
    breaches: [
      { 'provider/kernel/a.ts': "import '../ports/data.ts'" },
      { 'provider/ports/a.ts': "import type { A } from '../http/route.ts'" },
      { 'provider/http/a.ts': "import { a } from '../policy/gate.ts'" },
      { 'provider/audit/a.ts': "import { a } from '../users/create.ts'" },
      { 'provider/users/a.ts': "import { a } from '../workspaces/personal.ts'" },
      { 'provider/sign-in/a.ts': "import type { A } from '../oidc/provider.ts'" },
      { 'provider/sign-in/a.ts': "const a = await import('../../adapters/memory/store.ts')" },
      { 'provider/oidc/a.ts': "export { a } from '../../config/load.ts'" },
      { 'adapters/sql/a.ts': "import { a } from '../../provider/envelope/envelope.ts'" },
      { 'adapters/sql/a.ts': "import { a } from '../../config/load.ts'" },
      { 'views/a.tsx': "import { a } from '../provider/kernel/errors.ts'" },
      { 'views/a.tsx': "type A = import('../provider/ports/data.ts').A" },
      { 'config/schema.ts': "import { a } from '../provider/kernel/errors.ts'" },
      { 'config/load.ts': "import { a } from '../provider/kernel/secrets.ts'" },
      { 'provider/main.ts': "import { a } from '../test/support/servers.ts'" },
      { 'provider/newcomer/a.ts': 'export const a = 1' },
    ],
  },
  {
    name: 'each package stays at home',
    find: files => findStrayPackages(files, packageHomes),
    breaches: [
      { 'provider/users/a.ts': "import { Client } from 'pg'" },
      { 'provider/sign-in/a.ts': "import type { Provider } from 'oidc-provider'" },
      { 'provider/oidc/a.ts': "import { PGlite } from '@electric-sql/pglite/worker'" },
      { 'provider/sign-in/a.ts': "import { isoCBOR } from '@simplewebauthn/server/helpers'" },
    ],
  },
  {
    name: 'no file imports itself by way of others',
    find: findCycles,
    breaches: [
      { 'views/a.ts': "import { b } from './b.ts'", 'views/b.ts': "import { c } from './c.ts'", 'views/c.ts': "import './a.ts'" },
      { 'views/a.ts': "export type { A } from './a.ts'" },
    ],
  },
  {
    name: 'a sign-in is made of methods that nothing but their list knows by name',
    find: files => findPassedOver(files, methodList, /^provider\/(sign-in\/)?[^/]+$/),
    breaches: [
      { [methodList]: "import { createTotp } from './totp.ts'", 'provider/sign-in/flow.ts': "import { a } from './totp.ts'" },
      { [methodList]: "import { createTotp } from './totp.ts'", 'provider/app.ts': "import { a } from './sign-in/totp.ts'" },
      { [methodList]: "import { b } from './b.ts'\nimport './c.ts'", 'provider/sign-in/c.ts': "import type { B } from './b.ts'" },
    ],
  },
  {
    name: 'no file only passes on what others export',
    find: files => files.filter(file => file.isBarrel).map(file => file.path),
    breaches: [
      { 'views/a.ts': "export * from './b.ts'" },
      { 'views/a.ts': "import { b } from './b.ts'\nexport { b }\nexport type { C } from './c.ts'" },
    ],
  },
  {
    name: 'nothing is exported by default',
    find: files => files.filter(file => file.hasDefaultExport && !defaultExports.test(file.path)).map(file => file.path),
    breaches: [{ 'views/a.ts': 'export default 1' }, { 'views/a.ts': 'const a = 1\nexport { a as default }' }],
  },
  {
    name: `no file is longer than ${lineLimit} lines`,
    find: files => files.filter(file => file.lineCount > lineLimit).map(file => `${file.path}: ${file.lineCount}`),
    breaches: [{ 'views/a.ts': '// line\n'.repeat(lineLimit + 1) }],
  },
  {
    name: 'files and folders have a name in kebab-case that says something',
    find: files => files.filter(file => !hasGoodName(file.path)).map(file => file.path),
    breaches: ['views/userName.ts', 'views/utils/a.ts', 'views/helper.ts', 'adapters/Common.ts', 'views/some_thing.ts'].map(
      path => ({
        [path]: 'export const a = 1',
      }),
    ),
  },
  {
    name: 'the environment is read where settings are loaded, and nowhere else',
    find: files => files.filter(file => file.readsEnvironment && !environmentReaders.test(file.path)).map(file => file.path),
    breaches: [
      { 'provider/users/a.ts': 'export const a = process.env.A' },
      { 'adapters/sql/a.ts': "export const a = process['env']" },
      { 'adapters/sql/a.ts': 'const { env } = process' },
      { 'adapters/sql/a.ts': "import { env as e } from 'node:process'" },
    ],
  },
  {
    name: 'nothing is written to the console: the log is a port',
    find: files => files.filter(file => file.usesConsole && !consoleUsers.test(file.path)).map(file => file.path),
    breaches: [
      { 'provider/users/a.ts': 'console.log(1)' },
      { 'adapters/mail/a.ts': 'const { error } = { error: console.error }' },
    ],
  },
]

const root = join(import.meta.dirname, '..')
const paths = [...listFiles(root, folders), 'vitest.config.ts']
const tree = readSourceFiles(root, paths)

describe.each(rules)('$name', ({ find, breaches }) => {
  it('holds', () => {
    expect(find(tree)).toEqual([])
  })

  it.each(breaches.map(files => ({ files, shown: show(files) })))('bites: $shown', ({ files }) => {
    expect(find(Object.entries(files).map(([path, text]) => parseSourceFile(path, text)))).not.toEqual([])
  })
})

describe('the tree', () => {
  it('was found', () => {
    expect(tree.length).toBeGreaterThan(50)
    expect(folders.filter(folder => !tree.some(file => file.path.startsWith(`${folder}/`)))).toEqual([])
  })

  it('has nothing at its top but the five folders and the usual files', () => {
    expect(readdirSync(root).filter(name => !isKnownAtTop(name))).toEqual([])
    expect(isKnownAtTop('src')).toBe(false)
  })

  it('has no other file or folder with a name that says nothing', () => {
    expect(paths.filter(path => !hasGoodName(path))).toEqual([])
  })
})

function show(files: Record<string, string>): string {
  return Object.entries(files)
    .map(([path, text]) => `${path} with ${text.split('\n')[0]}`)
    .join(', ')
}

function hasGoodName(path: string): boolean {
  return path.split('/').every(part => goodName.test(part) && !emptyWords.test(part.replace(/\..*$/, '')))
}

function isKnownAtTop(name: string): boolean {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n')
  return [...folders, ...filesBesideThem, '.git'].includes(name) || ignored.includes(name) || ignored.includes(`${name}/`)
}
