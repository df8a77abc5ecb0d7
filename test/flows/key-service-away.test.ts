/** The key management service goes away while people sign in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { dumpPostgres, findSpellings } from '../support/dumps.ts'
import { type FakeVault, startFakeVault } from '../support/fake-vault.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, signInByLink, startRequest } from '../support/relying-party.ts'
import { foundWith, hiddenIn, visitAsColleague } from '../support/colleagues.ts'
import { beginSignIn } from '../support/sign-in.ts'
import { linkIn } from '../support/relying-party.ts'

let vault: FakeVault
let latchkey: RunningLatchkey
beforeAll(async () => {
  vault = await startFakeVault()
  vault.createKey('latchkey')
  latchkey = await startLatchkey({
    apps: [serverApp],
    on: 'postgres',
    environment: { KMS_URL: vault.urlOf('latchkey'), VAULT_TOKEN: vault.token },
  })
})
afterAll(async () => {
  await latchkey?.stop()
  await vault?.stop()
})

async function signIn(address: string): Promise<URL> {
  const { url } = await startRequest(latchkey.issuer, serverApp)
  return signInByLink(latchkey, new Agent(), url, address)
}

/** As far as it goes: the last answer. */
async function trySignIn(address: string) {
  const { agent, home, nextMail } = await beginSignIn(latchkey, { address, app: serverApp })
  const pressed = await agent.post(linkIn((await nextMail()).text))
  if (pressed.status >= 400) return pressed
  return agent.follow(await agent.get(home))
}

describe('with Vault away', () => {
  it('people whose keys are at hand sign in as ever', async () => {
    await signIn('cached@example.com')
    vault.behaviour = 'away'
    vault.requests = 0
    expect((await signIn('cached@example.com')).searchParams.get('code')).toBeTruthy()
    expect(vault.requests).toBe(0)
  })

  it('a newcomer, who needs a new one, is told to come back, and nothing of them is kept that can be read', async () => {
    vault.behaviour = 'away'
    const answer = await trySignIn('canary.newcomer@example.com')
    expect(answer.status).toBe(503)
    expect(answer.body).toContain('<!doctype html>')
    const dump = await dumpPostgres(latchkey.databaseUrl ?? '')
    expect(findSpellings(dump, 'canary.newcomer')).toEqual([])
    const { users } = await latchkey.adapters.data.read(
      { kind: 'system', reason: 'protocol' },
      async ({ users: repository }) => ({
        users: await repository.findByAddress('canary.newcomer@example.com'),
      }),
    )
    expect(users).toBeUndefined()
  })

  it('nobody goes on with a key for longer than it may be held: what is read under it is told to come back to', async () => {
    vault.behaviour = 'serving'
    const agent = new Agent()
    const { url } = await startRequest(latchkey.issuer, serverApp)
    await signInByLink(latchkey, agent, url, 'cached@example.com')
    const readNames = async () => (await agent.follow(await agent.get(`${latchkey.issuer}/account/workspaces`))).status
    expect(await readNames()).toBe(200)
    vault.behaviour = 'away'
    expect(await readNames()).toBe(200)
    latchkey.clock.advance(301)
    expect(await readNames()).toBe(503)
    // Signing in reads nothing under a workspace's key.
    expect((await signIn('cached@example.com')).searchParams.get('code')).toBeTruthy()
    vault.behaviour = 'serving'
    expect(await readNames()).toBe(200)
    expect((await signIn('canary.newcomer@example.com')).searchParams.get('code')).toBeTruthy()
  })

  it('a workspace whose key is not at hand is neither shown nor changed, and nothing of it is written readably', async () => {
    vault.behaviour = 'serving'
    const admin = await visitAsColleague(latchkey)
    const { path } = await foundWith(latchkey, [[admin, 'admin']])
    const rename = async (name: string) => admin.send(path, { ...hiddenIn(await admin.open(path), path), name })
    vault.behaviour = 'away'
    expect((await rename('Held still')).status).toBe(303)
    const seen = hiddenIn(await admin.open(path), path)
    latchkey.clock.advance(301)
    for (const below of ['', '/members', '/invitations', '/audit'])
      expect((await admin.agent.get(`${latchkey.issuer}${path}${below}`)).status, below).toBe(503)
    const refused = await admin.send(path, { ...seen, name: 'Canary orchard' })
    const invited = await admin.send(`${path}/invitations/new`, { address: 'canary.invited@example.com', 'role:viewer': 'on' })
    expect([refused.status, invited.status]).toEqual([503, 503])
    const dump = await dumpPostgres(latchkey.databaseUrl ?? '')
    for (const canary of ['Canary orchard', 'canary.invited']) expect(findSpellings(dump, canary)).toEqual([])
    vault.behaviour = 'serving'
    expect((await admin.open(path)).body).toContain('Held still')
    admin.agent.close()
  })

  it('a token of Vault that ran out while serving is no crash either', async () => {
    vault.behaviour = 403
    // So long that nobody's limit on mails counts what came before.
    latchkey.clock.advance(2 * 3600)
    expect((await trySignIn('another.newcomer@example.com')).status).toBe(503)
    vault.behaviour = 'serving'
    expect((await signIn('another.newcomer@example.com')).searchParams.get('code')).toBeTruthy()
  })
})
