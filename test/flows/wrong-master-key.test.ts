/** A start with another master key than the data was encrypted under: it stops, says which key is missing, and leaves everything as it was. */
import { execFile } from 'node:child_process'
import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { build, buildFolder } from '../../config/tooling/build.mjs'
import { dumpFiles, dumpPostgres } from '../support/dumps.ts'
import { type FakeVault, startFakeVault } from '../support/fake-vault.ts'
import { withDurable } from '../support/opened-durable.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { asSystem, createUser, createWorkspace } from '../support/records.ts'
import { findFreePort } from '../support/servers.ts'
import { runLatchkey } from '../support/terminal.ts'

let vault: FakeVault
beforeAll(async () => {
  await build()
  vault = await startFakeVault()
})
afterAll(() => vault?.stop())

let database: TestDatabase
let folder: string
beforeEach(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'latchkey-wrong-key-'))
  for (const key of ['usual', 'other']) vault.createKey(key)
  vault.behaviour = 'serving'
})
afterEach(async () => {
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const withKeyFile = () => ({ DATA_DIR: folder, DATABASE_URL: database.url })
const withVault = (key = 'usual') => ({ ...withKeyFile(), KMS_URL: vault.urlOf(key), VAULT_TOKEN: vault.token })
const keyFile = () => join(folder, 'master.key')

/** What lies in our tables; the library that runs jobs says anew at each start which queues there are. */
async function readTables(): Promise<string[]> {
  const dump = await dumpPostgres(database.url)
  return dump.split(/^(?=latchkey)/m).filter(table => table.startsWith('latchkey.'))
}

/** Somebody's data, under the master key of these settings; answers whether it can be read with it. */
async function install(environment: Record<string, string>): Promise<() => Promise<boolean>> {
  await runLatchkey(environment, ['migrate'])
  const { user, workspace } = await withDurable(environment, async ({ data }) => ({
    user: await createUser(data),
    workspace: await createWorkspace(data),
  }))
  return () =>
    withDurable(environment, ({ data }) =>
      data.read(asSystem, async ({ users, workspaces }) => {
        const [found, there] = [await users.findById(user.id), await workspaces.findById(workspace.id)]
        return found?.address === user.address && there?.name === workspace.name
      }),
    )
}

/** Starts the server as an operator does; answers how it ended and what it said. */
async function startServer(environment: Record<string, string>): Promise<{ code: unknown; said: string }> {
  const port = String(await findFreePort())
  const env = { PATH: process.env['PATH'], LOG_LEVEL: 'silent', PORT: port, ...environment }
  return new Promise(resolve => {
    execFile(process.execPath, [join(buildFolder, 'main.mjs')], { env, timeout: 30_000 }, (error, output, complaint) => {
      resolve({ code: error?.code, said: `${output}${complaint}` })
    })
  })
}

const underAnother = (missing: string, there: string) =>
  new RegExp(`^The data was encrypted under the master key ${missing}, but KMS_URL leads to ${there}\\. Put the one that .+\\n$`)
const theKeyFile = 'the key file with fingerprint [0-9a-f]{16}'
const aKeyFile = 'key file \\S+/master\\.key \\(fingerprint [0-9a-f]{16}\\)'

describe.each<
  [
    string,
    {
      first: () => Record<string, string>
      spoil: () => Promise<Record<string, string>>
      says: RegExp
      mend?: () => Promise<void>
    },
  ]
>([
  [
    'another key file is in its place',
    {
      first: withKeyFile,
      async spoil() {
        await copyFile(keyFile(), join(folder, 'kept.key'))
        await writeFile(keyFile(), `latchkey-master-key-1:${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
        return withKeyFile()
      },
      says: underAnother(theKeyFile, aKeyFile),
      mend: () => rename(join(folder, 'kept.key'), keyFile()),
    },
  ],
  [
    'the folder of the key file is another one',
    {
      first: withKeyFile,
      spoil: async () => ({ ...withKeyFile(), DATA_DIR: join(folder, 'another') }),
      says: underAnother(theKeyFile, aKeyFile),
    },
  ],
  [
    'the key file was left behind for Vault',
    { first: withKeyFile, spoil: async () => withVault(), says: underAnother(theKeyFile, 'Vault transit key \\S+usual at \\S+') },
  ],
  [
    'it is another key of Vault',
    {
      first: withVault,
      spoil: async () => withVault('other'),
      says: underAnother('Vault transit key \\S+usual', 'Vault transit key \\S+other at \\S+'),
    },
  ],
  [
    'Vault was left behind for a key file',
    { first: withVault, spoil: async () => withKeyFile(), says: underAnother('Vault transit key \\S+usual', aKeyFile) },
  ],
])('where %s', (_what, { first, spoil, says, mend }) => {
  it('the start stops, names what is missing, changes nothing, and goes well with the right one', async () => {
    const canRead = await install(first())
    const wrong = await spoil()
    const [rows, files] = [await readTables(), await dumpFiles(folder)]
    const started = await startServer(wrong)
    expect(started).toEqual({ code: 1, said: expect.stringMatching(says) })
    expect(await readTables()).toEqual(rows)
    // A key file may be made where there was none; what was there is there still.
    expect(await dumpFiles(folder)).toContain(files)
    await mend?.()
    expect(await canRead()).toBe(true)
  })
})

it('where Vault is away the start stops and says that, and makes no key of its own instead', async () => {
  const canRead = await install(withVault())
  const rows = await readTables()
  vault.behaviour = 'away'
  const { code, said } = await startServer(withVault())
  expect(code).toBe(1)
  expect(said).toMatch(/^[^\n]*Vault[^\n]*\n$/)
  expect(said).not.toContain(vault.token)
  expect(await readTables()).toEqual(rows)
  vault.behaviour = 'serving'
  expect(await canRead()).toBe(true)
})
