/** A neighbour of the issuer (another subdomain, another port) can plant cookies under a path. It gets and gives nobody's sign-in. */
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Agent, type Response } from '../support/agent.ts'
import { exchangeCode, refresh } from '../support/code-exchange.ts'
import { type RunningLatchkey, startLatchkey } from '../support/latchkey.ts'
import { askForMail, browserApp, linkIn, signInByLink, startRequest } from '../support/relying-party.ts'

let latchkey: RunningLatchkey

beforeAll(async () => {
  latchkey = await startLatchkey({ apps: [browserApp] })
})
afterAll(() => latchkey.stop())

/** The cookies of an interaction, as whoever began it can read them from the answers. */
function readCookies(lines: string[] | undefined): string {
  return (lines ?? [])
    .filter(line => line.startsWith('__Secure-'))
    .map(line => line.split(';')[0])
    .join('; ')
}

it("gives nobody the sign-in of somebody who was sent into the attacker's interaction", async () => {
  const attacker = new Agent()
  const { url } = await startRequest(latchkey.issuer, browserApp)
  const begun = await attacker.get(url)
  const planted = readCookies(begun.headers['set-cookie'])
  expect(planted).toContain('__Secure-interaction=')

  const victim = new Agent()
  const page = await victim.get(begun.location ?? '', { cookie: planted })
  expect(page.status).toBe(410)
  const form = await victim.post(
    `${begun.location}/email`,
    { address: 'victim@example.com' },
    { cookie: `${planted}; ${victim.cookies(begun.location ?? '')}` },
  )
  expect(form.status).toBe(410)
})

it("signs nobody in as the attacker, whose finished sign-in is planted in another's browser", async () => {
  const attacker = new Agent()
  const { url } = await startRequest(latchkey.issuer, browserApp)
  const before = new Date(Date.now() - 1)
  const waiting = await askForMail(attacker, url, 'mallory@example.com')
  await attacker.follow(await attacker.post(linkIn((await latchkey.waitForMail('mallory@example.com', before)).text)))
  const resume = (await attacker.get(waiting.url)).location ?? ''
  expect(resume).toContain('/authorize/')

  // Everything that lies under a path can be planted; the browser's own name cannot.
  const planted = attacker.cookies(resume).replace(/__Host-browser=[^;]+(; )?/, '')
  expect(planted).toContain('__Secure-resume=')
  const victim = new Agent()
  const answer = await victim.get(resume, { cookie: planted })
  expect(answer.headers['set-cookie']?.join() ?? '').not.toContain('__Host-session=')
  expect(answer.location ?? '').not.toContain('code=')

  // Nothing of it is used up: the one who began it arrives.
  const arrived = await attacker.follow(await attacker.get(resume))
  expect(new URL(arrived.location ?? '').searchParams.has('code')).toBe(true)
})

