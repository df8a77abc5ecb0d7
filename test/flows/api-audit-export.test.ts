/** A workspace takes its audit log along through the API: all of it, proved where there is no database, and for nobody else. */
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { recordEvent, withoutRequest } from '../../provider/audit/record.ts'
import { newId } from '../../provider/kernel/ids.ts'
import { callApi, newWorkspace, startWithApi } from '../support/api.ts'
import { sealed, verifyExported as verify } from '../support/audit-export.ts'
import { type ProcessBeside, startBeside } from '../support/beside.ts'
import type { RunningLatchkey } from '../support/latchkey.ts'
import { asSystem } from '../support/records.ts'
import { runLatchkey } from '../support/terminal.ts'

type Workspace = Awaited<ReturnType<typeof newWorkspace>>

const exportOf = ({ path }: Pick<Workspace, 'path'>, query = '') => `${path}/events/export${query}`

describe.each(['embedded', 'postgres'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  let workspace: Workspace
  beforeAll(async () => {
    latchkey = await startWithApi({ on })
    workspace = await newWorkspace(latchkey)
    // A stop seals and signs what is there.
    await latchkey.restart()
  })
  afterAll(async () => {
    workspace?.close()
    await latchkey?.stop()
  })

  it.each([
    ['ndjson', 'application/x-ndjson'],
    ['csv', 'text/csv; charset=utf-8; header=present'],
  ])('all of it comes as %s, and is verified where there is no database', async (format, type) => {
    const { admin } = workspace
    const length = await sealed(latchkey, workspace)
    const answer = await callApi(latchkey, 'GET', exportOf(workspace, `?format=${format}`), { as: admin.token })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
    expect(answer.headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="audit-log-.+-\\d{4}-\\d\\d-\\d\\d\\.${format}"$`),
    )
    expect(answer.headers.get('ratelimit')).toMatch(/^"caller";r=\d+;t=\d+$/)
    const text = String(answer.body['text'])
    expect(text).toContain('workspace.created')
    const whole = await verify(latchkey, text)
    expect(whole.output).toContain(`The log of the workspace ${workspace.id}: whole. ${length} events checked`)
    expect(whole.output).toContain('It agrees with the checkpoint signed at')
    expect(whole.exitCode).toBe(0)

    expect((await verify(latchkey, text.replace('workspace.created', 'workspace.changed'))).exitCode).toBe(1)
    const cut = text.slice(0, text.lastIndexOf('end'))
    expect((await verify(latchkey, cut)).output).toContain('The file ends in the middle: its last record is missing.')
  })

  it('goes on where the last export ended, and still fits the checkpoint', async () => {
    const { admin } = workspace
    const length = await sealed(latchkey, workspace)
    expect(length).toBeGreaterThan(2)
    const answer = await callApi(latchkey, 'GET', exportOf(workspace, `?after=${length - 2}`), { as: admin.token })
    const text = String(answer.body['text'])
    const rest = await verify(latchkey, text)
    expect(rest).toMatchObject({ exitCode: 0, output: expect.stringContaining(`It begins behind position ${length - 2}.`) })
    expect(rest.output).toContain('whole. 2 events checked')
    const elsewhere = text.replace(/"after":\{"position":\d+,"link":"../, start => `${start.slice(0, -2)}ff`)
    expect((await verify(latchkey, elsewhere)).exitCode).toBe(1)

    for (const [after, detail] of [
      [length + 1000, /^Nothing is sealed at the position \d+ yet\.$/],
      ['-1', /^query\.after/],
      ['1e3', /^query\.after/],
    ] as const)
      expect(await callApi(latchkey, 'GET', exportOf(workspace, `?after=${after}`), { as: admin.token })).toMatchObject({
        status: 400,
        body: { detail: expect.stringMatching(detail) },
      })
  })

  it('is recorded, with its format and who took it', async () => {
    const { admin } = workspace
    await callApi(latchkey, 'GET', exportOf(workspace, '?format=csv'), { as: admin.token })
    const found = await callApi(latchkey, 'GET', `${workspace.path}/events?action=audit-log.exported&limit=1`, {
      as: admin.token,
    })
    expect(found.body['items']).toMatchObject([{ actor: `user:${admin.userId}`, details: { format: 'csv' } }])
  })

  it('is for whoever has the permission, a key too, under a plan that has it, in their own workspace', async () => {
    const { admin, member, path } = workspace
    const ask = async (as: string, of: Pick<Workspace, 'path'> = workspace) => {
      const { status, body } = await callApi(latchkey, 'GET', exportOf(of), { as })
      return [status, body['code'], body['detail']]
    }
    expect((await ask(member.token)).slice(0, 2)).toEqual([403, 'forbidden'])
    const keyFor = async (permission: string) => {
      const made = await callApi(latchkey, 'POST', `${path}/api-keys`, {
        as: admin.token,
        body: { name: permission, permissions: [permission] },
      })
      return String(made.body['key'])
    }
    const [exporting, reading] = [await keyFor('audit.export'), await keyFor('audit.read')]
    expect(await ask(exporting)).toEqual([200, undefined, undefined])
    expect((await ask(reading)).slice(0, 2)).toEqual([403, 'forbidden'])

    const other = await newWorkspace(latchkey, { plan: 'free' })
    expect((await ask(admin.token, other)).slice(0, 2)).toEqual([404, 'not-found'])
    expect((await ask(exporting, other)).slice(0, 2)).toEqual([404, 'not-found'])
    expect(await ask(other.admin.token, other)).toEqual([
      403,
      'entitlement-missing',
      'The plan free does not include audit-export.',
    ])
    other.close()
  })

  it('as a table has columns for what people look for, and nothing that a spreadsheet would run', async () => {
    const { admin, id } = workspace
    const actor = { kind: 'user', userId: admin.userId } as const
    const forged = {
      ...withoutRequest(actor, latchkey.clock.now),
      ip: '192.0.2.1',
      userAgent: '=HYPERLINK("https://evil.example")',
    }
    await latchkey.adapters.data.scoped(asSystem, repositories =>
      recordEvent(repositories, { action: 'audit-log.viewed', workspaceId: id, shown: '+1' }, forged),
    )
    await sealed(latchkey, workspace)
    const answer = await callApi(latchkey, 'GET', exportOf(workspace, '?format=csv'), { as: admin.token })
    const text = String(answer.body['text'])
    expect(text).toMatch(/^record,position,occurred_at,action,actor,target,user_id,ip,user_agent,/)
    expect(text).toContain(`,192.0.2.1,"'=HYPERLINK(""https://evil.example"")",`)
    expect(text.replaceAll('\r\n', '\n').replaceAll('""', '')).not.toMatch(/(^|,)"?[=+\-@\t\r]/m)
    // What keeps it from being run is taken off again where it is checked.
    expect(await verify(latchkey, text)).toMatchObject({ exitCode: 0 })
  })

  it('may be had so often, and then later', async () => {
    const busy = await newWorkspace(latchkey)
    const ask = () => callApi(latchkey, 'GET', exportOf(busy), { as: busy.admin.token })
    for (let count = 0; count < 30; count += 1) expect((await ask()).status).toBe(200)
    const refused = await ask()
    expect([refused.status, refused.body['code']]).toEqual([429, 'too-many-requests'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    busy.close()
  })
})

describe('a long log', () => {
  const [events, eventBytes, eventsAtOnce] = [3000, 25_000, 100]
  let latchkey: RunningLatchkey
  let workspace: Workspace
  let beside: ProcessBeside
  let watcher: Client
  beforeAll(async () => {
    latchkey = await startWithApi({ on: 'postgres' })
    workspace = await newWorkspace(latchkey)
    const circumstances = withoutRequest({ kind: 'user', userId: workspace.admin.userId }, latchkey.clock.now)
    for (let made = 0; made < events; made += eventsAtOnce)
      await latchkey.adapters.data.scoped(asSystem, async repositories => {
        for (let count = 0; count < eventsAtOnce; count += 1)
          await recordEvent(
            repositories,
            {
              action: 'workspace.changed',
              workspaceId: workspace.id,
              before: { name: 'x'.repeat(eventBytes) },
              after: { name: newId() },
            },
            circumstances,
          )
      })
    await sealed(latchkey, workspace)
    // As in a small container: what V8 has no need to free it would keep, and say nothing of what was needed.
    beside = await startBeside(latchkey, { NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=4' })
    watcher = new Client({ connectionString: latchkey.databaseUrl })
    await watcher.connect()
  }, 120_000)
  afterAll(async () => {
    await watcher?.end()
    await beside?.stop()
    workspace?.close()
    await latchkey?.stop()
  })

  async function begin(): Promise<IncomingMessage> {
    const sent = request({
      host: '127.0.0.1',
      port: beside.port,
      path: `/api/v1${exportOf(workspace)}`,
      headers: { host: new URL(latchkey.issuer).host, authorization: `Bearer ${workspace.admin.token}` },
    })
    sent.end()
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return response
  }

  /** Transactions of this database that have been open for longer than anything takes that is not waiting for a reader. */
  async function countLongTransactions(): Promise<number> {
    const { rows } = await watcher.query(
      `select count(*)::int as count from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
         and xact_start < clock_timestamp() - interval '1 second'`,
    )
    return Number(rows[0]?.count)
  }

  it('costs as much memory as a short one, and holds nothing of the database, however slowly it is read', async () => {
    const before = beside.peakBytes()
    const response = await begin()
    expect(response.statusCode).toBe(200)
    await once(response, 'readable')
    const began = Date.now()
    // Nobody reads on: for so long that what was read at once would be there, and an open transaction would be seen.
    await expect.poll(() => Date.now() - began, { timeout: 10_000 }).toBeGreaterThan(3000)
    expect(await countLongTransactions()).toBe(0)
    const file = join(latchkey.dataDirectory, 'long-export')
    await pipeline(response, createWriteStream(file))
    const text = await readFile(file, 'latin1')
    expect(text.length).toBeGreaterThan(events * eventBytes)
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^\{"record":"end",/)
    expect(beside.peakBytes() - before).toBeLessThan(text.length)
    expect(await runLatchkey({}, ['audit', 'verify', '--export', file])).toMatchObject({ exitCode: 0 })
  })

  it('that breaks off has no last line, and its answer is not whole', async () => {
    const response = await begin()
    let text = ''
    const closed = new Promise(resolve => response.once('close', resolve))
    response.on('error', () => {})
    response.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
      if (text.includes('"record":"event"') && !response.isPaused()) response.pause()
    })
    await vi.waitUntil(() => response.isPaused())
    await watcher.query('alter table latchkey.audit_links rename to audit_links_gone')
    try {
      response.removeAllListeners('data')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.resume()
      await closed
      expect(response.complete).toBe(false)
      expect(text).not.toContain('"record":"end"')
    } finally {
      await watcher.query('alter table latchkey.audit_links_gone rename to audit_links')
    }
  })
})
