import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { askUserinfo, leave, prove, redeem, signIn, tokensOf } from '../support/code-flow.ts'
import { changeRows, countEvents, readRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, type StartedRequest, startRequest } from '../support/relying-party.ts'
import { answerSignOut } from '../support/sign-out.ts'

const books = 'https://books.example.com'
const maps = 'https://maps.example.com'
const thirdParty = {
  ...serverApp,
  client_id: 'third',
  client_name: 'Third & <Party>',
  first_party: false,
  policy_uri: 'https://third.example/privacy',
  scope: 'notes.read notes.write',
  resources: [
    { identifier: books, scope: 'read' },
    { identifier: maps, scope: 'read' },
  ],
}
const otherParty = { ...thirdParty, client_id: 'other' }
const nativeApp = {
  client_id: 'desktop',
  client_name: 'Desktop',
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['http://127.0.0.1/callback'],
  first_party: true,
}

describe('consent', () => {
  let latchkey: RunningLatchkey
  const agents: Agent[] = []
  let people = 0

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [serverApp, thirdParty, otherParty, nativeApp] })
  })
  afterAll(async () => {
    for (const agent of agents) agent.close()
    await latchkey.stop()
  })

  function newAgent(): Agent {
    const agent = new Agent()
    agents.push(agent)
    return agent
  }
  async function newPerson(): Promise<{ agent: Agent; address: string }> {
    const agent = newAgent()
    people += 1
    const address = `person-${people}@example.com`
    await signIn(latchkey, agent, serverApp, address)
    return { agent, address }
  }
  interface Asked {
    started: StartedRequest
    page: Response
    /** Whether the consent page was shown, rather than the code given. */
    asked: boolean
    code: string
    error: string | null
  }
  async function ask(agent: Agent, parameters: Record<string, string> = {}, app = thirdParty): Promise<Asked> {
    const started = await startRequest(latchkey.issuer, app, parameters)
    return see(await agent.follow(await agent.get(started.url)), started)
  }
  function see(page: Response, started: StartedRequest): Asked {
    const left = page.location === undefined ? undefined : new URL(page.location).searchParams
    const asked = new URL(page.url).pathname.startsWith('/consent/') && left === undefined
    return { started, page, asked, code: left?.get('code') ?? '', error: left?.get('error') ?? null }
  }
  async function decide(agent: Agent, { page, started }: Asked, decision: 'allow' | 'refuse'): Promise<Asked> {
    return see(await agent.follow(await agent.post(page.url, { decision })), started)
  }

  async function signOut(agent: Agent): Promise<void> {
    await answerSignOut(latchkey, agent, await agent.get(`${latchkey.issuer}/logout`), 'yes')
  }

  it('is not asked for our own apps, native ones included', async () => {
    const { agent } = await newPerson()
    for (const app of [serverApp, nativeApp]) {
      const { url } = await startRequest(latchkey.issuer, app)
      expect((await leave(agent, url)).searchParams.has('code')).toBe(true)
    }
  })

  it('is asked for a third party: who asks, from where, for what, and as whom', async () => {
    const { agent, address } = await newPerson()
    const { asked, page } = await ask(agent, { scope: 'openid email notes.read' })
    expect(asked).toBe(true)
    expect(page.status).toBe(200)
    expect(page.body).toContain('Third &amp; &lt;Party>')
    expect(page.body).toContain('localhost:4001')
    expect(page.body).toContain('notes.read')
    expect(page.body).toContain('https://third.example/privacy')
    expect(page.body).not.toContain(address)
    expect(page.headers['cache-control']).toBe('no-store')
  })

  it('shows no scope that there is none of', async () => {
    const { agent } = await newPerson()
    const { page } = await ask(agent, { scope: 'openid notes.read world.domination' })
    expect(page.body).toContain('notes.read')
    expect(page.body).not.toContain('world.domination')
  })

  it('shows what is asked for by claims, too: nothing is given that was not on the page', async () => {
    const { agent, address } = await newPerson()
    const claims = JSON.stringify({ userinfo: { email: null } })
    const plain = await ask(agent, { scope: 'openid' })
    const byName = await ask(agent, { scope: 'openid', claims })
    const byScope = await ask(agent, { scope: 'openid email' })
    const listOf = ({ page }: Asked) => /<ul class="scopes">(.*?)<\/ul>/s.exec(page.body)?.[1]
    expect(listOf(byName)).toBe(listOf(byScope))
    expect(listOf(byName)).not.toBe(listOf(plain))
    const { code, started } = await decide(agent, byName, 'allow')
    const { accessToken } = tokensOf(await redeem(latchkey, thirdParty, { code, started }))
    expect((await askUserinfo(latchkey, accessToken)).body['email']).toBe(address)
    // Allowed by name, and not asked again; the scope as a whole is more.
    expect((await ask(agent, { scope: 'openid', claims })).asked).toBe(false)
  })

  it('refused, goes back to the app with the word, and gives nothing', async () => {
    const { agent } = await newPerson()
    const before = await countEvents(latchkey, 'consent.refused')
    const refused = await decide(agent, await ask(agent), 'refuse')
    expect([refused.error, refused.code]).toEqual(['access_denied', ''])
    expect(await countEvents(latchkey, 'consent.refused')).toBe(before + 1)
    expect((await ask(agent)).asked).toBe(true)
    expect((await ask(agent, { prompt: 'none' })).error).toBe('consent_required')
  })

  it('allowed, gives the code, writes it down, and is not asked for again', async () => {
    const { agent } = await newPerson()
    const before = await countEvents(latchkey, 'consent.given')
    const allowed = await decide(agent, await ask(agent, { scope: 'openid email' }), 'allow')
    const { accessToken } = tokensOf(await redeem(latchkey, thirdParty, allowed))
    expect((await askUserinfo(latchkey, accessToken)).status).toBe(200)
    expect(await countEvents(latchkey, 'consent.given')).toBe(before + 1)
    expect((await ask(agent, { scope: 'openid email' })).code).not.toBe('')
    expect((await ask(agent, { scope: 'openid', prompt: 'none' })).code).not.toBe('')
  })

  it('is asked again for more than was allowed, and then both are', async () => {
    const { agent } = await newPerson()
    await decide(agent, await ask(agent, { scope: 'openid email' }), 'allow')
    expect((await ask(agent, { scope: 'openid email notes.write', prompt: 'none' })).error).toBe('consent_required')
    const more = await ask(agent, { scope: 'openid notes.write' })
    expect(more.asked).toBe(true)
    await decide(agent, more, 'allow')
    expect((await ask(agent, { scope: 'openid email notes.write' })).code).not.toBe('')
  })

  it('for a scope at one resource says nothing about another', async () => {
    const { agent } = await newPerson()
    await decide(agent, await ask(agent, { scope: 'openid read', resource: books }), 'allow')
    expect((await ask(agent, { scope: 'openid read', resource: books })).asked).toBe(false)
    expect((await ask(agent, { scope: 'openid read', resource: maps })).asked).toBe(true)
  })

  it('is asked again when the app wants it to be', async () => {
    const { agent } = await newPerson()
    await decide(agent, await ask(agent), 'allow')
    const again = await ask(agent, { prompt: 'consent' })
    expect(again.asked).toBe(true)
    expect((await decide(agent, again, 'allow')).code).not.toBe('')
  })

  describe('is remembered', () => {
    it('in another browser, and after signing out', async () => {
      const { agent, address } = await newPerson()
      await decide(agent, await ask(agent, { scope: 'openid email' }), 'allow')
      const elsewhere = newAgent()
      const { url } = await startRequest(latchkey.issuer, serverApp)
      await prove(latchkey, elsewhere, await elsewhere.follow(await elsewhere.get(url)), address)
      // More than was allowed is asked for also where this session has nothing yet.
      expect((await ask(elsewhere, { scope: 'openid email notes.read' })).asked).toBe(true)
      expect((await ask(elsewhere, { scope: 'openid email', prompt: 'none' })).code).not.toBe('')

      await signOut(elsewhere)
      await prove(latchkey, elsewhere, await elsewhere.follow(await elsewhere.get(url)), address)
      expect((await ask(elsewhere, { scope: 'openid email' })).code).not.toBe('')
    })

    it('for that app, that person, and nobody else', async () => {
      const { agent } = await newPerson()
      await decide(agent, await ask(agent), 'allow')
      expect((await ask(agent, {}, otherParty)).asked).toBe(true)
      const { agent: other } = await newPerson()
      expect((await ask(other)).asked).toBe(true)
    })

    it('without what was allowed for the person’s absence, unless that is asked for', async () => {
      const { agent } = await newPerson()
      await decide(agent, await ask(agent, { scope: 'openid offline_access', prompt: 'consent' }), 'allow')
      const { code, started } = await ask(agent, { scope: 'openid offline_access' })
      const answer = await redeem(latchkey, thirdParty, { code, started })
      expect(answer.body['scope']).toBe('openid')
    })

    it('no longer than the app is registered: another one under its id was allowed nothing', async () => {
      const { agent } = await newPerson()
      await decide(agent, await ask(agent, {}, otherParty), 'allow')
      const [row] = await readRows(latchkey, 'apps', `client_id = 'other'`)
      await changeRows(latchkey, 'apps', `delete from latchkey.apps where client_id = 'other'`)
      await changeRows(
        latchkey,
        'apps',
        'insert into latchkey.apps select * from json_populate_record(null::latchkey.apps, $1)',
        [JSON.stringify({ ...row, secret_hash: null })],
      )
      expect(await readRows(latchkey, 'consents', `client_id = 'other'`)).toEqual([])
    })
  })

  it('takes no form from another site or another browser, nor a half-filled one', async () => {
    const { agent } = await newPerson()
    const asked = await ask(agent)
    const { url } = asked.page
    const foreign = await agent.post(
      url,
      { decision: 'allow' },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    )
    expect(foreign.status).toBe(403)
    const { agent: other } = await newPerson()
    expect((await other.post(url, { decision: 'allow' })).status).toBe(410)
    expect((await other.get(url)).status).toBe(410)
    for (const form of [{}, { decision: '' }, { decision: 'maybe' }] as Array<Record<string, string>>) {
      expect((await agent.post(url, form)).status).toBe(400)
    }
    expect((await ask(agent)).asked).toBe(true)
    expect((await decide(agent, asked, 'allow')).code).not.toBe('')
    const late = await agent.post(url, { decision: 'allow' })
    expect(late.status).toBe(410)
    expect(late.body).toContain('<h1>')
  })
})
