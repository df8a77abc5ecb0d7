/** The admin page of the log has it as a file to take along, without script: for whom it is for, proved where there is no database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { speak } from '../../views/messages.ts'
import { sealed, verifyExported } from '../support/audit-export.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { headingOf } from '../support/sign-in.ts'
import { type Colleague, foundWith, visitAsColleague } from '../support/colleagues.ts'

const { say } = speak('en')
const offer = say('console.audit.download-lead')

describe.each(['embedded', 'postgres'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  let admin: Colleague
  let manager: Colleague
  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [], on, environment: { TRUSTED_PROXIES: '1' } })
    admin = await visitAsColleague(latchkey)
    manager = await visitAsColleague(latchkey)
  })
  afterAll(() => latchkey?.stop())

  async function found(plan = 'pro') {
    const workspace = await foundWith(
      latchkey,
      [
        [admin, 'admin'],
        [manager, 'manager'],
      ],
      { plan },
    )
    return { ...workspace, log: `${workspace.path}/audit`, download: `${workspace.path}/audit/download` }
  }

  /** Who took it along, in which formats, as the log itself has it. */
  async function listTaken(log: string): Promise<string[]> {
    const { body } = await admin.open(`${log}?action=audit-log.exported`)
    return [...body.matchAll(/format<\/code><\/dt><dd><bdi>([^<]*)/g)].map(([, format = '']) => format)
  }

  it.each([
    ['ndjson', 'application/x-ndjson'],
    ['csv', 'text/csv; charset=utf-8; header=present'],
  ])('all of it comes as %s, and is verified where there is no database', async (format, type) => {
    const { id, slug, log, download } = await found()
    const { body } = await admin.open(log)
    expect(body).toContain(offer)
    expect(body).toMatch(new RegExp(`<form method="post" action="${download}".*<button [^>]*name="format" value="${format}"`))
    const length = await sealed(latchkey, { id })
    expect(length).toBeGreaterThan(1)
    const file = await admin.send(download, { format })
    expect([file.status, file.headers['content-type']]).toEqual([200, type])
    expect(file.headers['content-disposition']).toMatch(
      new RegExp(`^attachment; filename="audit-log-${slug}-\\d{4}-\\d\\d-\\d\\d\\.${format}"$`),
    )
    expect(file.body).toContain('workspace.created')
    const whole = await verifyExported(latchkey, file.body)
    expect(whole.output).toContain(`The log of the workspace ${id}: whole. ${length} events checked`)
    expect(whole.exitCode).toBe(0)
    const changed = await verifyExported(latchkey, file.body.replace('workspace.created', 'workspace.changed'))
    expect(changed.exitCode).toBe(1)
    expect(await listTaken(log)).toEqual([format])
  })

  it('who may read the log and not take it along is not offered it, and refused', async () => {
    const { log, download } = await found()
    const page = await manager.open(log)
    expect([headingOf(page), page.body.includes(offer), page.body.includes(download)]).toEqual(['Audit log', false, false])
    const refused = await manager.send(download, { format: 'csv' })
    expect([refused.status, headingOf(refused)]).toEqual([403, say('error.forbidden.title')])
    expect(refused.body).toContain(say('console.permission.audit.export'))
    expect(await listTaken(log)).toEqual([])
  })

  it('a plan without it says so, and what it takes', async () => {
    const { log, download } = await found('free')
    const page = await admin.open(log)
    expect(page.body).toContain(say('console.audit.download-plan-lacks', { plan: 'free', entitlement: 'audit-export' }))
    expect([page.body.includes(offer), page.body.includes(download)]).toEqual([false, false])
    // Of no use to whoever may not have it under any plan.
    expect((await manager.open(log)).body).not.toContain('audit-export')
    const refused = await admin.send(download, { format: 'csv' })
    expect([refused.status, headingOf(refused)]).toEqual([403, say('error.entitlement-missing.title')])
    expect(refused.body).toContain(say('console.lacking', { entitlement: 'audit-export' }))
    expect(await listTaken(log)).toEqual([])
  })

  it('a form that names no format takes nothing along', async () => {
    const { log, download } = await found()
    for (const form of [{}, { format: 'xml' }, { format: 'toString' }])
      expect((await admin.send(download, form)).status).toBe(400)
    expect(await listTaken(log)).toEqual([])
  })

  it('may be had so often, and then later, as the page says', async () => {
    const { download } = await found()
    for (let count = 0; count < 30; count += 1) expect((await admin.send(download, { format: 'csv' })).status).toBe(200)
    const refused = await admin.send(download, { format: 'csv' })
    expect([refused.status, headingOf(refused)]).toEqual([429, say('error.too-many-requests.title')])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    // Of one workspace alone.
    expect((await admin.send((await found()).download, { format: 'csv' })).status).toBe(200)
  })
})