describe('at the token endpoint, where a browser app refreshes by its cookie', () => {
  const tokenUrl = () => `${latchkey.issuer}/token`

  /** Signs in to the app; answers what the token endpoint answered. */
  async function signIn(agent: Agent, address: string): Promise<Response> {
    const started = await startRequest(latchkey.issuer, browserApp)
    const callback = await signInByLink(latchkey, agent, started.url, address)
    return exchangeCode(agent, latchkey.issuer, started, callback.searchParams.get('code') ?? '')
  }
  const refreshCookieOf = (agent: Agent): string =>
    agent
      .cookies(tokenUrl())
      .split('; ')
      .find(pair => pair.startsWith('__Secure-refresh.')) ?? ''
  const subOf = ({ body }: Response) => decodeJwt(JSON.parse(body).access_token).sub

  it("a neighbour's refresh cookie is not ours: nobody wakes up as somebody else", async () => {
    const neighbour = new Agent()
    await signIn(neighbour, 'neighbour@example.com')
    const planted = refreshCookieOf(neighbour)
    expect(planted).toMatch(/^__Secure-refresh\.fieldnotes\.[0-9a-f-]{36}=[A-Za-z0-9_-]{64}\.[A-Za-z0-9_-]{43}$/)
    const [name, token] = planted.split(/[=.](?=[A-Za-z0-9_-]{43,64}(?:\.|$))/)

    const guest = new Agent()
    await guest.follow(await guest.get((await startRequest(latchkey.issuer, browserApp)).url))
    const own = guest.cookies(tokenUrl())
    expect(own).toContain('__Host-browser=')
    for (const cookie of [
      planted,
      `${planted}; ${own}`,
      `${own}; ${planted}`,
      `${own}; ${name}=${token}`,
      `${own}; ${name}=${token}.`,
      `${own}; ${name}=${token}.${'A'.repeat(43)}`,
    ]) {
      const answer = await refresh(guest, latchkey.issuer, { cookie })
      expect(JSON.parse(answer.body), cookie).toMatchObject({ error: 'invalid_grant' })
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
    // And it is no way to sign the neighbour out.
    expect((await refresh(neighbour, latchkey.issuer)).status).toBe(200)
  })

  it('two cookies of one name: the one that was made for this browser counts, and stays', async () => {
    const neighbour = new Agent()
    await signIn(neighbour, 'neighbour-too@example.com')
    const victim = new Agent()
    const { sub } = decodeJwt(JSON.parse((await signIn(victim, 'two-cookies@example.com')).body).access_token)
    const name = refreshCookieOf(victim).split('=')[0] ?? ''
    const value = refreshCookieOf(neighbour).split('=')[1] ?? ''
    const spent = refreshCookieOf(victim).replace(/=.{64}/, `=${'A'.repeat(64)}`)
    for (const planted of [`${name}=${value}`, refreshCookieOf(neighbour), spent, `${name}=`, name]) {
      for (const arrange of [(own: string) => `${planted}; ${own}`, (own: string) => `${own}; ${planted}`]) {
        const answer = await refresh(victim, latchkey.issuer, { cookie: arrange(victim.cookies(tokenUrl())) })
        expect(answer.status, planted).toBe(200)
        expect(subOf(answer)).toBe(sub)
        expect(answer.headers['set-cookie']?.filter(line => !line.startsWith('__Host-browser=')) ?? []).toEqual([
          expect.stringMatching(new RegExp(`^${name}=[^;]{108};`)),
        ])
      }
    }
  })

  it('a cookie is for one app and one workspace, whatever it is called', async () => {
    const agent = new Agent()
    await signIn(agent, 'renamed@example.com')
    const [, value = ''] = refreshCookieOf(agent).split('=')
    const browser = /__Host-browser=[^;]+/.exec(agent.cookies(tokenUrl()))?.[0]
    const renamed = `__Secure-refresh.fieldnotes.${crypto.randomUUID()}=${value}`
    const refused = await refresh(agent, latchkey.issuer, { cookie: `${browser}; ${renamed}` })
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(agent, latchkey.issuer)).status).toBe(200)
  })

  it('a browser without a name gets one with its first refresh token, and keeps it for as long', async () => {
    const agent = new Agent()
    const started = await startRequest(latchkey.issuer, browserApp)
    const callback = await signInByLink(latchkey, agent, started.url, 'nameless@example.com')
    const nameless = new Agent()
    const exchanged = await exchangeCode(nameless, latchkey.issuer, started, callback.searchParams.get('code') ?? '')
    expect(exchanged.status).toBe(200)
    const nameOf = () => /__Host-browser=[^;]+/.exec(nameless.cookies(tokenUrl()))?.[0]
    const name = nameOf()
    expect(name).toBeDefined()
    const refreshed = await refresh(nameless, latchkey.issuer)
    expect(refreshed.status).toBe(200)
    expect(nameOf()).toBe(name)
    for (const { headers } of [exchanged, refreshed]) {
      const expiryOf = (start: string) => {
        const line = headers['set-cookie']?.find(each => each.startsWith(start)) ?? ''
        return Date.parse(/expires=([^;]+)/i.exec(line)?.[1] ?? '')
      }
      expect(expiryOf('__Host-browser=')).toBeGreaterThan(expiryOf('__Secure-refresh.'))
    }
  })
})
