/** The sessions of a member, on their page in a workspace: those that concern it, ended by whoever may. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asksToSignIn } from '../support/account.ts'
import { callApi, registerApiApps, tokenOf } from '../support/api.ts'
import { obtainCode, redeem, refresh, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { LogoutReceiver } from '../support/logout-receiver.ts'
import { asSystem } from '../support/records.ts'
import { serverApp } from '../support/relying-party.ts'
import { findFreePort } from '../support/servers.ts'
import { headingOf } from '../support/sign-in.ts'
import { type Colleague, foundWith, visitAsColleague } from '../support/colleagues.ts'

const freshSeconds = 600

describe.each(['embedded', 'postgres'] as const)('on %s', on => {
  let latchkey: RunningLatchkey
  let receiver: LogoutReceiver
  let told: typeof serverApp & { backchannel_logout_uri: string }
  let admin: Colleague
  let operator: Colleague
  let viewer: Colleague
  beforeAll(async () => {
    receiver = new LogoutReceiver(await findFreePort())
    await receiver.open()
    told = { ...serverApp, client_id: 'reports', client_name: 'Reports', backchannel_logout_uri: receiver.url }
    latchkey = await startLatchkey({ apps: [serverApp, told], on, environment: { TRUSTED_PROXIES: '1' } })
    await registerApiApps(latchkey)
    admin = await visitAsColleague(latchkey)
    operator = await visitAsColleague(latchkey)
    viewer = await visitAsColleague(latchkey)
  })
  afterAll(async () => {
    await latchkey?.stop()
    await receiver?.close()
  })

  /** A workspace, and another one of the viewer's that is none of its business; they work in both. */
  async function found() {
    const workspace = await foundWith(latchkey, [
      [admin, 'admin'],
      [operator, 'operator'],
      [viewer, 'viewer'],
    ])
    const elsewhere = await foundWith(latchkey, [[viewer, 'viewer']])
    const arrive = async (app: typeof serverApp, { slug }: { slug: string }) =>
      tokensOf(await redeem(latchkey, app, await obtainCode(latchkey, viewer.agent, app, { workspace: slug })))
    return {
      ...workspace,
      page: `${workspace.path}/members/${viewer.userId}`,
      here: await arrive(serverApp, workspace),
      reports: await arrive(told, workspace),
      there: await arrive(serverApp, elsewhere),
    }
  }
  const eventsIn = async (id: string) =>
    latchkey.adapters.data.read(asSystem, ({ auditEvents }) => auditEvents.searchWorkspace(id, {}, 100))
  const grantsOf = (id: string) => latchkey.adapters.data.read(asSystem, ({ grants }) => grants.listForMember(id, viewer.userId))
  const linksTo = (body: string, end: string) =>
    [...body.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href).filter(href => href.endsWith(end))

  it('those of this workspace are shown, and the look is recorded', async () => {
    const { id, page } = await found()
    const { body } = await admin.open(page)
    for (const words of ['Signed in to', 'Ledger', 'Reports', 'End all sessions']) expect(body).toContain(words)
    expect(linksTo(body, '/end')).toHaveLength(2)
    expect(body).toContain(`action=grant.created&amp;person=${viewer.userId}`)
    const viewed = (await eventsIn(id)).filter(({ action }) => action === 'member.viewed')
    expect(viewed).toMatchObject([{ userId: viewer.userId }])
  })

  it('one is ended after a question: its app gets nothing more and is told, the others go on', async () => {
    const { id, page, here, reports, there } = await found()
    receiver.reset()
    const grant = (await grantsOf(id)).find(({ clientId }) => clientId === told.client_id)
    const question = `${page}/sessions/${grant?.id}/end`
    expect((await admin.open(question)).body).toContain('End this session?')
    expect(await grantsOf(id)).toHaveLength(2)
    expect((await admin.submit(question)).body).toContain('The session is over.')
    expect((await refresh(latchkey, told, reports.refreshToken)).status).toBe(400)
    for (const tokens of [here, there]) expect((await refresh(latchkey, serverApp, tokens.refreshToken)).status).toBe(200)
    await expect.poll(() => receiver.tokens.length, { timeout: 15_000 }).toBe(1)
    const ended = (await eventsIn(id)).filter(({ action }) => action === 'grant.revoked')
    expect(ended).toMatchObject([{ actor: `user:${admin.userId}`, userId: viewer.userId }])
    expect((await admin.send(question)).status).toBe(404)
  })

  it('all are ended after a question, and what is held for another workspace is not', async () => {
    const { id, page, here, there } = await found()
    expect((await admin.open(`${page}/end-sessions`)).body).toContain(viewer.address)
    expect((await admin.submit(`${page}/end-sessions`)).body).toContain('All of their sessions are over.')
    expect(await grantsOf(id)).toEqual([])
    expect((await refresh(latchkey, serverApp, here.refreshToken)).status).toBe(400)
    expect((await refresh(latchkey, serverApp, there.refreshToken)).status).toBe(200)
    expect((await admin.open(page)).body).toContain('No app.')
  })

  it('whoever may not is shown none of it, and ends none of it', async () => {
    const { id, page } = await found()
    const shown = await operator.open(page)
    expect(shown.status).toBe(200)
    expect(shown.body).not.toContain('Signed in to')
    const [grant] = await grantsOf(id)
    for (const path of [`${page}/end-sessions`, `${page}/sessions/${grant?.id}/end`])
      for (const answer of [await operator.agent.get(`${latchkey.issuer}${path}`), await operator.send(path)])
        expect([answer.status, headingOf(answer)], path).toEqual([403, 'This isn’t open to you'])
    expect(await grantsOf(id)).toHaveLength(2)
  })

  it('a session for another workspace is not there, whoever knows its name', async () => {
    const { page } = await found()
    const all = await latchkey.adapters.data.read(asSystem, ({ grants }) => grants.listForUser(viewer.userId))
    const here = new Set((await admin.open(page)).body.match(/sessions\/[A-Za-z0-9_-]+\/end/g))
    const foreign = all.find(({ id, clientId }) => clientId === serverApp.client_id && !here.has(`sessions/${id}/end`))
    expect(foreign).toBeDefined()
    expect((await admin.send(`${page}/sessions/${foreign?.id}/end`)).status).toBe(404)
    expect((await admin.send(`${page}/sessions/nothing/end`)).status).toBe(404)
    expect((await admin.send(`${page.replace(viewer.userId, crypto.randomUUID())}/end-sessions`)).status).toBe(404)
  })

  it('the API records whose sessions were looked at, too', async () => {
    const { id, slug } = await found()
    const token = await tokenOf(latchkey, admin, { workspace: slug })
    const path = `/workspaces/${id}/members/${viewer.userId}/sessions`
    expect((await callApi(latchkey, 'GET', path, { as: token })).body['items']).toHaveLength(2)
    const viewed = (await eventsIn(id)).filter(({ action }) => action === 'member.viewed')
    expect(viewed).toMatchObject([{ userId: viewer.userId, actor: `user:${admin.userId}` }])
  })

  it('needs a sign-in that is fresh', async () => {
    const { id, page } = await found()
    latchkey.clock.advance(freshSeconds + 1)
    expect(asksToSignIn(await admin.send(`${page}/end-sessions`))).toBe(true)
    expect(await grantsOf(id)).toHaveLength(2)
    // And is back at the question after it.
    const question = `${page}/sessions/${(await grantsOf(id))[0]?.id}/end`
    expect(new URL((await admin.open(question)).url).pathname).toBe(question)
  })
})
