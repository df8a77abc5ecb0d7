import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { redeem, tokensOf } from '../support/code-flow.ts'
import { changeRows } from '../support/durable-rows.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { answerPasskey, enrolPasskey, openFirstPage, signUpWithPasskey } from '../support/passkey-sign-in.ts'
import { browserApp, linkIn, serverApp, type StartedRequest } from '../support/relying-party.ts'
import { beginSignIn, expectMails, headingOf, newAddress, readNotices, returned } from '../support/sign-in.ts'
import { createSoftwareAuthenticator } from '../support/software-authenticator.ts'

/** What the page has its script ask the authenticator. */
function optionsIn({ body }: Response): string {
  const [, written] = /data-options="([^"]*)"/.exec(body) ?? []
  if (written === undefined) throw new Error('the page brought nothing to ask')
  return written.replaceAll('&quot;', '"')
}

describe.each(['embedded', 'servers'] as const)('a passkey, on %s', on => {
  let latchkey: RunningLatchkey

  beforeAll(async () => {
    latchkey = await startLatchkey({ apps: [browserApp, serverApp], on })
  })
  afterAll(() => latchkey.stop())

  const newAuthenticator = () => createSoftwareAuthenticator({ origin: latchkey.issuer })
  const open = (agent: Agent, parameters: Record<string, string> = {}) => openFirstPage(latchkey, agent, serverApp, parameters)
  const exchange = async (started: StartedRequest, arrived: Response) =>
    tokensOf(await redeem(latchkey, serverApp, { code: returned(arrived)?.get('code') ?? '', started }))
  const begin = (agent: Agent, address: string, parameters: Record<string, string> = {}) =>
    beginSignIn(latchkey, { agent, address, app: serverApp, parameters })

  it('is made in the course of a sign-in that asks for one, which ends in the product', async () => {
    const agent = new Agent()
    const begun = await begin(agent, newAddress(), { acr_values: 'phr' })
    await agent.post(linkIn((await begun.nextMail()).text))
    expect(headingOf(await agent.follow(await agent.get(begun.home)))).toBe('One more step to set up')

    const kept = await enrolPasskey(agent, begun.home, newAuthenticator())
    const page = await agent.follow(kept)
    expect(headingOf(page)).toBe('Keep your recovery codes')
    const arrived = await agent.follow(await agent.get(begun.home))
    const tokens = await exchange(begun.started, arrived)
    expect(decodeJwt(tokens.accessToken)).toMatchObject({ acr: 'phr', amr: ['email', 'mfa', 'pop', 'user'] })
    expect(decodeJwt(tokens.idToken)).toMatchObject({ acr: 'phr', amr: ['email', 'mfa', 'pop', 'user'] })
  })

  it('signs in by itself, in a browser that nobody was signed in in', async () => {
    const authenticator = newAuthenticator()
    await signUpWithPasskey(latchkey, new Agent(), authenticator, newAddress())

    const agent = new Agent()
    const { home, page, started } = await open(agent)
    expect(page.body).toContain('data-passkey="autofill"')
    const arrived = await agent.follow(await answerPasskey(agent, home, authenticator))
    const tokens = await exchange(started, arrived)
    expect(decodeJwt(tokens.accessToken)).toMatchObject({ acr: 'phr', amr: ['mfa', 'pop', 'user'] })
  })

  it('is asked for after the mail, too, and the mail alone leads nowhere', async () => {
    const authenticator = newAuthenticator()
    const address = newAddress()
    await signUpWithPasskey(latchkey, new Agent(), authenticator, address)

    const agent = new Agent()
    const begun = await begin(agent, address)
    await agent.post(linkIn((await begun.nextMail()).text))
    const step = await agent.follow(await agent.get(begun.home))
    expect(headingOf(step)).toBe('Confirm with your passkey')
    expect(returned(step)).toBeUndefined()
    const arrived = await agent.follow(await answerPasskey(agent, begun.home, authenticator))
    expect(returned(arrived)?.has('code')).toBe(true)
  })

  it("of somebody else's is refused as a second step", async () => {
    const [mine, theirs] = [newAuthenticator(), newAuthenticator()]
    const address = newAddress()
    await signUpWithPasskey(latchkey, new Agent(), mine, address)
    await signUpWithPasskey(latchkey, new Agent(), theirs, newAddress())

    const agent = new Agent()
    const begun = await begin(agent, address)
    await agent.post(linkIn((await begun.nextMail()).text))
    const [credential] = theirs.credentials
    if (credential === undefined) throw new Error('no passkey was made')
    const refused = await answerPasskey(agent, begun.home, theirs, { credential })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('belongs to another account')
    expect(returned(await agent.follow(await agent.get(begun.home)))).toBeUndefined()
  })

  it('that nobody here has is told to the browser, which may forget it', async () => {
    const stranger = newAuthenticator()
    stranger.create({ ...(await signUpOptions()), excludeCredentials: [] })
    const agent = new Agent()
    const { home } = await open(agent)
    const refused = await answerPasskey(agent, home, stranger)
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('data-passkey-signals')
    expect(refused.body).toContain(stranger.credentials[0]?.id.toString('base64url'))
  })

  it('needs no page between its answer and the app', async () => {
    const authenticator = newAuthenticator()
    await signUpWithPasskey(latchkey, new Agent(), authenticator, newAddress())
    const agent = new Agent()
    const { home } = await open(agent)
    const answered = await answerPasskey(agent, home, authenticator)
    expect(answered.status).toBe(303)
    expect(returned(await agent.get(answered.location ?? ''))?.has('code')).toBe(true)
  })

  it.each([
    ['the page brought', async (_agent: Agent, { page }: { home: string; page: Response }) => optionsIn(page)],
    [
      'was asked for',
      async (agent: Agent, { home }: { home: string; page: Response }) =>
        (await agent.post(`${home}/options`, { method: 'passkey' }, { accept: 'application/json' })).body,
    ],
  ])('answers a challenge that %s once, and in no other browser', async (_, ask) => {
    const authenticator = newAuthenticator()
    await signUpWithPasskey(latchkey, new Agent(), authenticator, newAddress())
    const agent = new Agent()
    const opened = await open(agent)
    const { home } = opened
    const response = JSON.stringify(authenticator.get(JSON.parse(await ask(agent, opened))))

    const thief = new Agent()
    const theirs = await open(thief)
    const stolen = await thief.post(`${theirs.home}/verify`, { method: 'passkey', response })
    expect(stolen.body).toContain('open for too long')

    const first = await agent.post(`${home}/verify`, { method: 'passkey', response })
    expect(first.status).toBe(303)
    const again = await open(agent, { prompt: 'login' })
    const replayed = await agent.post(`${again.home}/verify`, { method: 'passkey', response })
    expect(replayed.status).toBe(400)
  })

  it('is made for who it was asked for: not for who comes next in the same sign-in', async () => {
    const agent = new Agent()
    const first = await begin(agent, newAddress(), { acr_values: 'phr' })
    await agent.post(linkIn((await first.nextMail()).text))
    const asked = await agent.post(`${first.home}/enrol/passkey/options`, {}, { accept: 'application/json' })
    const response = JSON.stringify(newAuthenticator().create(JSON.parse(asked.body)))
    await agent.post(`${first.home}/change`)
    const address = newAddress()
    const nextMail = expectMails(latchkey, address)
    await agent.post(`${first.home}/email`, { address })
    await agent.post(linkIn((await nextMail()).text))
    const refused = await agent.post(`${first.home}/enrol/passkey`, { response })
    expect([refused.status, refused.body.includes('open for too long')]).toEqual([400, true])
  })

  it('whose counter goes back is not taken: there may be a copy', async () => {
    const authenticator = newAuthenticator()
    const address = newAddress()
    await signUpWithPasskey(latchkey, new Agent(), authenticator, address)
    const agent = new Agent()
    await agent.follow(await answerPasskey(agent, (await open(agent)).home, authenticator))
    const other = new Agent()
    const refused = await answerPasskey(other, (await open(other)).home, authenticator, { signCount: 1 })
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('only a copy would')
    // Once a day, however often it is tried.
    await answerPasskey(other, (await open(other)).home, authenticator, { signCount: 1 })
    const suspicions = async () =>
      (await readNotices(latchkey, address)).filter(({ subject }) => subject.includes('A passkey may have been copied'))
    await expect.poll(suspicions, { timeout: 15_000 }).toHaveLength(1)
    expect((await suspicions())[0]?.text).toContain('remove it in your account')
    const activity = await agent.follow(await agent.get(`${latchkey.issuer}/account/activity`))
    expect(activity.body.split('Passkey refused: it may have been copied')).toHaveLength(3)
  })

  it('that did not verify who holds it is refused', async () => {
    const authenticator = newAuthenticator()
    await signUpWithPasskey(latchkey, new Agent(), authenticator, newAddress())
    const agent = new Agent()
    const refused = await answerPasskey(agent, (await open(agent)).home, authenticator, { userVerified: false })
    expect(refused.body).toContain('without asking for your fingerprint')
  })

  it.each([
    ['from another origin', { origin: 'https://evil.example' }],
    ['from within another site’s frame', { crossOrigin: true }],
  ])('%s is refused', async (_what, changes) => {
    const authenticator = newAuthenticator()
    await signUpWithPasskey(latchkey, new Agent(), authenticator, newAddress())
    const agent = new Agent()
    const refused = await answerPasskey(agent, (await open(agent)).home, authenticator, changes)
    expect(refused.body).toContain('couldn’t be verified')
    expect(returned(refused)).toBeUndefined()
  })

  it('steps up a session that an e-mail began, without another e-mail', async () => {
    const authenticator = newAuthenticator()
    const address = newAddress()
    const agent = new Agent()
    const begun = await begin(agent, address)
    await agent.post(linkIn((await begun.nextMail()).text))
    const everyday = await exchange(begun.started, await agent.follow(await agent.get(begun.home)))
    expect(decodeJwt(everyday.accessToken)).toMatchObject({ acr: 'single-factor', amr: ['email'] })
    await signUpWithPasskey(latchkey, new Agent(), authenticator, address)

    const stepUp = await open(agent, { acr_values: 'phr' })
    expect(headingOf(stepUp.page)).toBe('Confirm with your passkey')
    const arrived = await agent.follow(await answerPasskey(agent, stepUp.home, authenticator))
    const tokens = await exchange(stepUp.started, arrived)
    expect(decodeJwt(tokens.accessToken)).toMatchObject({ acr: 'phr', amr: ['email', 'mfa', 'pop', 'user'] })
    expect(decodeJwt(tokens.accessToken).sub).toBe(decodeJwt(everyday.accessToken).sub)
  })

  it('is made for a session that has to step up, also after another address was begun with and given up', async () => {
    const agent = new Agent()
    const address = newAddress()
    const begun = await begin(agent, address)
    await agent.post(linkIn((await begun.nextMail()).text))
    await agent.follow(await agent.get(begun.home))
    const { home, page } = await open(agent, { acr_values: 'phr' })
    const heading = headingOf(page)
    await agent.post(`${home}/email`, { address: newAddress() })
    expect(headingOf(await agent.follow(await agent.post(`${home}/change`)))).toBe(heading)
    expect(headingOf(await agent.get(`${home}/enrol`))).toBe(heading)
    expect(headingOf(await agent.follow(await enrolPasskey(agent, home, newAuthenticator())))).toBe('Keep your recovery codes')
    expect(returned(await agent.follow(await agent.get(home)))?.has('code')).toBe(true)
  })

  // Rows can be changed past the product where the database is a server.
  it.for(on === 'servers' ? [on] : [])(
    'made for another domain, as before a move, is asked for all the same: the mail alone leads nowhere',
    async () => {
      const address = newAddress()
      const { codes } = await signUpWithPasskey(latchkey, new Agent(), newAuthenticator(), address)
      expect(await changeRows(latchkey, 'passkeys', `update latchkey.passkeys set rp_id = 'old.example'`)).toBeGreaterThan(0)
      const agent = new Agent()
      const begun = await begin(agent, address)
      await agent.post(linkIn((await begun.nextMail()).text))
      const step = await agent.follow(await agent.get(begun.home))
      expect(headingOf(step)).toBe('Your passkeys don’t work here')
      expect(step.body).not.toContain('data-passkey')
      await agent.post(`${begun.home}/verify`, { method: 'recovery-code', code: codes[0] ?? '' })
      expect(returned(await agent.follow(await agent.get(begun.home)))?.has('code')).toBe(true)

      await changeRows(latchkey, 'recovery_codes', 'update latchkey.recovery_codes set used_at = now()')
      const mailed = new Agent()
      const again = await begin(mailed, address)
      let { text } = await again.nextMail()
      while (!text.includes('/link/')) ({ text } = await again.nextMail())
      await mailed.post(linkIn(text))
      expect(headingOf(await mailed.follow(await mailed.get(again.home)))).toBe('Your passkeys don’t work here')
    },
  )

  it('cannot be made by who has not proved enough', async () => {
    const agent = new Agent()
    const { home } = await open(agent)
    expect((await agent.post(`${home}/enrol/passkey/options`)).status).toBe(400)
    const begun = await begin(new Agent(), newAddress())
    expect((await begun.agent.post(`${begun.home}/enrol/passkey/options`)).status).toBe(400)
  })

  /** Of a registration of no consequence. */
  async function signUpOptions() {
    const agent = new Agent()
    const begun = await begin(agent, newAddress(), { acr_values: 'phr' })
    await agent.post(linkIn((await begun.nextMail()).text))
    return JSON.parse((await agent.post(`${begun.home}/enrol/passkey/options`, {}, { accept: 'application/json' })).body)
  }
})
