import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent } from '../support/agent.ts'
import { askUserinfo, obtainCode, redeem, refresh, signIn, type Tokens, tokensOf } from '../support/code-flow.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { serverApp, startRequest } from '../support/relying-party.ts'
import { answerSignOut } from '../support/sign-out.ts'

const secondApp = { ...serverApp, client_id: 'second', post_logout_redirect_uris: ['http://localhost:4002/'] }
const home = 'http://localhost:4001/'

describe('signing out asks nobody whom the app knows (OpenID Connect RP-Initiated Logout 1.0 §2)', () => {
  let latchkey: RunningLatchkey
  const agents: Agent[] = []
  let people = 0

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [serverApp, secondApp] })
  })
  afterAll(async () => {
    for (const agent of agents) agent.close()
    await latchkey.stop()
  })

  const logoutUrl = (parameters: Record<string, string>) => `${latchkey.issuer}/logout?${new URLSearchParams(parameters)}`
  const urlFor = ({ idToken }: Tokens, more: Record<string, string> = {}) =>
    logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: home, ...more })

  function newAgent(): Agent {
    const agent = new Agent()
    agents.push(agent)
    return agent
  }
  async function signedIn(address?: string): Promise<{ agent: Agent; tokens: Tokens; address: string }> {
    people += 1
    const [agent, known] = [newAgent(), address ?? `person-${people}@example.com`]
    const code = await signIn(latchkey, agent, serverApp, known)
    return { agent, tokens: tokensOf(await redeem(latchkey, serverApp, code)), address: known }
  }
  const tokensFor = async (agent: Agent, app: typeof serverApp) =>
    tokensOf(await redeem(latchkey, app, await obtainCode(latchkey, agent, app)))
  const isAlive = async ({ accessToken }: Tokens) => (await askUserinfo(latchkey, accessToken)).status === 200
  async function isSignedIn(agent: Agent): Promise<boolean> {
    const { url } = await startRequest(latchkey.issuer, serverApp, { prompt: 'none' })
    return (await agent.get(url)).location?.includes('code=') ?? false
  }

  it('nor is anything left: the session, what every app had by it, and their cookies', async () => {
    const { agent, tokens } = await signedIn()
    const second = await tokensFor(agent, secondApp)
    const left = await agent.get(urlFor(tokens, { state: 'a b' }))
    expect([left.status, left.location]).toEqual([303, `${home}?state=a+b`])
    expect(left.headers['set-cookie']?.join()).toMatch(/__Host-session=;.*expires=Thu, 01 Jan 1970/)
    expect(await isSignedIn(agent)).toBe(false)
    for (const each of [tokens, second]) expect(await isAlive(each)).toBe(false)
    expect((await refresh(latchkey, secondApp, second.refreshToken)).body['error']).toBe('invalid_grant')
  })

  it('by the ID token of any app in the session, also one that came with a refresh', async () => {
    const { agent, tokens } = await signedIn()
    const second = await tokensFor(agent, secondApp)
    const refreshed = tokensOf(await refresh(latchkey, secondApp, second.refreshToken))
    const left = await agent.get(urlFor(refreshed, { post_logout_redirect_uri: 'http://localhost:4002/' }))
    expect(left.location).toBe('http://localhost:4002/')
    expect([await isSignedIn(agent), await isAlive(tokens)]).toEqual([false, false])
  })

  describe('but whoever only has learnt of a token gets a question asked, and no more', () => {
    /** Asked, with everything still there; and it is the person who decides. */
    async function expectAsked(agent: Agent, url: string, headers: Record<string, string> = {}): Promise<void> {
      const page = await agent.get(url, headers)
      expect([page.status, page.location]).toEqual([200, undefined])
      expect(await isSignedIn(agent)).toBe(true)
      await answerSignOut(latchkey, agent, page, 'yes')
      expect(await isSignedIn(agent)).toBe(false)
    }

    it('about another person', async () => {
      const [{ agent, tokens }, other] = [await signedIn(), await signedIn()]
      await expectAsked(agent, urlFor(other.tokens))
      // What the other has in another browser is theirs to end.
      expect(await isSignedIn(other.agent)).toBe(true)
      expect(await isAlive(tokens)).toBe(false)
    })

    it('about the same person, in another browser', async () => {
      const one = await signedIn()
      const other = await signedIn(one.address)
      expect(decodeJwt(other.tokens.idToken).sub).toBe(decodeJwt(one.tokens.idToken).sub)
      await expectAsked(one.agent, urlFor(other.tokens))
    })

    it('about the same person in this browser, in a session that is over', async () => {
      const { agent, tokens, address } = await signedIn()
      await agent.get(urlFor(tokens))
      await signIn(latchkey, agent, serverApp, address)
      await expectAsked(agent, urlFor(tokens))
    })

    it('about another app of the same session, under the name of which it gets no further', async () => {
      const { agent, tokens } = await signedIn()
      await tokensFor(agent, secondApp)
      const refused = await agent.get(urlFor(tokens, { client_id: 'second' }))
      expect(refused.status).toBe(400)
      expect(await isSignedIn(agent)).toBe(true)
    })

    it('without a token, or without saying where to go on', async () => {
      const one = await signedIn()
      await expectAsked(one.agent, logoutUrl({ client_id: serverApp.client_id, post_logout_redirect_uri: home }))
      const { agent, tokens } = await signedIn()
      await expectAsked(agent, logoutUrl({ id_token_hint: tokens.idToken }))
    })

    it.each([
      ['a frame', { 'sec-fetch-dest': 'iframe' }],
      ['a picture', { 'sec-fetch-dest': 'image' }],
      ['a script', { 'sec-fetch-dest': 'empty' }],
      ['a browser that fetches ahead', { 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch;prerender' }],
    ])('by %s', async (_who, headers) => {
      const { agent, tokens } = await signedIn()
      await expectAsked(agent, urlFor(tokens), headers)
    })

    it('by a request for the headers alone', async () => {
      const { agent, tokens } = await signedIn()
      await agent.send(urlFor(tokens), { method: 'HEAD' })
      expect(await isSignedIn(agent)).toBe(true)
    })
  })
})
