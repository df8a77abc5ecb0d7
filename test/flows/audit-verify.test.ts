/** The audit log proves itself: to whoever runs the installation, and to whoever is handed an export of it. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { recordEvent, withoutRequest } from '../../provider/audit/record.ts'
import { installationChain } from '../../provider/ports/audit-chain.ts'
import { deleteBatch, eraseWhole } from '../support/deletion.ts'
import { changeRows, readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { asSystem, createWorkspace, noon } from '../support/records.ts'
import { browserApp } from '../support/relying-party.ts'
import { newAddress, signUp } from '../support/sign-in.ts'
import { runLatchkey, type Said } from '../support/terminal.ts'

let latchkey: RunningLatchkey
let environment: Record<string, string>
const inFolder = (name: string) => join(latchkey.dataDirectory, name)
const run = (...words: string[]): Promise<Said> => runLatchkey(environment, words)
const linksOf = (chainId: string) => readRows(latchkey, 'audit_links', `chain_id = '${chainId}' order by position`)

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp], on: 'postgres', environment: { TRUSTED_PROXIES: '1' } })
  environment = { DATA_DIR: latchkey.dataDirectory, DATABASE_URL: latchkey.databaseUrl ?? '' }
  await signUp(latchkey, newAddress())
  await signUp(latchkey, newAddress())
  // A stop seals and signs what is there.
  await latchkey.restart()
})
afterAll(() => latchkey?.stop())

/** The checkpoints as they left the database: here from its table, which holds the last one of the day. */
async function keepCheckpoints(): Promise<string> {
  const rows = await readRows(latchkey, 'audit_checkpoints')
  await writeFile(inFolder('checkpoints'), rows.map(({ signed }) => `{"checkpoint":"${String(signed)}"}\n`).join(''))
  return inFolder('checkpoints')
}

async function keepKey(): Promise<string> {
  const { output } = await run('audit', 'key')
  expect(output).not.toContain('"d"')
  await writeFile(inFolder('audit-key.json'), output)
  return inFolder('audit-key.json')
}

async function aWorkspace(): Promise<{ id: string; slug: string }> {
  const [row] = await readRows(latchkey, 'workspaces')
  return { id: String(row?.['id']), slug: String(row?.['slug']) }
}

/** Everything that somebody may tamper with, to be put back as it was. */
async function withBackup(tables: string[], work: () => Promise<void>): Promise<void> {
  // What is sealed between the copy and its return would stand there twice.
  await vi.waitUntil(async () => (await readRows(latchkey, 'audit_unsealed')).length === 0, { timeout: 20_000 })
  const all = tables.map(table =>
    changeRows(latchkey, table, `create table public.backup_${table} as select * from latchkey.${table}`),
  )
  await Promise.all(all)
  try {
    await work()
  } finally {
    for (const table of tables) {
      await changeRows(latchkey, table, `delete from latchkey.${table}`)
      await changeRows(latchkey, table, `insert into latchkey.${table} select * from public.backup_${table}`)
      await changeRows(latchkey, table, `drop table public.backup_${table}`)
    }
  }
}

