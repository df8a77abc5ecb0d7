import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../adapters/open-durable.ts'
import { loadSettings } from '../../config/load.ts'
import { hashSecret } from '../../provider/kernel/secrets.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { type Said, runLatchkey } from '../support/terminal.ts'
import { runStatements } from '../support/servers.ts'

let directory: string
let database: TestDatabase
let environment: Record<string, string>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'latchkey-command-line-'))
  database = await createTestDatabase()
  environment = { DATA_DIR: directory, DATABASE_URL: database.url }
})

afterAll(async () => {
  await database.drop()
  await rm(directory, { recursive: true, force: true })
})

function latchkey(...words: string[]): Promise<Said> {
  return runLatchkey(environment, words)
}

async function latchkeyJson(...words: string[]): Promise<unknown> {
  const { exitCode, output, complaint } = await latchkey(...words, '--json')
  expect({ exitCode, complaint }).toEqual({ exitCode: 0, complaint: '' })
  return JSON.parse(output)
}

describe('what is not understood', () => {
  test.each([
    [['serv'], /Unknown command 'serv'\n\(Did you mean serve\?\)/],
    [['app', 'creat'], /Unknown command 'creat'\n\(Did you mean create\?\)/],
    [['migrate', '--jsn'], /Unknown option '--jsn'/],
    [['migrate', 'now'], /Too many arguments/],
    [['app', 'create', '--type', 'server'], /Required option '--name <name>' not specified/],
    [['app', 'create', '--name', 'A'], /Required option '--type <type>' not specified/],
    [['app', 'create', '--name', 'A', '--type', 'toaster'], /Allowed choices are browser, server, native, machine/],
    [['app', 'remove'], /Missing required argument 'client-id'/],
    [['app', 'create', '--name', 'A', '--type', 'server', '--redirect-uri', ' '], /It is empty\./],
    [[], /Usage: latchkey/],
  ])('%j ends with 2, says so, and does nothing', async (words, complaint) => {
    const said = await latchkey(...words)
    expect(said).toMatchObject({ exitCode: 2, output: '' })
    expect(said.complaint).toMatch(complaint)
  })

  test('help is no mistake', async () => {
    const said = await latchkey('--help')
    expect(said).toMatchObject({ exitCode: 0, complaint: '' })
    for (const command of ['serve', 'migrate', 'doctor', 'keys', 'app'])
      expect(said.output).toMatch(new RegExp(`^  ${command} `, 'm'))
  })

  test('a wrong setting is one line and no stack', async () => {
    const said = await runLatchkey({ ...environment, DATABASE_ULR: 'x' }, ['app', 'list'])
    expect(said).toEqual({
      exitCode: 1,
      output: '',
      complaint: 'DATABASE_ULR: there is no such setting. Did you mean DATABASE_URL?',
    })
  })

  test('a process ends with the code that the command line answers', () => {
    const cli = join(import.meta.dirname, '../../provider/cli.ts')
    let status: number | null = 0
    try {
      execFileSync(process.execPath, [cli, 'serv'], { stdio: 'pipe', env: {} })
    } catch (error) {
      status = (error as { status: number | null }).status // what execFileSync throws where a process does not end with 0
    }
    expect(status).toBe(2)
  })
})

describe('on PostgreSQL', () => {
  test('a database that nobody migrated is left alone', async () => {
    const said = await latchkey('app', 'list')
    expect(said).toMatchObject({ exitCode: 1, complaint: expect.stringContaining('Run "latchkey migrate"') })
    // This would fail if a schema had been made.
    await runStatements(database.url, ['CREATE SCHEMA latchkey', 'DROP SCHEMA latchkey'])
  })

  test('a database that does not answer is an error in words', async () => {
    const url = new URL(database.url)
    url.port = '1'
    const said = await runLatchkey({ ...environment, DATABASE_URL: url.href }, ['app', 'list'])
    expect(said.exitCode).toBe(1)
    expect(said.complaint).toMatch(
      /^DATABASE_URL: the database at 127\.0\.0\.1:1 cannot be used \(.*ECONNREFUSED.*\)\. Check .*\.$/,
    )
    expect(said.complaint).not.toContain(url.password)
  })

  test('migrate says what it did, and that there is nothing to do', async () => {
    expect(await latchkey('migrate')).toMatchObject({ exitCode: 0, output: expect.stringContaining('Applied: 0001-first') })
    expect(await latchkey('migrate')).toMatchObject({ exitCode: 0, output: expect.stringContaining('Nothing had to be done') })
  })
})

