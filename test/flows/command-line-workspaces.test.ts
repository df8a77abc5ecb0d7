/** What an operator does with workspaces on the command line. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashSecret } from '../../provider/kernel/secrets.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { runLatchkey } from '../support/terminal.ts'

let directory: string
let database: TestDatabase
let environment: Record<string, string>

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'latchkey-command-line-'))
  database = await createTestDatabase()
  environment = { DATA_DIR: directory, DATABASE_URL: database.url }
  await latchkey('migrate')
})

afterAll(async () => {
  await database.drop()
  await rm(directory, { recursive: true, force: true })
})

const latchkey = (...words: string[]) => runLatchkey(environment, words)
const create = (...words: string[]) => latchkey('workspace', 'create', '--name', 'Fieldworks', ...words)
const withMail = { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'id@example.com' }

async function listSlugs(): Promise<string[]> {
  const { output } = await latchkey('workspace', 'list', '--json')
  return JSON.parse(output).map(({ slug }: { slug: string }) => slug)
}

async function ask<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** As the system's eye sees it, past the repositories. */
function query(text: string): Promise<Array<Record<string, unknown>>> {
  return ask(async client => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT 'latchkey_system_' || oid AS name FROM pg_database WHERE datname = current_database()`,
    )
    await client.query(`SET ROLE ${rows[0]?.name}`)
    await client.query(`SELECT set_config('latchkey.reason', 'command-line', false)`)
    return (await client.query(text)).rows
  })
}

test('there is none at first, and the command says how to get one', async () => {
  expect((await latchkey('workspace', 'list')).output).toContain('latchkey workspace create')
})

describe('founding one', () => {
  test('without a mail server prints the link by which its first Admin comes in, and keeps no more than its hash', async () => {
    const { exitCode, output, complaint } = await create('--slug', 'fieldworks', '--admin', ' Ada@Example.com')
    expect({ exitCode, complaint }).toEqual({ exitCode: 0, complaint: '' })
    const [, token = ''] = /http:\/\/localhost:3000\/invitation\/([\w-]{43})/.exec(output) ?? []
    expect(output).toContain('ada@example.com')
    const rows = await query(`SELECT i.token_hash, i.roles FROM latchkey.invitations i JOIN latchkey.workspaces w
      ON w.id = i.workspace_id WHERE w.slug = 'fieldworks'`)
    expect(rows).toEqual([{ token_hash: hashSecret(token), roles: ['admin'] }])
  })

  test('with one sends the invitation, and prints no link', async () => {
    const words = 'workspace create --name Contoso --slug contoso --admin grace@example.com --language de'
    const said = await runLatchkey({ ...environment, ...withMail }, words.split(' '))
    expect(said).toMatchObject({ exitCode: 0, complaint: '' })
    expect(said.output).toContain('goes out as soon as a server runs, to grace@example.com')
    expect(said.output).not.toContain('/invitation/')
    const { rows } = await ask(client => client.query(`SELECT count(*)::int FROM latchkey_jobs.job WHERE name = 'mail'`))
    expect(rows).toEqual([{ count: 1 }])
  })

  test('makes a slug of the name where none is given, and takes none that is taken', async () => {
    const made = JSON.parse((await create('--admin', 'ada@example.com', '--json')).output)
    expect(made).toMatchObject({ name: 'Fieldworks', slug: expect.stringMatching(/^fieldworks-[0-9a-f]{6}$/) })
    const before = await listSlugs()
    const taken = await create('--slug', 'fieldworks', '--admin', 'ada@example.com')
    expect(taken).toMatchObject({ exitCode: 1, output: '' })
    expect(taken.complaint).toContain('There is a workspace with the slug fieldworks already.')
    expect(await listSlugs()).toEqual(before)
  })

  test.each([
    [['--admin', 'ada'], '--admin: expected an e-mail address'],
    [['--admin', 'ada@example.com,eve@example.com'], '--admin: expected an e-mail address'],
    [['--admin', 'ada@example.com', '--slug', 'Field Works'], '--slug: expected up to 63 lower-case letters'],
    [['--admin', 'ada@example.com', '--slug', 'x'.repeat(64)], '--slug: expected up to 63 lower-case letters'],
    [['--admin', 'ada@example.com', '--name', ' '], '--name: expected a name'],
  ])('%j is refused in words, and founds nothing', async (words, complaint) => {
    const before = await listSlugs()
    const said = await create(...words)
    expect(said).toMatchObject({ exitCode: 1, output: '' })
    expect(said.complaint).toContain(complaint)
    expect(await listSlugs()).toEqual(before)
  })
})

test('the list is a table with a line for each', async () => {
  const [header, ...lines] = (await latchkey('workspace', 'list')).output.split('\n')
  expect(header).toMatch(/^SLUG +NAME +PLAN +STATUS +SINCE$/)
  expect(lines[0]).toMatch(/^fieldworks +Fieldworks +free +open +\d{4}-\d\d-\d\d \d\d:\d\d UTC$/)
})

test('one is suspended and opened again, each once, and one that is not there is named', async () => {
  const status = async () => (await query(`SELECT status FROM latchkey.workspaces WHERE slug = 'fieldworks'`))[0]?.['status']
  expect((await latchkey('workspace', 'suspend', 'fieldworks')).output).toContain('latchkey workspace resume fieldworks')
  expect(await status()).toBe('suspended')
  expect((await latchkey('workspace', 'suspend', 'fieldworks')).output).toContain('Nothing was changed')
  expect((await latchkey('workspace', 'resume', 'fieldworks')).output).toContain('open again')
  expect(await status()).toBe('active')
  const unknown = await latchkey('workspace', 'suspend', 'nobody')
  expect(unknown).toMatchObject({ exitCode: 1, output: '', complaint: expect.stringContaining('latchkey workspace list') })
})

test('one is set on a plan that there is, once, and on no other', async () => {
  const plan = async () => (await query(`SELECT plan FROM latchkey.workspaces WHERE slug = 'fieldworks'`))[0]?.['plan']
  const set = (...words: string[]) => latchkey('workspace', 'plan', ...words)
  expect((await set('fieldworks', 'pro')).output).toContain(
    'on the plan pro now, and was on free. It includes api-keys, custom-roles',
  )
  expect((await set('fieldworks', 'pro')).output).toContain('Nothing was changed')
  const unknown = await set('fieldworks', 'gold')
  expect(unknown).toMatchObject({ exitCode: 1, output: '' })
  expect(unknown.complaint).toContain('The plans are free, pro, enterprise.')
  expect(await plan()).toBe('pro')
  const nobody = await set('nobody', 'pro')
  expect(nobody).toMatchObject({ exitCode: 1, output: '', complaint: expect.stringContaining('latchkey workspace list') })
})

test('each change has its event in the audit log', async () => {
  const rows = await query(`SELECT action, count(*)::int FROM latchkey.audit_events GROUP BY action ORDER BY action`)
  expect(rows).toEqual([
    { action: 'invitation.sent', count: 3 },
    { action: 'workspace.changed', count: 3 },
    { action: 'workspace.created', count: 3 },
  ])
})