describe('a log that nobody touched', () => {
  it('is whole, covered by a signed checkpoint, and as the key and the checkpoints say that were kept elsewhere', async () => {
    const { slug } = await aWorkspace()
    const said = await run('audit', 'verify', '--checkpoints', await keepCheckpoints(), '--key', await keepKey())
    expect(said).toMatchObject({ exitCode: 0, complaint: '' })
    expect(said.output).toMatch(/^The log of the installation: whole\. \d+ events checked, \d+ of them readable\./)
    expect(said.output).toContain(`The log of the workspace ${slug}: whole.`)
    expect(said.output).toContain('It agrees with the checkpoint signed at')
    expect(said.output).not.toContain('No signed checkpoint covers it.')
    expect(await run('audit', 'verify', '--workspace', slug)).toMatchObject({ exitCode: 0 })
    expect(await run('audit', 'verify', '--workspace', 'nobodys')).toMatchObject({ exitCode: 1 })
  })

  it('is whole after somebody in it was erased', async () => {
    const [user] = await readRows(latchkey, 'users')
    await eraseWhole(latchkey.adapters.data, String(user?.['id']))
    const said = await run('audit', 'verify')
    expect(said).toMatchObject({ exitCode: 0 })
    expect(said.output).toMatch(/No longer readable because somebody's data was erased: \d+\./)
  })

  it('is opened by its id once its workspace is deleted, which the log of the installation says', async () => {
    const { data } = latchkey.adapters
    const { id, slug } = await createWorkspace(data)
    const circumstances = withoutRequest({ kind: 'system', reason: 'job' }, () => noon)
    const change = { before: { name: 'Before it was deleted' }, after: { name: 'Then' } }
    await data.scoped(asSystem, async repositories => {
      await recordEvent(repositories, { action: 'workspace.changed', workspaceId: id, ...change }, circumstances)
      await repositories.workspaces.scheduleDeletion(id, noon)
    })
    while (await deleteBatch(data));
    await expect.poll(() => linksOf(id), { timeout: 20_000 }).toHaveLength(1)
    expect(await run('audit', 'export', '--workspace', slug)).toMatchObject({ exitCode: 1 })
    const exported = await run('audit', 'export', '--workspace', id)
    expect(exported).toMatchObject({ exitCode: 0, output: expect.stringContaining('Before it was deleted') })
    const said = await run('audit', 'verify', '--workspace', id)
    expect(said).toMatchObject({ exitCode: 0, output: expect.stringContaining('1 event checked, 1 of them readable') })
    const words = await readRows(latchkey, 'audit_events', `target = 'workspace:${id}' and workspace_id is null order by id`)
    expect(words.map(({ action }) => action)).toEqual(['workspace.deleted', 'audit-log.of-deleted-exported'])
  })

  it('says what waits to be sealed, and what was deleted while it waited', async () => {
    const id = '01900000-0000-7000-8000-000000000001'
    await withBackup(['audit_unsealed'], async () => {
      await changeRows(latchkey, 'audit_unsealed', `insert into latchkey.audit_unsealed values ($1, $2)`, [id, installationChain])
      const said = await run('audit', 'verify', '--installation')
      expect(said.output).toContain(`The event ${id} was deleted before it was sealed.`)
      expect(said.output).toContain('Not sealed yet: 1.')
      expect(said.exitCode).toBe(1)
    })
  })
})

describe('whoever may write to the database is found out who', () => {
  const third = `(select event_id from latchkey.audit_links where chain_id = '${installationChain}' and position = 3)`
  const attacks: Record<string, { table: string; statement: string; words: string | RegExp }> = {
    "changes an event's action": {
      table: 'audit_events',
      statement: `update latchkey.audit_events set action = 'mail.failed' where id = $EVENT`,
      words: /At position 3: The event \S+ is not what was sealed here/,
    },
    'changes its time': {
      table: 'audit_events',
      statement: `update latchkey.audit_events set occurred_at = occurred_at - interval '1 hour' where id = $EVENT`,
      words: /At position 3: The event \S+ is not what was sealed here/,
    },
    'changes a commitment': {
      table: 'audit_events',
      statement: `update latchkey.audit_events set commitments = '{"actor":"forged"}' where id = $EVENT`,
      words: /At position 3: The event \S+ is not what was sealed here/,
    },
    'changes what it says': {
      table: 'audit_events',
      statement: `update latchkey.audit_events set disclosures_sealed = disclosures_sealed || 'x'::bytea where id = $EVENT`,
      words: 'At position 3: What this event says cannot be opened although its key is there',
    },
    'deletes an event': {
      table: 'audit_events',
      statement: `delete from latchkey.audit_events where id = $EVENT`,
      words: /At position 3: The event \S+ was deleted; its link is there still\./,
    },
    'deletes its link': {
      table: 'audit_links',
      statement: `delete from latchkey.audit_links where position = 3 and chain_id = '${installationChain}'`,
      words: 'At position 3: An event was deleted: nothing stands at position 3.',
    },
    'changes the order': {
      table: 'audit_links',
      statement: `update latchkey.audit_links set position = 7 - position + 1000 where position in (3, 4) and chain_id = '${installationChain}';
        update latchkey.audit_links set position = position - 1000 where position in (1003, 1004)`,
      words: /At position 4: .*order was changed|is not what was sealed here/,
    },
    'puts an event there': {
      table: 'audit_events',
      statement: `insert into latchkey.audit_events select gen_random_uuid(), workspace_id, user_id, action, occurred_at, commitments,
        disclosures_sealed, actor, target from latchkey.audit_events where id = $EVENT`,
      words: /The event \S+ stands in no chain/,
    },
    'signs a checkpoint without the key': {
      table: 'audit_checkpoints',
      statement: `update latchkey.audit_checkpoints set signed = replace(signed, '.', '.A') where chain_id = '${installationChain}'`,
      words: 'A checkpoint in the database was not signed by this installation.',
    },
  }

  it.each(Object.entries(attacks))('%s', async (_, { table, statement, words }) => {
    const [row] = await readRows(latchkey, 'audit_links', `event_id = ${third}`)
    await withBackup([table], async () => {
      await changeRows(latchkey, table, statement.replace('$EVENT', `'${String(row?.['event_id'])}'`))
      const said = await run('audit', 'verify', '--installation')
      expect(said.output).toMatch(words)
      expect(said.output).toContain('The log of the installation: broken.')
      expect(said.exitCode).toBe(1)
    })
    expect(await run('audit', 'verify', '--installation')).toMatchObject({ exitCode: 0 })
  })

  it('cuts the tail, head and kept checkpoints and all: by a checkpoint from outside', async () => {
    const kept = await keepCheckpoints()
    await withBackup(['audit_events', 'audit_links', 'audit_chains', 'audit_checkpoints'], async () => {
      const events = (await linksOf(installationChain)).slice(5).map(row => `'${String(row['event_id'])}'`)
      await changeRows(latchkey, 'audit_events', `delete from latchkey.audit_events where id in (${events.join()})`)
      await changeRows(
        latchkey,
        'audit_chains',
        `update latchkey.audit_chains set position = 5, checkpointed_position = 5, link = $1 where chain_id = '${installationChain}'`,
        [(await linksOf(installationChain))[4]?.['link']],
      )
      await changeRows(latchkey, 'audit_links', `delete from latchkey.audit_links where event_id in (${events.join()})`)
      await changeRows(latchkey, 'audit_checkpoints', 'delete from latchkey.audit_checkpoints')
      expect(await run('audit', 'verify', '--installation')).toMatchObject({
        exitCode: 0,
        output: expect.stringContaining('No signed checkpoint covers it.'),
      })
      const said = await run('audit', 'verify', '--installation', '--checkpoints', kept)
      expect(said.exitCode).toBe(1)
      expect(said.output).toMatch(
        /The tail was cut off: the checkpoint that was signed at \S+ tells of \d+ events, and 5 are there\./,
      )
    })
  })
})

describe('an export', () => {
  it.each(['ndjson', 'csv'])('as %s holds all of it, and is checked where there is no database', async format => {
    const key = await keepKey()
    const said = await run('audit', 'export', '--installation', '--format', format)
    expect(said).toMatchObject({ exitCode: 0, complaint: '' })
    const file = inFolder(`export.${format}`)
    await writeFile(file, `${said.output}\n`)
    const check = (...words: string[]) => runLatchkey({}, ['audit', 'verify', '--export', file, ...words])
    const whole = await check('--key', key, '--checkpoints', await keepCheckpoints())
    expect(whole).toMatchObject({
      exitCode: 0,
      complaint: '',
      output: expect.stringContaining('The log of the installation: whole.'),
    })
    expect((await check()).complaint).toContain('The keys that signed the checkpoints came with the file itself.')

    const text = await readFile(file, 'utf8')
    const lines = text.split('\n')
    const events = lines.filter(line => line.includes('mail.delivered'))
    for (const [forged, words] of [
      [text.replace('mail.delivered', 'mail.failed'), 'is not what was sealed here'],
      [lines.filter(line => line !== events[0]).join('\n'), 'An event was deleted: nothing stands at position'],
      [lines.filter(line => !/(^|")end\b/.test(line)).join('\n'), 'The file ends in the middle: its last record is missing.'],
      [lines.slice(0, 2).join('\n'), 'The file ends in the middle'],
      // What nobody committed to, for whoever reads the file and not the verdict.
      [
        format === 'csv'
          ? text.replace(/^(event,.*,)(\r?)$/m, '$1Approved$2')
          : text.replace('"record":"event",', '$&"ip":"::1",'),
        'of the file cannot be read.',
      ],
    ] as const) {
      await writeFile(file, forged)
      expect(await check('--key', key)).toMatchObject({ exitCode: 1, output: expect.stringContaining(words) })
    }
    await writeFile(file, 'something else')
    expect(await check()).toMatchObject({ exitCode: 1, complaint: expect.stringContaining('is not an export of an audit log') })
  })

  it('is recorded, in the log that was read', async () => {
    const { slug, id } = await aWorkspace()
    expect((await run('audit', 'export', '--workspace', slug)).exitCode).toBe(0)
    await expect
      .poll(() => readRows(latchkey, 'audit_events', `action = 'audit-log.exported' and workspace_id = '${id}'`))
      .toHaveLength(1)
    expect(await run('audit', 'export')).toMatchObject({ exitCode: 2, output: '' })
  })
})
