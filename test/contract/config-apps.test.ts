import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { registerApp, removeApp } from '../../provider/apps/changes.ts'
import { registerConfigApps } from '../../provider/apps/config-apps.ts'
import { parseApp } from '../../provider/apps/registration.ts'
import { withoutRequest } from '../../provider/audit/record.ts'
import { systemClock } from '../../provider/kernel/clock.ts'
import { type Node, type Nodes, openNodes } from '../support/nodes.ts'
import { asSystem } from '../support/records.ts'
import { browserApp, serverApp } from '../support/relying-party.ts'

const issuer = 'http://localhost:3000'
const circumstances = withoutRequest({ kind: 'system', reason: 'command-line' }, systemClock)

describe('nodes that start together with the same config file', () => {
  let nodes: Nodes
  let started: Node[]
  beforeAll(async () => {
    nodes = await openNodes('postgres')
    started = await Promise.all(Array.from({ length: 4 }, () => nodes.start()))
  })
  afterAll(() => nodes?.stop())

  const startAll = (...apps: Record<string, unknown>[]) =>
    Promise.all(started.map(({ data }) => registerConfigApps(data, apps, { issuer, clock: systemClock })))

  async function listEvents(): Promise<string[]> {
    const { rows } = await nodes.database.read(asSystem, scope =>
      scope.query('select action from latchkey.audit_events order by occurred_at, action'),
    )
    return rows.map(({ action }) => String(action))
  }

  it('register, change and remove each app once between them', async () => {
    await startAll(browserApp, serverApp)
    expect(await listEvents()).toEqual(['app.registered', 'app.registered'])
    await startAll(browserApp, serverApp)
    expect(await listEvents()).toHaveLength(2)
    await startAll({ ...browserApp, client_name: 'Field Notes' }, serverApp)
    expect((await listEvents()).slice(2)).toEqual(['app.changed'])
    await startAll(serverApp)
    expect((await listEvents()).slice(3)).toEqual(['app.removed'])
  })

  it('leave alone what was registered elsewhere, and do not start where it has the same id', async () => {
    const elsewhere = parseApp(browserApp, { issuer, source: 'api', now: new Date() })
    const [{ data }] = started as [Node]
    await data.scoped(asSystem, repositories => registerApp(repositories, elsewhere, circumstances))
    await startAll(serverApp)
    expect((await data.read(asSystem, ({ apps }) => apps.find(elsewhere.clientId)))?.source).toBe('api')
    await expect(startAll(browserApp)).rejects.toThrow(/^LATCHKEY_CONFIG: the app "fieldnotes" was registered by api already/)
  })

  it('are the only ones to remove what the file registers, and remove nothing else', async () => {
    const [{ data }] = started as [Node]
    const remove = (clientId: string, by: 'config' | 'console') =>
      data.scoped(asSystem, async repositories => {
        const app = (await repositories.apps.find(clientId)) ?? expect.fail('no such app')
        await removeApp(repositories, app, by, circumstances)
      })
    await expect(remove('ledger', 'console')).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('Remove it there'),
    })
    await expect(remove('fieldnotes', 'config')).rejects.toMatchObject({ code: 'conflict' })
    const before = await listEvents()
    await remove('fieldnotes', 'console')
    expect((await listEvents()).slice(before.length)).toEqual(['app.removed'])
  })

  it('keep neither the app nor the event where its client id is taken', async () => {
    const [{ data }] = started as [Node]
    const before = await listEvents()
    const again = parseApp(serverApp, { issuer, source: 'api', now: new Date() })
    const work = data.scoped(asSystem, repositories => registerApp(repositories, again, circumstances))
    await expect(work).rejects.toMatchObject({ code: 'conflict' })
    expect(await listEvents()).toEqual(before)
    expect((await data.read(asSystem, ({ apps }) => apps.find('ledger')))?.source).toBe('config')
  })
})