describe('apps', () => {
  test('there is none at first, and the command says how to get one', async () => {
    expect((await latchkey('app', 'list')).output).toContain('latchkey app create')
    expect(await latchkeyJson('app', 'list')).toEqual([])
  })

  test('an app with a server gets a secret, shown once and kept as a hash', async () => {
    const { exitCode, output } = await latchkey(...createServerApp('Café Notes'))
    expect(exitCode).toBe(0)
    const [, clientId = '', secret = ''] = /Client id +(\S+)\n +Client secret +(\S+)/.exec(output) ?? []
    expect(clientId).toBe('cafe-notes')
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(output).toContain('http://localhost:3000/.well-known/openid-configuration')
    expect(output).toContain('A server that runs knows the app within seconds')

    const list = await latchkey('app', 'list', '--json')
    expect(list.output).not.toContain(secret)
    const { rows } = await query('SELECT secret_hash FROM latchkey.apps WHERE client_id = $1', [clientId])
    expect(rows).toEqual([{ secret_hash: hashSecret(secret) }])
  })

  test('a name that is taken gets a number, a client id of one’s own choice does not', async () => {
    expect((await latchkey(...createServerApp('Café Notes'))).output).toContain('cafe-notes-2')
    const said = await latchkey(...createServerApp('Café Notes'), '--client-id', 'cafe-notes')
    expect(said).toMatchObject({ exitCode: 1, output: '', complaint: expect.stringContaining('cafe-notes already') })
  })

  test('a browser app has no secret, its refresh token in a cookie, and the origins of its redirect URIs', async () => {
    const words = ['--type', 'browser', '--redirect-uri', 'http://localhost:4000/a', '--redirect-uri', 'http://localhost:4000/b']
    const created = await latchkeyJson('app', 'create', '--name', 'Board', ...words)
    expect(created).toMatchObject({
      client_id: 'board',
      token_endpoint_auth_method: 'none',
      refresh_token_delivery: 'cookie',
      origins: ['http://localhost:4000'],
      redirect_uris: ['http://localhost:4000/a', 'http://localhost:4000/b'],
      first_party: true,
    })
    expect(created).not.toHaveProperty('client_secret')
  })

  test('what is wrong is said in the words of the config file', async () => {
    const words = [
      '--type',
      'server',
      '--redirect-uri',
      'http://app.example.com/cb',
      '--redirect-uri',
      'https://app.example.com/#x',
    ]
    const said = await latchkey('app', 'create', '--name', 'Wrong', ...words)
    expect(said).toMatchObject({ exitCode: 1, output: '' })
    const expected = 'expected an absolute URI without a fragment or a wildcard, https unless on loopback (RFC 8252 §7)'
    expect(said.complaint.split('\n')).toEqual([
      `The app "wrong": redirect_uris, entry 1: ${expected}, was given "http://app.example.com/cb".`,
      `The app "wrong": redirect_uris, entry 2: ${expected}, was given "https://app.example.com/#x".`,
    ])
  })

  test('a browser app of another site is refused, and told what to do instead', async () => {
    const said = await latchkey(
      'app',
      'create',
      '--name',
      'Far',
      '--type',
      'browser',
      '--redirect-uri',
      'https://far.example/callback',
    )
    expect(said).toMatchObject({ exitCode: 1, output: '' })
    expect(said.complaint).toContain('give it a backend that keeps the refresh token')
    expect(await latchkeyJson('app', 'list')).not.toContainEqual(expect.objectContaining({ client_id: 'far' }))
  })

  test('a third party’s app asks for consent; a machine needs no browser', async () => {
    const foreign = await latchkeyJson(...createServerApp('Foreign'), '--third-party')
    expect(foreign).toMatchObject({ first_party: false, client_secret: expect.any(String) })
    const machine = await latchkeyJson('app', 'create', '--name', 'Nightly', '--type', 'machine')
    expect(machine).toMatchObject({ grant_types: ['client_credentials'], redirect_uris: [], client_secret: expect.any(String) })
    const native = await latchkeyJson(
      'app',
      'create',
      '--name',
      'Phone',
      '--type',
      'native',
      '--redirect-uri',
      'com.example.phone:/callback',
    )
    expect(native).toMatchObject({
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      refresh_token_delivery: 'body',
    })
  })

  test('the list is a table with a line for each', async () => {
    const [header, ...lines] = (await latchkey('app', 'list')).output.split('\n')
    expect(header).toMatch(/^CLIENT ID +NAME +REGISTERED IN +SINCE$/)
    expect(lines).toContainEqual(expect.stringMatching(/^nightly +Nightly +command line +\d{4}-\d\d-\d\d \d\d:\d\d UTC$/))
    expect(lines).toHaveLength(6)
  })

  test('one is removed once; one of the config file is removed there', async () => {
    expect(await latchkey('app', 'remove', 'nightly')).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('is removed'),
    })
    const again = await latchkey('app', 'remove', 'nightly')
    expect(again).toMatchObject({ exitCode: 1, complaint: expect.stringContaining('latchkey app list') })

    await query(`UPDATE latchkey.apps SET source = 'config' WHERE client_id = 'phone'`)
    const fixed = await latchkey('app', 'remove', 'phone')
    expect(fixed).toMatchObject({ exitCode: 1, complaint: expect.stringContaining('Remove it there') })
  })

  test('each change has its event in the audit log', async () => {
    const { rows } = await query('SELECT action, count(*)::int FROM latchkey.audit_events GROUP BY action ORDER BY action')
    expect(rows).toEqual([
      { action: 'app.registered', count: 6 },
      { action: 'app.removed', count: 1 },
    ])
  })
})

