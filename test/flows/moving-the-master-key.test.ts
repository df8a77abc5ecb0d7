/** From a key file to Vault, with a process that is killed in the middle of it, and servers that never stop. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { build, buildFolder } from '../../config/tooling/build.mjs'
import { type FakeVault, startFakeVault } from '../support/fake-vault.ts'
import { withDurable } from '../support/opened-durable.ts'
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts'
import { asJob, asSystem, createUser, createWorkspace } from '../support/records.ts'
import { runLatchkey } from '../support/terminal.ts'

const workspaceCount = 120

let vault: FakeVault
let database: TestDatabase
let folder: string
let before: Record<string, string>
let after: Record<string, string>
let user: { id: string; address: string }
const workspaces: Array<{ id: string; name: string }> = []

beforeAll(async () => {
  await build()
  vault = await startFakeVault()
  vault.createKey('latchkey')
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'latchkey-moving-'))
  before = { DATA_DIR: folder, DATABASE_URL: database.url }
  after = { ...before, KMS_URL: vault.urlOf('latchkey'), VAULT_TOKEN: vault.token }
  await runLatchkey(before, ['migrate'])
  await withDurable(before, async ({ data }) => {
    user = await createUser(data)
    for (let count = 0; count < workspaceCount; count += 1) workspaces.push(await createWorkspace(data))
    // Its key stays, for its log.
    const deleted = await createWorkspace(data)
    await data.scoped(asJob, repositories => repositories.workspaces.delete(deleted.id, new Date()))
  })
})
afterAll(async () => {
  await vault?.stop()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

/** A start that reads everything there is. */
async function readEverything(environment: Record<string, string>): Promise<void> {
  await withDurable(environment, ({ data }) =>
    data.read(asSystem, async repositories => {
      expect(await repositories.users.findById(user.id)).toMatchObject({ address: user.address })
      for (const { id, name } of workspaces) expect(await repositories.workspaces.findById(id)).toMatchObject({ name })
    }),
  )
}

/** How many keys each kind of master key has wrapped, as the first byte of each says. */
const countKeys = (environment: Record<string, string>) =>
  withDurable(environment, async ({ database: opened }) => {
    const { rows } = await opened.read(asJob, scope =>
      scope.query(
        `select count(*) filter (where get_byte(wrapped, 0) = 1)::int as file, count(*) filter (where get_byte(wrapped, 0) = 2)::int as vault
         from (select wrapped from latchkey.workspace_keys union all select wrapped from latchkey.deleted_workspaces union all select wrapped from latchkey.installation_keys) as keys`,
      ),
    )
    return rows[0]
  })

describe('moving the master key', () => {
  it('a start with the new one alone stops, names the one that is missing, and changes nothing', async () => {
    const said = await runLatchkey(after, ['keys', 'list'])
    expect(said).toMatchObject({
      exitCode: 1,
      complaint: expect.stringMatching(
        /under the master key the key file with fingerprint [0-9a-f]{16}, but KMS_URL leads to Vault transit key/,
      ),
    })
    expect(said.complaint).not.toContain('\n')
    await readEverything(before)
  })

  it('killed in the middle: every key is under the one or the other, and servers that know both read everything', async () => {
    const child = spawn(process.execPath, [join(buildFolder, 'cli.mjs'), 'keys', 'rewrap', '--from', 'file:'], {
      env: { PATH: process.env['PATH'], ...after },
      stdio: 'ignore',
    })
    const ended = once(child, 'exit')
    vault.requests = 0
    // The second batch of fifty is under way.
    await expect.poll(() => vault.requests, { interval: 1, timeout: 20_000 }).toBeGreaterThan(60)
    child.kill('SIGKILL')
    expect(await ended).toEqual([null, 'SIGKILL'])

    const counted = await countKeys({ ...after, KMS_OTHER_URL: 'file:' })
    expect(Number(counted?.['vault'])).toBeGreaterThan(0)
    expect(Number(counted?.['file'])).toBeGreaterThan(1)
    await readEverything({ ...after, KMS_OTHER_URL: 'file:' })
    await readEverything({ ...before, KMS_OTHER_URL: after['KMS_URL'] ?? '', VAULT_TOKEN: vault.token })
    expect((await runLatchkey(after, ['keys', 'list'])).complaint).toContain('key file with fingerprint')
  })

  it('run again, it goes on to the end; the file is needed no more, and what was done is on record', async () => {
    const said = await runLatchkey(after, ['keys', 'rewrap', '--from', 'file:'])
    expect(said).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^\d+ data keys are now under Vault transit key transit\/latchkey/),
    })
    expect(await countKeys(after)).toEqual({ file: 0, vault: workspaceCount + 2 })
    await rm(join(folder, 'master.key'))
    await readEverything(after)
    await withDurable(after, async ({ database: opened }) => {
      const { rows } = await opened.read(asSystem, scope =>
        scope.query(`select count(*)::int as count from latchkey.audit_events where action = 'data-keys.rewrapped'`),
      )
      // Two or three batches of workspaces, what the first attempt had left of one, and the installation's.
      expect(Number(rows[0]?.['count'])).toBeGreaterThanOrEqual(3)
    })
  })

  it('without an old one, every key is wrapped anew: for a master key that has a new version', async () => {
    vault.rotate('latchkey')
    const said = await runLatchkey(after, ['keys', 'rewrap'])
    expect(said).toMatchObject({ exitCode: 0, output: expect.stringContaining(`${workspaceCount + 2} data keys`) })
    vault.forbidOldVersions('latchkey')
    await readEverything(after)
  })

  it('an old one that is not there is not made: the address is wrong', async () => {
    const said = await runLatchkey(after, ['keys', 'rewrap', '--from', `file://${join(folder, 'elsewhere.key')}`])
    expect(said).toMatchObject({ exitCode: 1, complaint: expect.stringContaining('elsewhere.key') })
    await expect(readFile(join(folder, 'elsewhere.key'))).rejects.toThrow('ENOENT')
    expect((await runLatchkey(after, ['keys', 'rewrap', '--from', after['KMS_URL'] ?? ''])).complaint).toContain('the same name')
  })
})