describe('on the embedded database', () => {
  let embedded: Record<string, string>
  beforeAll(() => {
    embedded = { DATA_DIR: join(directory, 'embedded') }
  })

  test('an app can be registered before the first start', async () => {
    const said = await runLatchkey(embedded, createServerApp('Early'))
    expect(said).toMatchObject({ exitCode: 0, complaint: '' })
    expect(said.output).toContain('it knows the app from its next start on')
    expect(said.output).not.toContain('within seconds')
    expect((await runLatchkey(embedded, ['app', 'list'])).output).toContain('early')
  })

  test('while a server has it, the command says so, and what to do', async () => {
    const server = await openDatabase(loadSettings(embedded))
    try {
      const said = await runLatchkey(embedded, ['app', 'list'])
      expect(said).toMatchObject({ exitCode: 1, output: '' })
      expect(said.complaint).toMatch(/in use by another Latchkey process.* stop the other one/)
    } finally {
      await server.close()
    }
  })

  test('another master key is refused by its fingerprint', async () => {
    await writeFile(join(directory, 'other.key'), `latchkey-master-key-1:${'A'.repeat(43)}\n`, { mode: 0o600 })
    const said = await runLatchkey({ ...embedded, KMS_URL: `file://${join(directory, 'other.key')}` }, ['app', 'list'])
    expect(said.exitCode).toBe(1)
    expect(said.complaint).toContain('Put the one that belongs to this database back')
  })
})

function createServerApp(name: string): string[] {
  return ['app', 'create', '--name', name, '--type', 'server', '--redirect-uri', 'https://notes.example.com/callback']
}

/** As a superuser's eye would see it, past the roles. */
async function query(text: string, values: unknown[] = []): Promise<{ rows: unknown[] }> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT 'latchkey_system_' || oid AS name FROM pg_database WHERE datname = current_database()`,
    )
    await client.query(`SET ROLE ${rows[0]?.name}`)
    await client.query(`SELECT set_config('latchkey.reason', 'command-line', false)`)
    return await client.query(text, values)
  } finally {
    await client.end()
  }
}
